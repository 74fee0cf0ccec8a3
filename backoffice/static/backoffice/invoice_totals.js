// The totals of an invoice while its items are typed. Without a script the page shows those of what was saved.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
    const shown = document.querySelector("[data-invoice-totals]");
    const form = shown && shown.closest("form");
    if (!form) {
        return;
    }
    const money = new Intl.NumberFormat(document.documentElement.lang || "fr", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

    // "1 234,56" and "1,234.56" alike: the last sign that is no digit parts the cents, where one or two digits follow it.
    const cents = (text) => {
        const parts = /^(.*?)(?:[.,](\d{1,2}))?$/.exec(text.replace(/[\s\u00a0\u202f]/g, ""));
        const whole = parts[1].replace(/[.,]/g, "");
        return /^\d+$/.test(whole) ? Number(whole) * 100 + Number((parts[2] || "").padEnd(2, "0")) : 0;
    };

    const items = () => [...form.querySelectorAll("[name^='items-'][name$='-currency_units']")]
        .map((price) => price.name.replace("currency_units", ""))
        .filter((prefix) => !prefix.includes("__prefix__"))
        .filter((prefix) => !(form.elements[`${prefix}DELETE`] || {}).checked);

    const total = () => {
        const bases = new Map();
        let net = 0;
        let vat = 0;
        for (const prefix of items()) {
            const line = cents(form.elements[`${prefix}currency_units`].value) * Number(form.elements[`${prefix}quantity`].value || 0);
            const taxes = form.elements[`${prefix}taxes`];
            const known = JSON.parse(taxes.dataset.taxes || "{}");
            const chosen = [...taxes.selectedOptions].map((option) => known[option.value]).filter(Boolean);
            // Other taxes than VAT are rounded by item, and VAT is taken of them too; VAT is rounded once for each rate.
            const levies = chosen.filter((tax) => tax.kind !== "vat")
                .reduce((sum, tax) => sum + Math.round(line * tax.percent / 100) + Math.round(tax.units * 100), 0);
            net += line + levies;
            for (const tax of chosen.filter((one) => one.kind === "vat")) {
                bases.set(tax.percent, (bases.get(tax.percent) || 0) + line + levies);
            }
        }
        for (const [percent, base] of bases) {
            vat += Math.round(base * percent / 100);
        }
        shown.textContent = shown.dataset.invoiceTotals
            .replace("{net}", money.format(net / 100))
            .replace("{vat}", money.format(vat / 100))
            .replace("{total}", money.format((net + vat) / 100));
    };

    form.addEventListener("input", total);
    form.addEventListener("change", total);
    total();
});
