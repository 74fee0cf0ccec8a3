"""Money that comes in."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from events.schemas import plain
from events.services import events_record, story
from invoicing.billing import rules
from invoicing.billing.selectors import members_of
from invoicing.billing.services.issuing import locked_invoice
from invoicing.events import FIRM_INVOICE_PAID, firm_invoice_events
from invoicing.models import FirmPayment
from legalcity.lib.errors import Forbidden, Invalid


@story()
def payment_record(
    *, invoice_id: UUID, amount: Decimal, paid_on: date, by: User | None, method: str = "", reference: str = ""
) -> FirmPayment:
    """A payment of `amount`, in the invoice's currency, with at most two decimals.

    Raises NotFound; Forbidden for a draft or a credit note; Invalid for nothing, or more than remains to be paid.
    """
    invoice = locked_invoice(invoice_id)
    if not invoice.is_issued or invoice.is_credit_note:
        raise Forbidden(_("Payments are recorded for issued invoices."))
    left = rules.balance(invoice.total, paid=invoice.paid, credited=invoice.credited)
    if not 0 < amount <= left:
        raise Invalid({"amount": [_("The amount must be more than 0 and at most {left}.").format(left=left)]})
    payment = FirmPayment.objects.create(
        invoice=invoice, amount=amount, paid_on=paid_on, recorded_by=by, method=method, reference=reference
    )
    if amount == left:
        current, members = {"on": plain(paid_on)}, members_of(invoice.client_id)
        events_record(firm_invoice_events(FIRM_INVOICE_PAID, invoice, members=members, by=by, current=current))
    return payment
