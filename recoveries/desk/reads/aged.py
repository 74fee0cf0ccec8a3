"""The cases behind a band of age in the portfolio, by the rule of its figures (`portfolio_groups`)."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from django.db.models import DateField, ExpressionWrapper, F, Min, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, TruncDate

from invoicing.models import Invoice
from legalcity.lib.clock import today
from legalcity.lib.dates import PARIS, add_months
from recoveries.desk.reads.portfolio_groups import BANDS, NOT_DUE
from recoveries.models import Recovery


class At(StrEnum):
    """Of which day the age is: of today, or of the day of filing."""

    NOW = "now"
    FILED = "filed"


class Aged(NamedTuple):
    """The cases filed from the month `first` to the month `last` (their first days) that are in a band of age."""

    at: At
    band: int
    first: date
    last: date


def aged_condition(asked: Aged) -> Q:
    """The condition on cases. Those filed in the months are looked at one by one."""
    start, end = (datetime.combine(day, datetime.min.time(), PARIS) for day in (asked.first, add_months(asked.last, 1)))
    filed = Recovery.objects.filter(created_at__gte=start, created_at__lt=end).order_by()
    oldest = (
        Invoice.objects.filter(recovery_id=OuterRef("pk"))
        .order_by()
        .values("recovery_id")
        .annotate(oldest=Min(Coalesce("invoice_due_date", "invoice_date")))
        .values("oldest")
    )
    told = filed.annotate(
        oldest=Coalesce(Subquery(oldest), "recovery_due_date"),
        told_on=Value(today(), DateField()) if asked.at == At.NOW else TruncDate("created_at", tzinfo=PARIS),
    )
    return Q(created_at__gte=start, created_at__lt=end, pk__in=told.filter(_within(asked)).values("pk"))


def _within(asked: Aged) -> Q:
    """In the band; at filing a case that went on to court is not counted, as the one that goes on is."""
    ends = (*BANDS, None)
    if asked.band == NOT_DUE:
        found = ~_older_than(0)
    else:
        last = ends[asked.band]
        found = _older_than(BANDS[asked.band - 1] if asked.band else 0)
        found &= ~_older_than(last) if last is not None else Q()
    return found if asked.at == At.NOW else found & Q(transferred_to=None)


def _older_than(days: int) -> Q:
    """More days than that lie between the oldest due date and the day of which the age is told."""
    return Q(told_on__gt=ExpressionWrapper(F("oldest") + Value(timedelta(days=days)), DateField()))
