"""Drafts: what is to be billed, before it has a number."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from accounts.models import User
from invoicing.models import BillingClient, Currency, FirmInvoice, FirmInvoiceItem, InvoiceType, ProductType, Tax

EURO = "EUR"


@dataclass(frozen=True, slots=True)
class NewItem:
    """A line to be billed. `entity_type` and `entity_id` say what for: a case, an order …"""

    name: str
    product_type: ProductType
    unit_price: Decimal
    taxes: Sequence[Tax]
    quantity: int = 1
    code: str = ""
    details: str = ""
    entity_type: str = ""
    entity_id: str = ""
    credits: FirmInvoiceItem | None = None


@dataclass(frozen=True, slots=True)
class NewInvoice:
    """A paper to be written. Without a currency it is in EUR, without a type of the first series of invoices."""

    client: BillingClient
    items: Sequence[NewItem]
    user: User | None = None
    invoice_type: InvoiceType | None = None
    currency: Currency | None = None
    euro_rate: Decimal | None = None
    observations: str = ""
    corrects: FirmInvoice | None = None


def series(kind: InvoiceType.Series) -> InvoiceType:
    """The first type of invoices, or of credit notes, that still gives numbers."""
    return InvoiceType.objects.filter(series=kind, closed_at=None).order_by("code")[0]


def draft_write(new: NewInvoice) -> FirmInvoice:
    """A draft, in the caller's transaction. As many statements for many items as for one."""
    invoice = FirmInvoice.objects.create(
        client=new.client,
        invoice_type=new.invoice_type or series(InvoiceType.Series.INVOICE),
        currency=new.currency or Currency.objects.get(name_short=EURO),
        euro_rate=new.euro_rate,
        user=new.user,
        observations=new.observations,
        corrects=new.corrects,
    )
    rows = [
        FirmInvoiceItem(
            invoice=invoice,
            position=position,
            code=item.code,
            name=item.name,
            product_type=item.product_type,
            currency_units=item.unit_price,
            quantity=item.quantity,
            details=item.details,
            invoice_entity_type=item.entity_type,
            invoice_entity_id=item.entity_id,
            credits=item.credits,
        )
        for position, item in enumerate(new.items, start=1)
    ]
    FirmInvoiceItem.objects.bulk_create(rows)
    item_tax = FirmInvoiceItem.taxes.through
    item_tax.objects.bulk_create(
        item_tax(firminvoiceitem_id=row.pk, tax_id=tax.pk)
        for row, item in zip(rows, new.items, strict=True)
        for tax in item.taxes
    )
    return invoice
