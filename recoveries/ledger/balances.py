"""What is owed today, kept on each case for lists: written with each change, rolled on when a day has passed.

Of those on which nothing runs nothing is rolled. A balance also keeps on what terms it was reckoned (the tables of
rates, a setting): when those are others all balances are stale, and so are payments that met interest. What is rolled
is no longer stale, so whoever was stopped goes on where it was.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from hashlib import sha256

from law.account.decompte import Decompte
from law.account.facts import Facts, Rates
from law.account.flat import flat_sums
from law.interest import NOTHING, RateMissing
from legalcity.lib.many_rows import rows_append, rows_put
from legalcity.lib.settings.live import live
from recoveries.ledger.posting_models import CaseBalance
from recoveries.ledger.rate_book import account_rates, rates_held
from recoveries.ledger.reckoning import reckoned
from recoveries.models.cases import Recovery

AT_ONCE = 200  # cases
NEXT_DAY = timedelta(days=1)
SUMS = ("due", "principal", "interest", "indemnity", "penalty", "cost", "not_due", "surplus", "per_day")
KEPT = ("on", *SUMS, "is_provisional", "missing_on", "next_change", "terms")

_BEGUN = ("recovery_id", "owner_id", *KEPT)


# --- one balance -----------------------------------------------------------------------------------------------------
def balance_of(case: Recovery, account: Decompte | RateMissing, day: date) -> CaseBalance:
    """The balance that `account` of `case`, reckoned for `day`, comes to; unsaved."""
    row = CaseBalance(
        recovery_id=case.pk, owner_id=case.owner_id, on=day, terms=balance_terms(), next_change=day + NEXT_DAY
    )
    if isinstance(account, RateMissing):
        row.missing_on = account.day
        return row
    for head, amount in account.total._asdict().items():
        setattr(row, head, amount)
    row.due = account.total.due
    row.not_due = sum((one.principal for one in account.not_due), account.to_come)
    row.surplus, row.per_day = account.surplus, account.per_day
    row.is_provisional = account.is_provisional
    row.next_change = _next_change(account)
    return row


@rates_held()
def balance_opened(case: Recovery, facts: Facts, day: date) -> CaseBalance:
    """`balance_of` a case that was just opened, on its `facts`: while no interest runs it needs no account."""
    sums = flat_sums(facts, day, account_rates())
    if sums is None:
        return balance_of(case, reckoned(facts, day), day)
    is_near = sums.to_come or sums.next_due == day
    return CaseBalance(
        recovery_id=case.pk,
        owner_id=case.owner_id,
        on=day,
        terms=balance_terms(),
        due=sums.principal + sums.indemnity,
        **dict.fromkeys(("interest", "penalty", "cost", "surplus", "per_day"), NOTHING),
        principal=sums.principal,
        indemnity=sums.indemnity,
        not_due=sums.not_due + sums.to_come,
        next_change=day + NEXT_DAY if is_near else sums.next_due,
    )


def _next_change(account: Decompte) -> date | None:
    """Tomorrow where interest runs or an indemnity is about to fall due, else the day on which a claim does."""
    if account.per_day or account.to_come or any(row.due_on >= account.on for row in account.claims):
        return account.on + NEXT_DAY
    return min((row.due_on for row in account.not_due), default=None)


def balance_terms() -> str:
    """What tells the terms of today from others: all that decides an account and belongs to no case."""
    return _fingerprint(account_rates(), live.NOTICE_PRESENTATION_COUNTS)


@lru_cache(maxsize=4)
def _fingerprint(rates: Rates, presentation_counts: bool) -> str:
    return sha256(repr((rates, presentation_counts)).encode()).hexdigest()[:16]


def balance_write(*, case: Recovery, account: Decompte | RateMissing, day: date) -> None:
    """Keep what is owed on a case. One statement; the caller holds the lock."""
    balances_write([balance_of(case, account, day)])


def balance_begin(balance: CaseBalance) -> None:
    """Keep what is owed on a case that has no balance yet. One statement."""
    rows_append(CaseBalance, [{name: getattr(balance, name) for name in _BEGUN}])


def balances_write(balances: Sequence[CaseBalance]) -> None:
    """Keep what is owed on these cases. One statement; the caller holds the locks."""
    rows_put(balances, KEPT)
