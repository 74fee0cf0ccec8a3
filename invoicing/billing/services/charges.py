"""Charges: what happens in another room is written down with it, and billed after it, once."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import structlog
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from events.services import story
from invoicing.billing.selectors import vat_rule_of
from invoicing.billing.services.clients import client_of
from invoicing.billing.services.drafts import NewInvoice, NewItem
from invoicing.billing.services.issuing import invoice_write
from invoicing.billing.taxes import OUTLAY, OUTLAY_NOT_SUBJECT
from invoicing.models import BillingClient, Charge, FirmInvoice, ProductType, Tax
from legalcity.lib.claims import Job, queue, take
from legalcity.lib.errors import Invalid

log = structlog.get_logger("invoicing")

# The lock of the charge stands for the claim. Money is never given up: what is in the way is waited for without end.
JOB = Job(
    Charge,
    "invoicing.tasks.bill_charge",
    waiting=Q(invoice=None),
    claim=None,
    most_attempts=None,
    first_pause=timedelta(minutes=1),
)


@dataclass(frozen=True, slots=True)
class ChargeLine:
    """A line to be billed, as it is kept: `product` and `tax` are codes of the catalogues, `price` EUR without VAT.

    Without a tax it bears VAT as its client does.
    """

    product: str
    name: str
    price: str
    details: str = ""
    tax: str = ""
    quantity: int = 1


def charge_record(*, user_id: int, entity_type: str, entity_id: str, lines: Sequence[ChargeLine]) -> Charge:
    """Write down that a user is to be billed for something, in the transaction in which it happens: one statement.

    Raises IntegrityError when that thing has been charged already.
    """
    return Charge.objects.create(
        user_id=user_id,
        invoice_entity_type=entity_type,
        invoice_entity_id=entity_id,
        lines=[asdict(line) for line in lines],
    )


def charge_queue(charge: Charge) -> None:
    """Have a worker bill a charge after the commit; where the queue is away the sweep does it."""
    queue(JOB.task, charge.pk)


def charge_attempt(*, charge_id: int, moment: datetime) -> None:
    """Bill a charge as a worker does. Without the firm's details it goes on waiting, asked for every other minute.

    Whatever else stands in the way is raised, and met with again after longer and longer pauses.
    """
    claim = take(JOB, charge_id, moment=moment)
    charge = claim.row() if claim else None
    if claim is None or charge is None:
        return
    try:
        charge_bill(charge_id=charge_id)
    except Invalid as error:
        log.warning("charge_waits", charge_id=charge_id, fields=sorted(error.errors))
        claim.release(after=JOB.first_pause, attempts=0)
    except Exception:
        claim.release(after=JOB.pause(charge.attempts))
        raise


@story()
def charge_bill(*, charge_id: int) -> FirmInvoice | None:
    """Issue the invoice of a charge; whoever comes second gets the same one. None when the charge is gone.

    Raises Invalid while the firm's details are not complete (`firm.missing_details`).
    """
    charge = Charge.objects.select_for_update(of=("self",)).filter(pk=charge_id).first()
    if charge is None:
        return None
    if charge.invoice is not None:
        return charge.invoice
    charge.invoice = lines_bill(
        user=charge.user,
        by=charge.user,
        entity_type=charge.invoice_entity_type,
        entity_id=charge.invoice_entity_id,
        lines=[ChargeLine(**line) for line in charge.lines],
    )
    charge.save(update_fields=["invoice"])
    return charge.invoice


def lines_bill(
    *, user: User, by: User | None, entity_type: str, entity_id: str, lines: Sequence[ChargeLine]
) -> FirmInvoice:
    """An issued invoice of `lines` to the client that `user` belongs to, in the caller's transaction.

    Raises Invalid as `invoice_issue` does, and while the client's country is none.
    """
    client = client_of(user)
    products = {product.code: product for product in ProductType.objects.all()}
    taxes = _taxes(client, {line.tax for line in lines})
    items = [
        NewItem(
            name=line.name,
            product_type=products[line.product],
            unit_price=Decimal(line.price),
            taxes=[taxes[line.tax]],
            quantity=line.quantity,
            code=line.product,
            details=line.details,
            entity_type=entity_type,
            entity_id=entity_id,
        )
        for line in lines
    ]
    return invoice_write(NewInvoice(client=client, items=items, user=by))


def _taxes(client: BillingClient, codes: set[str]) -> dict[str, Tax]:
    """The taxes of `codes` as they are to `client`; the empty one is that of the firm's own work."""
    rule = vat_rule_of(client)
    if rule is None:
        raise Invalid({"country": [_("The country of the client's billing address decides the VAT, and is none.")]})
    taxes = {tax.code: tax for tax in Tax.objects.filter(code__in={*codes, OUTLAY_NOT_SUBJECT})}
    if rule.tax.category == Tax.Category.NOT_SUBJECT:
        taxes[OUTLAY] = taxes[OUTLAY_NOT_SUBJECT]
    return {**taxes, "": rule.tax}
