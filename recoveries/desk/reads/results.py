"""What was done in a month, for each client by each handler: the same reads for the night and for the page.

Money, promises and dates are told of who handles the case now. The month of a case is that in which it was opened, of
money that of its day, of a promise and of a legal date the month by which it was to happen (Paris).
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from django.db.models import (
    Count,
    DateField,
    DurationField,
    ExpressionWrapper,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce, NullIf, TruncMonth

from law.deadlines import Kind
from legalcity.lib.clock import today
from legalcity.lib.dates import PARIS, add_months
from recoveries.ledger.money import money_lines
from recoveries.models import DeadlineAlert, Message, PaymentPromise, Recovery

GRACE = timedelta(days=5)  # in which money that was promised arrives
ZERO = Decimal("0.00")
# The debtor's own times, and days from which the creditor may act: nothing is missed when they pass.
NOT_OURS = (Kind.OPPOSITION, Kind.LATE_OPPOSITION, Kind.ENFORCEABLE)
A_DAY = timedelta(days=1)


class Did(StrEnum):
    """What is counted: cases opened; those of them with a first letter, and after how many days; money received;
    promises whose day has come, those that were kept; legal dates that have come, those that were met."""

    OPENED = "opened"
    CONTACTED = "contacted"
    RECEIVED = "received"
    PROMISED = "promised"
    KEPT = "kept"
    DATED = "dated"
    MET = "met"


class Fact(NamedTuple):
    """`number` things of `amount` (EUR; days in all until first letters) of a client, by a handler, in a month."""

    what: Did
    month: date
    client: int
    handler: int | None
    number: int
    amount: Decimal


Rows = Iterable[tuple[Any, ...]]


def facts_between(first: date, end: date) -> Iterator[Fact]:
    """All that was done from the month that begins on `first` to that before `end`. One statement for each kind."""
    for what, read in READERS.items():
        for month, client, handler, number, amount in read(first, end):
            yield Fact(what, _first_of(month), client, handler, number, _amount(amount))


def _first_of(month: date | datetime) -> date:
    return month.date() if isinstance(month, datetime) else month


def _amount(value: Any) -> Decimal:
    if isinstance(value, timedelta):
        value = value / A_DAY
    return Decimal(str(value or 0)).quantize(ZERO)


def _opened_between(first: date, end: date) -> QuerySet[Recovery]:
    start, stop = (datetime.combine(edge, datetime.min.time(), PARIS) for edge in (first, end))
    return Recovery.objects.filter(created_at__gte=start, created_at__lt=stop).order_by()


def _opened(first: date, end: date) -> Rows:
    month = TruncMonth("created_at", tzinfo=PARIS, output_field=DateField())
    return _opened_between(first, end).values_list(month, "owner_id", _handler()).annotate(n=Count("pk"), sum=Value(0))


def first_letter() -> Subquery:
    """When the first message that went out was handed over, of the case of the outer query."""
    gone = Message.objects.gone_out().filter(recovery_id=OuterRef("pk")).order_by().values("recovery_id")
    return Subquery(gone.annotate(first=Min("sent_at")).values("first"))


def _contacted(first: date, end: date) -> Rows:
    month = TruncMonth("created_at", tzinfo=PARIS, output_field=DateField())
    cases = _opened_between(first, end).annotate(first=first_letter()).filter(first__isnull=False)
    waited = ExpressionWrapper(F("first") - F("created_at"), DurationField())
    return cases.values_list(month, "owner_id", _handler()).annotate(n=Count("pk"), sum=Sum(waited))


def _received(first: date, end: date) -> Rows:
    lines = money_lines().filter(posting__effective_on__gte=first, posting__effective_on__lt=end)
    place = "posting__recovery__"
    rows = lines.values_list(TruncMonth("posting__effective_on"), "posting__owner_id", _handler(place))
    return rows.annotate(n=Count("posting__recovery_id", distinct=True), sum=Sum(F("debit") - F("credit")))


def promises_kept(promises: QuerySet[PaymentPromise]) -> QuerySet[PaymentPromise]:
    """Those for which enough money came from the day on which they were noted to a few days after the one promised."""
    until = ExpressionWrapper(OuterRef("promised_on") + Value(GRACE), DateField())
    came = money_lines().filter(
        posting__recovery_id=OuterRef("recovery_id"),
        posting__effective_on__gte=OuterRef("noted_on"),
        posting__effective_on__lte=until,
    )
    sums = came.values("posting__recovery_id").annotate(sum=Sum(F("debit") - F("credit"))).values("sum")
    return promises.annotate(came=Coalesce(Subquery(sums), ZERO)).filter(came__gte=F("amount"))


def promises_due(first: date, end: date) -> QuerySet[PaymentPromise]:
    """Promises whose day lies between, and has passed."""
    return PaymentPromise.objects.filter(promised_on__gte=first, promised_on__lt=min(end, today())).order_by()


def _promised(first: date, end: date) -> Rows:
    return _by_case(promises_due(first, end), "promised_on", Sum("amount"))


def _kept(first: date, end: date) -> Rows:
    return _by_case(promises_kept(promises_due(first, end)), "promised_on", Sum("amount"))


def dates_come(first: date, end: date) -> QuerySet[DeadlineAlert]:
    """Legal dates to act by that lie between, and have passed."""
    come = DeadlineAlert.objects.filter(date__gte=first, date__lt=min(end, today())).order_by()
    return come.exclude(kind__in=NOT_OURS)


def _dated(first: date, end: date) -> Rows:
    return _by_case(dates_come(first, end), "date", Value(0))


def _met(first: date, end: date) -> Rows:
    return _by_case(dates_come(first, end).filter(is_over_told=False), "date", Value(0))


def _by_case(things: QuerySet[Any], day: str, amount: Any) -> Rows:
    rows: Rows = things.values_list(TruncMonth(day), "owner_id", _handler("recovery__")).annotate(
        n=Count("pk"), sum=amount
    )
    return rows


def _handler(path: str = "") -> NullIf:
    """Who handles a case; a case under the name of its client is nobody's."""
    return NullIf(f"{path}user", f"{path}owner")


READERS: dict[Did, Callable[[date, date], Rows]] = {
    Did.OPENED: _opened,
    Did.CONTACTED: _contacted,
    Did.RECEIVED: _received,
    Did.PROMISED: _promised,
    Did.KEPT: _kept,
    Did.DATED: _dated,
    Did.MET: _met,
}


def condition_of(what: Did, first: date, last: date) -> Q:
    """The cases behind a figure of the months from `first` to `last` (their first days), for the list."""
    end = add_months(last, 1)
    start, stop = (datetime.combine(edge, datetime.min.time(), PARIS) for edge in (first, end))
    opened = Q(created_at__gte=start, created_at__lt=stop)
    money = money_lines().filter(posting__effective_on__gte=first, posting__effective_on__lt=end)
    things: dict[Did, Callable[[], Any]] = {
        Did.CONTACTED: lambda: Message.objects.gone_out().values("recovery_id"),
        Did.RECEIVED: lambda: money.values("posting__recovery_id"),
        Did.PROMISED: lambda: promises_due(first, end).values("recovery_id"),
        Did.KEPT: lambda: promises_kept(promises_due(first, end)).values("recovery_id"),
        Did.DATED: lambda: dates_come(first, end).values("recovery_id"),
        Did.MET: lambda: dates_come(first, end).filter(is_over_told=False).values("recovery_id"),
    }
    if what == Did.OPENED:
        return opened
    behind = Q(pk__in=things[what]())
    return opened & behind if what == Did.CONTACTED else behind
