"""What notices say of cases: a reference, a status, what is owed by the décompte. Nobody is named."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db.models import F, Sum

from law.interest import NOTHING
from legalcity.lib.dates import PARIS
from recoveries.catalogue import catalogue
from recoveries.ledger.money import money_lines
from recoveries.models import CaseBalance, CaseCount, Recovery, StatusChange


class CaseFacts(NamedTuple):
    """A case as notices name it. `due` is None while a rate is missing, or was carried on past its half-year."""

    reference: str
    status: str
    due: Decimal | None


class Week(NamedTuple):
    """An account over a week: cases that are open at its end, that were opened, closed; money; what is owed."""

    open: int
    opened: int
    closed: int
    received: Decimal
    due: Decimal

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.open or self.opened or self.closed or self.received)


def facts_of(case_ids: Collection[int]) -> dict[int, CaseFacts]:
    """The cases that are still there. One statement."""
    rows = Recovery.objects.filter(pk__in=case_ids).values_list(
        "pk", "recovery_reference", "status_id", "balance__due", "balance__is_provisional"
    )
    return {
        pk: CaseFacts(reference, catalogue.entry(status_id).name, None if is_provisional else due)
        for pk, reference, status_id, due, is_provisional in rows
    }


def week_of(owner_id: int, first: date, last: date) -> Week:
    """The figures of an account from `first` to `last`, both included. What is owed is that of today."""
    within = (_midnight(first), _midnight(last + timedelta(days=1)))
    cases = Recovery.objects.filter(owner_id=owner_id)
    standing = [entry.id for entry in catalogue.entries.values() if not entry.is_closing]
    ended = StatusChange.objects.filter(recovery__owner_id=owner_id, to_status__is_closing=True)
    money = money_lines().filter(posting__owner_id=owner_id, posting__recorded_at__range=within)
    owed = CaseBalance.objects.filter(recovery__owner_id=owner_id, recovery__status_id__in=standing)
    return Week(
        open=CaseCount.objects.filter(owner_id=owner_id, status_id__in=standing).aggregate(n=Sum("n"))["n"] or 0,
        opened=cases.filter(created_at__range=within).count(),
        closed=ended.filter(created_at__range=within).values("recovery_id").distinct().count(),
        received=money.aggregate(sum=Sum(F("debit") - F("credit")))["sum"] or NOTHING,
        due=owed.aggregate(sum=Sum("due"))["sum"] or NOTHING,
    )


def clients() -> list[int]:
    """The accounts that have cases."""
    counted = CaseCount.objects.values("owner_id").annotate(cases=Sum("n"))
    return list(counted.filter(cases__gt=0).order_by("owner_id").values_list("owner_id", flat=True))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, PARIS)
