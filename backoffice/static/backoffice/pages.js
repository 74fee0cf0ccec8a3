/* The ways to the pages of the back-office, and what is said on them. Runs before Django's script of the list of all
   pages. */
"use strict";

// The list is folded away until somebody unfolds it; from then on Django's script keeps what they chose.
if (localStorage.getItem("django.admin.navSidebarIsOpen") === null) {
    localStorage.setItem("django.admin.navSidebarIsOpen", "false");
}

// On a telephone the way of this page may stand aside.
const here = document.querySelector(".lc-ways [aria-current]");
if (here) {
    here.parentElement.scrollLeft = here.offsetLeft - (here.parentElement.clientWidth - here.offsetWidth) / 2;
}

// A page tells once what came of an act. An act in place reads that on the page that it is led to; it is handed on here.
window.lcSaid = {
    keep(page) {
        const rows = page.querySelectorAll(".messagelist li");
        const said = Array.from(rows, (row) => [row.className, row.textContent.trim()]);
        sessionStorage.setItem("lc-said", JSON.stringify(said));
    },

    tell() {
        const said = JSON.parse(sessionStorage.getItem("lc-said") || "[]");
        sessionStorage.removeItem("lc-said");
        if (!said.length) {
            return;
        }
        const list = document.createElement("ul");
        list.className = "messagelist";
        list.setAttribute("role", "status");
        for (const [style, text] of said) {
            const row = document.createElement("li");
            row.className = style;
            row.textContent = text;
            list.append(row);
        }
        document.getElementById("content-start").prepend(list);
    },
};
window.lcSaid.tell();
