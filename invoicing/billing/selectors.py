"""Reads of the firm's invoices."""

from typing import Any
from uuid import UUID

from django.db.models import DecimalField, F, OuterRef, Prefetch, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from accounts.models import User
from invoicing.billing.taxes import Standing, vat_rule
from invoicing.models import BillingClient, ClientUser, FirmInvoice, FirmInvoiceItem, FirmPayment, InvoiceType, VatRule
from legalcity.lib.errors import NotFound

MONEY = DecimalField(max_digits=16, decimal_places=2)
PRIVATE_PERSON = 2  # code of the catalogue of types of clients


def standing_of(client: BillingClient) -> Standing:
    """What VAT looks at of a client."""
    address = client.billing_address
    is_person = client.client_type.code == PRIVATE_PERSON
    return Standing(address.country, address.postal_code, client.vat_number, is_person)


def vat_rule_of(client: BillingClient) -> VatRule | None:
    """The row by which the firm's services to `client` bear VAT; None where nobody knows its country."""
    rules = {(rule.place, rule.client): rule for rule in VatRule.objects.select_related("tax")}
    return vat_rule(rules, standing_of(client))


def members_of(client_id: UUID) -> list[int]:
    """The users of a billed client, by their ids."""
    return list(ClientUser.objects.filter(client_id=client_id).order_by("user_id").values_list("user_id", flat=True))


def invoices_for(user: User) -> QuerySet[FirmInvoice]:
    """The issued invoices that `user` may read: staff all, a client's user that client's, others none."""
    issued = FirmInvoice.objects.filter(status=FirmInvoice.Status.ISSUED)
    if user.is_staff:
        return issued
    return issued.filter(client__members__user=user)


def to_pay(invoices: QuerySet[FirmInvoice]) -> QuerySet[Any]:
    """Issued invoices among `invoices`, credit notes left out, with `left`: what remains to be paid."""
    zero = Value(0, output_field=MONEY)
    paid = FirmPayment.objects.filter(invoice=OuterRef("pk")).order_by().values("invoice")
    notes = FirmInvoice.objects.filter(corrects=OuterRef("pk"), status="issued").order_by().values("corrects")
    issued = invoices.filter(status=FirmInvoice.Status.ISSUED, invoice_type__series=InvoiceType.Series.INVOICE)
    return issued.annotate(
        left=F("total")
        - Coalesce(Subquery(paid.annotate(n=Sum("amount")).values("n"), output_field=MONEY), zero)
        - Coalesce(Subquery(notes.annotate(n=Sum("total")).values("n"), output_field=MONEY), zero)
    )


def whole(invoices: QuerySet[FirmInvoice]) -> QuerySet[FirmInvoice]:
    """`invoices` with everything that the API and the paper show: five statements for any number of them."""
    items = FirmInvoiceItem.objects.select_related("product_type").prefetch_related("taxes")
    return invoices.select_related("invoice_type", "currency", "user", "corrects").prefetch_related(
        Prefetch("items", queryset=items), "payments", "credit_notes"
    )


def invoice_for(user: User, invoice_id: str, message: str) -> FirmInvoice:
    """One invoice that `user` may read. Raises NotFound, also for what is no UUID."""
    try:
        key = UUID(invoice_id)
    except ValueError:
        raise NotFound(message) from None
    invoice = whole(invoices_for(user)).filter(pk=key).first()
    if invoice is None:
        raise NotFound(message)
    return invoice
