"""What became of a procedure in court: its court and its key dates, from which the legal deadlines follow."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import Min
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from backoffice.amounts import euros
from events.schemas import differences
from events.services import events_record, story
from invoicing.models import Invoice
from law.account.facts import DebtHead
from law.interest import RateMissing
from law.procedure_dates import GRANTED, Errors
from law.procedure_dates import procedure_errors as law_errors
from legalcity.lib.errors import Invalid, NotFound, Sentence
from legalcity.lib.seen import require_as_seen
from recoveries.court.events import procedure_events
from recoveries.court.recorded import FIELDS
from recoveries.ledger.gathering import told_of, with_terms
from recoveries.ledger.posting import Source
from recoveries.ledger.reckoning import reckoned
from recoveries.ledger.settling import case_reckon
from recoveries.models import Injunction, Recovery
from recoveries.services.cases import recovery_lock
from recoveries.services.touching import procedure_touch

BEYOND = _("Under this head {amount} was owed on the day of the order: not more can be granted.")
BEYOND_WHOLE = _("In all {amount} was asked for on the day of the order: not more can be granted.")
WHOLE = "granted_amount"
NO_PROCEDURE = _("This case has no procedure.")


def field_labels() -> dict[str, Sentence]:
    """FIELDS as people read them."""
    columns = {column.name: column.verbose_name for column in Injunction._meta.concrete_fields}
    return {name: columns[name] for name in FIELDS}


def procedure_errors(values: Mapping[str, Any], *, recovery_id: int, today: date) -> Errors:
    """Sentences of the rules that the whole of the procedure of a case breaks. Four statements at most."""
    first = Invoice.objects.filter(recovery_id=recovery_id).aggregate(day=Min("invoice_date"))["day"]
    errors = law_errors(values, field_labels(), first_invoice=first, today=today)
    return errors or _beyond(recovery_id, values)


def _beyond(recovery_id: int, order: Mapping[str, Any]) -> Errors:
    """Heads under which more was granted than was owed on the day of the order: nobody grants what is not asked.

    Costs are owed by the title itself: asked are those that are on the case, and what the court takes for the order.
    Nothing is told while a rate is missing.
    """
    granted = {name: order[name] for name in (*GRANTED, WHOLE) if order.get(name) is not None}
    if not granted or not order.get("order_made_on"):
        return {}
    case = with_terms(Recovery.objects).get(pk=recovery_id)
    facts = told_of(case).facts
    account = reckoned(replace(facts, order=None, title_on=None), order["order_made_on"])
    if isinstance(account, RateMissing):
        return {}
    costs = (claim.amount for claim in facts.claims if claim.head == DebtHead.COST_OF_TITLE)
    total = account.total._replace(cost=sum(costs, case.injunction.court_fee))
    asked = {**{f"granted_{head}": amount for head, amount in total._asdict().items()}, WHOLE: total.due}
    beyond = (name for name, amount in granted.items() if amount > asked[name])
    sentences = {WHOLE: BEYOND_WHOLE}
    return {name: [str(sentences.get(name, BEYOND)).format(amount=euros(asked[name]))] for name in beyond}


@story()
def procedure_record(
    *,
    recovery_id: int,
    values: Mapping[str, Any],
    seen: Mapping[str, Any] | None = None,
    today: date,
    by: User | None,
) -> Injunction:
    """Write down what `values` name (FIELDS); rules hold for the merged state.

    Raises Invalid, NotFound, or Conflict where it is other than `seen`.

    The account of the case follows: what an order did not grant is no longer owed once it is served, a title lets
    costs be owed and interest rise. So does its status, where nothing is owed any more or something is again.
    """
    case = recovery_lock(recovery_id=recovery_id)
    procedure = Injunction.objects.filter(recovery_id=recovery_id).first()
    if procedure is None:
        raise NotFound(NO_PROCEDURE)
    before = {name: getattr(procedure, name) for name in FIELDS}
    require_as_seen(before, values, seen)
    whole = {**before, **values}
    if errors := procedure_errors(whole, recovery_id=recovery_id, today=today):
        raise Invalid(errors)
    for name, value in values.items():
        setattr(procedure, name, value)
    procedure.save(update_fields=[*values, "updated_at"])
    events_record(procedure_events(procedure, differences(before, whole), owner_id=case.owner_id, by=by))
    procedure_touch(recovery_id)
    case_reckon(recovery_id=recovery_id, by=by, source=Source.STAFF)
    return procedure
