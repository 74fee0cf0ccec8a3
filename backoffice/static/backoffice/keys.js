/* Keys of the back-office: n goes on to the next case, j and k walk through the rows of a page, ? tells which there are.

   What a key does is a link or a field of the page that says so (data-key), so all of it can be done without them. */
"use strict";

(() => {
    const ROWS = "#result_list tbody th a, .lc-task-sentence a, .lc-found a";

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

    function help() {
        const box = document.getElementById("lc-keys");
        if (box) {
            box.open ? box.close() : box.showModal();
        }
    }

    document.addEventListener("keydown", (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) {
            return;
        }
        if (event.key === "j" || event.key === "k") {
            walk(event.key === "j" ? 1 : -1);
        } else if (event.key === "?") {
            help();
        } else {
            const named = Array.from(document.querySelectorAll("[data-key]")).find((one) => one.dataset.key === event.key);
            if (!named) {
                return;
            }
            if (named.tagName === "INPUT") {
                named.focus();
                named.select();
            } else {
                named.click();
            }
        }
        event.preventDefault();
    });
})();
