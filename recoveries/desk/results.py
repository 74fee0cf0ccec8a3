"""Results by handler and client: taken in the night where there are many cases, read at once where there are few.

And the goals that managers set.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, F, Sum
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext as _

from accounts.models import User
from backoffice.audit import CHANGED, audit_record
from legalcity.lib.clock import now, today
from legalcity.lib.dates import PARIS, add_months
from legalcity.lib.errors import Invalid
from recoveries.catalogue import catalogue
from recoveries.desk.figures import MANY
from recoveries.desk.reads.portfolio_groups import STALE
from recoveries.desk.reads.results import ZERO, Did, Fact, facts_between
from recoveries.models import CaseCount, HandlerGoal, PortfolioFigure, Recovery, ResultFigure

MONTHS = 36  # that the night takes
BATCH = 2_000
HANDLER, CLIENT = "handler", "client"


@transaction.atomic
def results_take() -> int:
    """Take the results of the last MONTHS anew, in the place of those of before; how many rows. None for few cases."""
    ResultFigure.objects.all().delete()
    if (CaseCount.objects.aggregate(n=Sum("n"))["n"] or 0) < MANY:
        return 0
    moment, month = now(), today().replace(day=1)
    facts = facts_between(add_months(month, 1 - MONTHS), add_months(month, 1))
    rows = (ResultFigure(taken_at=moment, **fact._asdict()) for fact in facts)
    return len(ResultFigure.objects.bulk_create(rows, batch_size=BATCH))


@dataclass(slots=True)
class Results:
    """What one handler, or what was done for one client: numbers and amounts by what is counted; open cases now."""

    numbers: defaultdict[Did, int] = field(default_factory=lambda: defaultdict(int))
    amounts: defaultdict[Did, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    open_cases: int = 0
    owed: Decimal = ZERO
    goal: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """By the id of the handler (None: nobody's cases) or client; `taken_at`: when the night took them."""

    by: dict[int | None, Results]
    taken_at: datetime | None


def results_of(first: date, last: date, *, by: str) -> Found:
    """The results of the months from `first` to `last` (first days) by HANDLER or CLIENT, with goals and load."""
    taken_at = _taken_at()
    is_kept = taken_at is not None
    facts = _kept(first, last, by) if is_kept else facts_between(first, add_months(last, 1))
    found: defaultdict[int | None, Results] = defaultdict(Results)
    for fact in facts:
        of = found[fact.handler if by == HANDLER else fact.client]
        of.numbers[fact.what] += fact.number
        of.amounts[fact.what] += fact.amount
    for pk, cases, owed in _loads(by, is_kept=is_kept):
        found[pk].open_cases, found[pk].owed = cases, Decimal(str(owed or 0)).quantize(ZERO)
    if by == HANDLER:
        goals = HandlerGoal.objects.filter(month__range=(first, last)).order_by()
        for pk, goal in goals.values_list("handler_id").annotate(sum=Sum("amount")):
            found[pk].goal = Decimal(str(goal)).quantize(ZERO)
    return Found(dict(found), taken_at)


def results_since() -> date | None:
    """The first month of which there are results, where the night takes them; None where every month is read at once.

    With MANY cases nobody waits for months that the night does not take.
    """
    taken_at = _taken_at()
    return add_months(taken_at.astimezone(PARIS).date().replace(day=1), 1 - MONTHS) if taken_at else None


def _taken_at() -> datetime | None:
    """When the night took the results; None where it did not, or not lately."""
    return ResultFigure.objects.filter(taken_at__gt=now() - STALE).values_list("taken_at", flat=True).first()


def _kept(first: date, last: date, by: str) -> Iterable[Fact]:
    rows = ResultFigure.objects.filter(month__range=(first, last)).order_by().values_list("what", by)
    for what, pk, number, amount in rows.annotate(n=Sum("number"), sum=Sum("amount")):
        yield Fact(Did(what), first, pk if by == CLIENT else 0, pk if by == HANDLER else None, number, amount)


def _loads(by: str, *, is_kept: bool) -> Iterable[tuple[int | None, int, Decimal]]:
    """Open cases and what is owed on them, by handler or client."""
    closing = [entry.id for entry in catalogue.entries.values() if entry.is_closing]
    if is_kept:
        key = NullIf("handler", "client") if by == HANDLER else F("client")
        rows = PortfolioFigure.objects.exclude(status_id__in=closing).order_by().values_list(key)
        return rows.annotate(n=Sum("cases"), sum=Sum("owed"))
    key = NullIf("user", "owner") if by == HANDLER else F("owner_id")
    cases = Recovery.objects.exclude(status_id__in=closing).order_by().values_list(key)
    owed = Coalesce(F("balance__due") + F("balance__not_due"), F("amount_torecover"))
    return cases.annotate(n=Count("pk"), sum=Sum(owed))


@transaction.atomic
def goal_set(*, handler: User, month: date, amount: Decimal | None, by: User) -> None:
    """Set what `handler` is to recover in `month` (its first day), EUR; None takes the goal away.

    Raises Invalid for who is no member of staff and for a month that has gone.
    """
    if not (handler.is_staff and handler.is_active):
        raise Invalid({"handler": [_("Choose a member of staff.")]})
    if month < today().replace(day=1):
        raise Invalid({"month": [_("This month has gone: its goal stays.")]})
    before = HandlerGoal.objects.filter(handler=handler, month=month).values_list("amount", flat=True).first()
    if amount is None:
        HandlerGoal.objects.filter(handler=handler, month=month).delete()
    else:
        HandlerGoal.objects.update_or_create(handler=handler, month=month, defaults={"amount": amount, "by": by})
    if before != amount:
        told = {"month": f"{month:%Y-%m}", "goal": amount}
        audit_record(action=CHANGED, target=handler, before={**told, "goal": before}, after=told, actor=by)
