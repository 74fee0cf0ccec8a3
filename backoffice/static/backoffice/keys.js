/* Keys of the back-office: / leads to the search, n goes on to the next case, j and k walk through the rows of a page,
   ? shows the keys.

   What a key does is a link or a field of the page (data-key, or that of a row), so all of it can be done without. */
"use strict";

(() => {
    const ROWS = "#result_list tbody th a, .lc-task-sentence a, a[data-row]";
    const FIELDS = /^(INPUT|SELECT|TEXTAREA)$/;

    function typing(target) {
        return target.isContentEditable || FIELDS.test(target.tagName);
    }

    function walk(step) {
        const rows = Array.from(document.querySelectorAll(ROWS));
        const at = rows.indexOf(document.activeElement);
        const next = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step];
        if (next) {
            next.focus();
            next.scrollIntoView({block: "nearest"});
        }
    }

    function use(named) {
        if (FIELDS.test(named.tagName)) {
            named.focus();
            named.select();
        } else {
            named.click();
        }
    }

    for (const button of document.querySelectorAll("[data-opens]")) {
        button.hidden = false;
        button.addEventListener("click", () => {
            const sheet = document.getElementById(button.dataset.opens);
            if (sheet.open) {
                sheet.close();
            } else {
                sheet.showModal();
            }
        });
    }

    document.addEventListener("keydown", (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) {
            return;
        }
        if (event.key === "j" || event.key === "k") {
            walk(event.key === "j" ? 1 : -1);
        } else {
            const named = Array.from(document.querySelectorAll("[data-key]")).find((one) => one.dataset.key === event.key);
            if (!named) {
                return;
            }
            use(named);
        }
        event.preventDefault();
    });
})();
