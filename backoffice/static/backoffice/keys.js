/* Keys of the back-office: n goes on to the next case, j and k walk through the rows of a page.

   What a key does is a link of the page (data-key, or that of a row), so all of it can be done without them. */
"use strict";

(() => {
    const ROWS = "#result_list tbody th a, .lc-task-sentence a";

    function typing(target) {
        return target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName);
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
            named.click();
        }
        event.preventDefault();
    });
})();
