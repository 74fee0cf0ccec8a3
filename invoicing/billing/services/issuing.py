"""Issuing: a draft becomes a paper with a number, and stays as it is. A credit note corrects it.

Locks are taken in one order: the invoice, then the counter of its type. The counter is held until the commit, so
that a transaction that is undone leaves no hole; whatever takes long happens before.
"""

from collections.abc import Mapping
from uuid import UUID

from django.conf import settings
from django.db.models import F, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.models import User
from events.services import events_record, story
from invoicing.billing import firm, rules
from invoicing.billing.lines import totals_of, whole_items
from invoicing.billing.payloads import buyer_details
from invoicing.billing.selectors import members_of, standing_of
from invoicing.billing.services.drafts import EURO, NewInvoice, NewItem, draft_write, series
from invoicing.billing.taxes import REVERSE_CHARGE
from invoicing.events import FIRM_INVOICE_ISSUED, firm_invoice_events, issued_current
from invoicing.models import FirmInvoice, FirmInvoiceItem, InvoiceType
from legalcity.lib.clock import now
from legalcity.lib.dates import PARIS
from legalcity.lib.errors import Forbidden, Invalid, NotFound
from legalcity.lib.settings.live import live


def locked_invoice(invoice_id: UUID) -> FirmInvoice:
    """The invoice, locked until the transaction ends. Raises NotFound."""
    found = FirmInvoice.objects.select_for_update(of=("self",)).select_related(
        "invoice_type", "currency", "client__billing_address", "client__contact_address", "client__client_type"
    )
    invoice = found.filter(pk=invoice_id).first()
    if invoice is None:
        raise NotFound(_("Invoice not found"))
    return invoice


@story()
def invoice_issue(*, invoice_id: UUID) -> FirmInvoice:
    """Give a draft its number and freeze it: parties, totals, due date. The moment is that of the number.

    Raises Forbidden for an issued one, Invalid for a draft that is no invoice yet.
    """
    invoice = locked_invoice(invoice_id)
    if invoice.is_issued:
        raise Forbidden(_("This invoice has been issued already."))
    return _issued(invoice)


def invoice_write(new: NewInvoice) -> FirmInvoice:
    """An issued invoice at once, in the caller's transaction. Raises Invalid as `invoice_issue` does."""
    return _issued(draft_write(new))


def _issued(invoice: FirmInvoice) -> FirmInvoice:
    """The invoice, which nobody else can change now, issued."""
    invoice.seller, invoice.buyer = firm.seller_now(), buyer_details(invoice.client)
    items = list(invoice.items.prefetch_related("taxes"))
    _refuse_unfit(invoice, items)
    sums = totals_of(items)
    invoice.total_net, invoice.total_vat, invoice.total = sums.net, sums.vat, sums.total
    _number(invoice)
    invoice.status = FirmInvoice.Status.ISSUED
    invoice.save()
    current, members = issued_current(invoice), members_of(invoice.client_id)
    told = firm_invoice_events(FIRM_INVOICE_ISSUED, invoice, members=members, by=None, current=current)
    events_record(told)
    return invoice


def _number(invoice: FirmInvoice) -> None:
    """The next number of the series, its moment, and what follows from that day."""
    counter = InvoiceType.objects.filter(pk=invoice.invoice_type_id)
    counter.update(last_number=F("last_number") + 1)
    invoice.invoice_number = counter.values_list("last_number", flat=True).get()
    invoice.reference = invoice.invoice_type.written(invoice.invoice_number)
    invoice.date_time = now()  # After the wait for the counter: the numbers of a series follow time.
    day = invoice.date_time.astimezone(PARIS).date()
    invoice.performed_on = invoice.performed_on or day
    invoice.due_on = max(day, invoice.due_on or rules.due_date(day, live.PAYMENT_DAYS))


def _refuse_unfit(invoice: FirmInvoice, items: list[FirmInvoiceItem]) -> None:
    errors = {}
    if not items:
        errors["items"] = [_("An invoice has at least one item.")]
    if len(whole_items(items)) != len(items):
        errors["taxes"] = [_("Each item has exactly one VAT rate or exemption.")]
    elif totals_of(items).total >= rules.LARGEST_TOTAL:
        errors["items"] = [_("The total is too large.")]
    elif wrong := _wrong_vat(invoice, items):
        errors["taxes"] = [wrong]
    if invoice.currency.name_short != EURO and not invoice.euro_rate:
        errors["euro_rate"] = [_("An invoice in another currency needs the rate that gives its VAT in euros.")]
    missing = firm.missing_details(invoice.seller) if settings.FIRM_DETAILS_REQUIRED else []
    if missing:
        errors["seller"] = [firm.missing_told(missing)]
    if errors:
        raise Invalid(errors)


def _wrong_vat(invoice: FirmInvoice, items: list[FirmInvoiceItem]) -> str:
    """Why the VAT of these items cannot stand together, or not for this client; empty where it can.

    A credit note takes back what was issued, as it was.
    """
    categories = {vat.category for vat in totals_of(items).vats}
    if rules.NOT_SUBJECT in categories and len(categories) > 1:
        return _("Items that are not subject to VAT stand on an invoice of their own.")
    if REVERSE_CHARGE in categories and invoice.corrects_id is None and not standing_of(invoice.client).is_identified:
        return _(
            "Reverse charge is for businesses of another member state: the client needs a billing address there and "
            "a VAT number of one."
        )
    return ""


@story()
def invoice_credit(
    *, invoice_id: UUID, by: User | None, reason: str, quantities: Mapping[UUID, int] | None = None
) -> FirmInvoice:
    """A credit note for an issued invoice: all that is left of it, or some `quantities` (item id → how many).

    Raises NotFound; Forbidden for a draft, for
    a credit note and where nothing is left; Invalid for quantities that exceed what is left.
    """
    invoice = locked_invoice(invoice_id)
    if not invoice.is_issued or invoice.is_credit_note:
        raise Forbidden(_("Only an issued invoice can be corrected by a credit note."))
    left = quantities_left(invoice)
    wanted = left if quantities is None else {key: count for key, count in quantities.items() if count}
    if not any(left.values()):
        raise Forbidden(_("This invoice has been credited entirely."))
    if not wanted or any(not 0 < count <= left.get(key, 0) for key, count in wanted.items()):
        raise Invalid({"quantities": [_("More than what is left of an item cannot be credited.")]})
    return invoice_write(
        NewInvoice(
            client=invoice.client,
            items=[_credited(item, wanted[item.pk]) for item in invoice.items.all() if wanted.get(item.pk)],
            user=by,
            invoice_type=series(InvoiceType.Series.CREDIT_NOTE),
            currency=invoice.currency,
            euro_rate=invoice.euro_rate,
            observations=reason,
            corrects=invoice,
        )
    )


def quantities_left(invoice: FirmInvoice) -> dict[UUID, int]:
    """Item id → quantity that no credit note has taken."""
    items = invoice.items.annotate(taken=Coalesce(Sum("credited_by__quantity"), 0))
    return {item.pk: item.quantity - item.taken for item in items}


def _credited(item: FirmInvoiceItem, quantity: int) -> NewItem:
    """The item again. A fixed amount goes with the whole of it only."""
    return NewItem(
        name=item.name,
        product_type=item.product_type,
        unit_price=item.currency_units,
        taxes=[tax for tax in item.taxes.all() if not tax.units or quantity == item.quantity],
        quantity=quantity,
        code=item.code,
        details=item.details,
        entity_type=item.invoice_entity_type,
        entity_id=item.invoice_entity_id,
        credits=item,
    )
