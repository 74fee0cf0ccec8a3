/* Names for what Django's own scripts and tables leave without one, so that all of a page can be heard: the boxes of
   select2, the search of a list, the marks and headings of rows, and wide rows that the arrow keys shall scroll. */
"use strict";

(() => {
    const heard = (element) => element?.textContent.trim() || element?.querySelector("img")?.alt || "";

    function name(elements, label) {
        for (const element of label ? elements : []) {
            element.setAttribute("aria-label", label);
        }
    }

    function boxes() {
        for (const box of document.querySelectorAll(".select2-container")) {
            const field = box.previousElementSibling;
            const label = heard(field?.labels?.[0]) || field?.getAttribute("aria-label") || field?.title;
            name(box.querySelectorAll("[role=combobox], [role=textbox], [role=searchbox]"), label);
        }
        for (const mark of document.querySelectorAll(".help-tooltip[aria-label]")) {
            mark.setAttribute("role", "img");
        }
    }

    function rows() {
        for (const table of document.querySelectorAll(".tabular table")) {
            const title = heard(table.closest("fieldset")?.querySelector("h2"));
            const headings = table.querySelectorAll("thead th");
            for (const empty of table.querySelectorAll("thead th:empty")) {
                empty.innerHTML = "<span class=\"visually-hidden\"></span>";
                empty.firstChild.textContent = title;
            }
            name(table.querySelectorAll("td.delete input"), heard(headings[headings.length - 1]));
            name([table.closest(".inline-group")], title);
            table.closest(".inline-group").tabIndex = 0;
            table.closest(".inline-group").setAttribute("role", "group");
        }
    }

    // What scrolls sideways inside itself is reached by the keyboard.
    function strips() {
        for (const strip of document.querySelectorAll(".lc-scroll:not([tabindex])")) {
            if (strip.scrollWidth > strip.clientWidth) {
                strip.tabIndex = 0;
                strip.setAttribute("role", "group");
                name([strip], heard(strip.closest("section, .lc-card")?.querySelector("h2, h1")));
            }
        }
    }

    function all() {
        name(document.querySelectorAll("#changelist-search #searchbar"), heard(document.querySelector("label[for=searchbar]")));
        boxes();
        rows();
        strips();
    }

    // After what jQuery still does once the page is ready.
    window.addEventListener("load", () => setTimeout(all));
    document.addEventListener("formset:added", () => setTimeout(all));
})();
