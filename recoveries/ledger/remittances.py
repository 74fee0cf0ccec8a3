"""Money handed over to clients, recorded once, and taken back by a further row; each row has its posting."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from backoffice.amounts import euros
from backoffice.audit import ADDED, audit_record
from events.services import events_record, story
from law.interest import NOTHING
from legalcity.lib.clock import now, today
from legalcity.lib.errors import Conflict, Forbidden, Invalid
from recoveries.ledger.events import remittance_event
from recoveries.ledger.handing_over import remittance_post
from recoveries.ledger.held import held_for, last_came_on
from recoveries.ledger.posting import Source
from recoveries.ledger.remittance_models import Remittance, RemittanceLine


@story()
def remittance_record(
    *, owner_id: int, expected: Decimal, fees: Decimal, paid_on: date, reference: str = "", by: User | None
) -> Remittance:
    """Hand over all that is held for a client, less `fees` that the firm retains, EUR.

    `expected` is what the person saw as held: Conflict when it is another sum by now, as for who comes second. Invalid
    for fees that are more than that or negative, for a day to come and for one before the money came.
    """
    _client_lock(owner_id)
    covered = held_for(owner_id)
    held = sum((part.amount for part in covered), NOTHING)
    if held != expected:
        raise Conflict(held_changed(held))
    if held <= 0:
        raise Conflict(_("Nothing is held for this client."))
    if not NOTHING <= fees <= held:
        raise Invalid({"fees": [_("Fees lie between 0 and what is held ({amount}).").format(amount=euros(held))]})
    _require_day(paid_on, last_came_on(covered))
    remittance = Remittance.objects.create(
        owner_id=owner_id,
        amount=held - fees,
        fees=fees,
        paid_on=paid_on,
        reference=reference,
        by=by,
        recorded_at=now(),
    )
    RemittanceLine.objects.bulk_create(
        RemittanceLine(remittance=remittance, posting_id=part.posting_id, amount=part.amount) for part in covered
    )
    remittance_post(remittance, source=Source.STAFF)
    audit_record(action=ADDED, target=remittance, actor=by)
    events_record([remittance_event(remittance, by=by)])
    return remittance


def held_changed(held: Decimal) -> str:
    """Told to who saw another sum than what is held, EUR."""
    sentence = _("What is held for this client has changed: it is {amount} now. Look at it again.")
    return sentence.format(amount=euros(held))


def _require_day(paid_on: date, came_on: date | None) -> None:
    if paid_on > today():
        raise Invalid({"paid_on": [_("This day is still to come.")]})
    if came_on and paid_on < came_on:
        sentence = _("Money that is handed over came on {day} only: it cannot have been paid on before.")
        raise Invalid({"paid_on": [sentence.format(day=f"{came_on:%d/%m/%Y}")]})


@transaction.atomic
def remittance_reverse(*, remittance_id: int, reason: str, by: User | None) -> Remittance:
    """Take a remittance back: what it covered is held again. Raises DoesNotExist; Forbidden for a reversal or one
    that was reversed."""
    _client_lock(Remittance.objects.values_list("owner_id", flat=True).get(pk=remittance_id))
    row = Remittance.objects.select_related("reversal").get(pk=remittance_id)
    if row.reverses_id is not None:
        raise Forbidden(_("A reversal cannot be reversed: enter what is right anew."))
    if hasattr(row, "reversal"):
        raise Forbidden(_("This was reversed already."))
    reversal = Remittance.objects.create(
        owner_id=row.owner_id,
        amount=row.amount,
        fees=row.fees,
        paid_on=today(),
        reference=row.reference,
        reverses=row,
        reason=reason[:255],
        by=by,
        recorded_at=now(),
    )
    remittance_post(reversal, source=Source.STAFF)
    audit_record(action=ADDED, target=reversal, actor=by)
    return reversal


def _client_lock(owner_id: int) -> None:
    """One at a time for each client; what only refers to the client need not wait."""
    User.objects.select_for_update(no_key=True).get(pk=owner_id)
