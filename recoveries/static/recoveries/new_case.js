/* The form of a new case: known debtors while one types, rows of invoices in place. All of it works without, by the
   buttons of the form. */
"use strict";

(() => {
    const field = document.querySelector("[data-looks]");
    const found = document.getElementById("known-debtors");
    const adder = document.querySelector("[data-adds]");
    let waiting = 0;
    let asked = "";

    async function look() {
        const text = field.value.trim();
        if (text === asked) {
            return;
        }
        asked = text;
        const answer = await fetch(`${field.dataset.looks}&known=${encodeURIComponent(text)}`);
        // A session that has ended leads to the login: its page does not belong here.
        if (answer.status === 200 && !answer.redirected && text === asked) {
            found.innerHTML = await answer.text();
        }
    }

    field.addEventListener("input", () => {
        clearTimeout(waiting);
        waiting = setTimeout(look, 200);
    });
    field.addEventListener("keydown", (event) => {
        if (event.key === "Enter") {
            event.preventDefault();
            look();
        }
    });

    if (adder) {
        adder.addEventListener("click", (event) => {
            event.preventDefault();
            const rows = adder.form.elements.rows;
            const row = Number(rows.value);
            const made = document.createElement("div");
            made.innerHTML = document.getElementById(adder.dataset.adds).innerHTML.replaceAll("__row__", String(row));
            document.getElementById("invoice-rows").append(...made.children);
            rows.value = String(row + 1);
            adder.hidden = row + 1 >= Number(adder.dataset.most);
            document.querySelector(`[name="invoice-${row}-invoice_number"]`).focus();
        });
    }
})();
