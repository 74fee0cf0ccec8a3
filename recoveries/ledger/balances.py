"""What is owed today, kept on each case for lists: written with each change, rolled on when a day has passed.

Of those on which nothing runs nothing is rolled. A new rate makes all that bear interest stale (`balances_stale`); the
roll goes on where it was stopped, since what it has done is no longer stale.
"""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet

from law.account.decompte import Decompte
from law.interest import NOTHING, RateMissing
from recoveries.ledger.gathering import Told, told_by_case, with_terms
from recoveries.ledger.posting_models import CaseBalance
from recoveries.ledger.reckoning import reckoned
from recoveries.models import Recovery

AT_ONCE = 200  # cases
NEXT_DAY = timedelta(days=1)
HEADS = ("principal", "interest", "indemnity", "penalty", "cost")
SUMS = ("due", *HEADS, "not_due", "surplus", "per_day")
KEPT = ("on", *SUMS, "is_provisional", "missing_on", "next_change")


def balance_of(recovery_id: int, account: Decompte | RateMissing, day: date) -> CaseBalance:
    """The balance that `account`, reckoned for `day`, comes to; unsaved."""
    if isinstance(account, RateMissing):
        return CaseBalance(recovery_id=recovery_id, on=day, missing_on=account.day, next_change=day + NEXT_DAY)
    return CaseBalance(
        recovery_id=recovery_id,
        on=day,
        due=account.total.due,
        **account.total._asdict(),
        not_due=sum((row.principal for row in account.not_due), NOTHING),
        surplus=account.surplus,
        per_day=account.per_day,
        is_provisional=account.is_provisional,
        next_change=_next_change(account),
    )


def _next_change(account: Decompte) -> date | None:
    """Tomorrow where interest runs or an indemnity is about to fall due, else the day on which a claim does."""
    if account.per_day or any(row.due_on >= account.on for row in account.claims):
        return account.on + NEXT_DAY
    return min((row.due_on for row in account.not_due), default=None)


def balance_write(*, recovery_id: int, account: Decompte | RateMissing, day: date) -> None:
    """Keep what is owed on a case. One statement; the caller holds the lock."""
    _write([balance_of(recovery_id, account, day)])


def _write(balances: Collection[CaseBalance]) -> None:
    CaseBalance.objects.bulk_create(
        balances, update_conflicts=True, unique_fields=["recovery"], update_fields=list(KEPT)
    )


def balances_reckoned(cases: Collection[Recovery], day: date) -> dict[int, CaseBalance]:
    """What is owed on each of these cases (read by `gathering.with_terms`) on `day`, by id. Two statements."""
    told: Mapping[int, Told] = told_by_case(list(cases))
    return {case.pk: balance_of(case.pk, reckoned(told[case.pk].facts, day), day) for case in cases}


def balances_stale(day: date) -> QuerySet[CaseBalance]:
    """Balances that a day which has passed, or a new rate, may have made others."""
    return CaseBalance.objects.filter(next_change__lte=day)


@transaction.atomic
def balances_roll(*, day: date) -> int:
    """Reckon some stale balances anew, as of `day`; returns how many, 0 when nothing is stale.

    Cases that somebody else has locked are left for the next time: who holds the lock writes the balance.
    """
    stale = balances_stale(day).order_by("next_change").values("recovery_id")[:AT_ONCE]
    ids = [row["recovery_id"] for row in stale]
    locked = Recovery.objects.select_for_update(of=("self",), skip_locked=True).filter(pk__in=ids)
    held = list(locked.values_list("pk", flat=True))
    balances = balances_reckoned(list(with_terms(Recovery.objects.filter(pk__in=held))), day)
    _write(balances.values())
    return len(balances)


def balances_age(*, day: date) -> int:
    """Make every balance stale on which interest runs or may run (a rate was entered); returns how many."""
    running = CaseBalance.objects.exclude(per_day=Decimal(0), not_due=Decimal(0))
    return running.update(next_change=day)
