"""Stored items as the rules see them."""

from collections.abc import Iterable

from invoicing.billing.rules import Levy, Line, Totals, Vat, totals
from invoicing.models import FirmInvoiceItem, Tax


def vat_of(tax: Tax) -> Vat:
    """A row of the catalogue as the rules see it."""
    return Vat(tax.category, tax.percent, tax.description if tax.exemption_code else "", tax.exemption_code)


def vats_of(item: FirmInvoiceItem) -> list[Tax]:
    """The VAT rows of an item; a whole item has exactly one."""
    return [tax for tax in item.taxes.all() if tax.kind == Tax.Kind.VAT]


def line_of(item: FirmInvoiceItem) -> Line:
    """An item with exactly one VAT row."""
    levies = (tax for tax in item.taxes.all() if tax.kind == Tax.Kind.LEVY)
    return Line(
        unit_price=item.currency_units,
        quantity=item.quantity,
        vat=vat_of(vats_of(item)[0]),
        levies=tuple(Levy(tax.name, tax.percent, tax.units) for tax in sorted(levies, key=lambda tax: tax.name)),
    )


def whole_items(items: Iterable[FirmInvoiceItem]) -> list[FirmInvoiceItem]:
    """The items that can be reckoned: those with exactly one VAT row."""
    return [item for item in items if len(vats_of(item)) == 1]


def totals_of(items: Iterable[FirmInvoiceItem]) -> Totals:
    """What the items of an invoice add up to."""
    return totals([line_of(item) for item in whole_items(items)])
