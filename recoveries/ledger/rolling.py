"""The roll of balances: what a day that has passed, or other rates, made stale is reckoned anew, some cases at once.

Nobody waits for it and it waits for nobody: cases that somebody else has locked are passed by, since who holds the lock
writes the balance. So several roll at the same time, each cases of its own.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

from django.db import InterfaceError, OperationalError
from django.db.models import Q, QuerySet

from events.services import story
from law.account.decompte import Decompte
from law.interest import RateMissing
from legalcity.lib.clock import today
from legalcity.lib.logs import log_failure
from legalcity.lib.settings.live import live
from recoveries.ledger.balances import balance_of, balance_terms, balances_write
from recoveries.ledger.gathering import Told, told_by_case, with_terms_only
from recoveries.ledger.laying import laid_anew, lines_of
from recoveries.ledger.posting import Source, drafts_write
from recoveries.ledger.rate_book import rate_book, rates_held
from recoveries.ledger.reckoning import reckoned
from recoveries.ledger.settling import case_settle_at_rates, settles_otherwise
from recoveries.models import CaseBalance, Recovery

AT_ONCE = 200  # cases
ROLLS_FOR = timedelta(seconds=110)  # Started every minute: two at most roll at the same time


def balances_sweep() -> int:
    """Roll until nothing is stale, for `ROLLS_FOR` at most; returns how many cases were reckoned."""
    rate_book.forget()
    live.forget()
    end, done = time.monotonic() + ROLLS_FOR.total_seconds(), 0
    left: set[int] = set()
    while time.monotonic() < end and len(left) < AT_ONCE:
        stale, rolled = balances_roll_some(day=today(), but=left)
        if not stale:
            break
        left |= stale - rolled
        done += len(rolled)
    return done


@story()
def balances_roll_some(*, day: date, but: Collection[int] = ()) -> tuple[set[int], set[int]]:
    """Reckon some stale balances anew, as of `day`; returns the cases that were stale, and which of them were reckoned.

    They are locked from the look on, so that who rolls beside takes others.
    """
    stale = stale_balances(day, but=but)
    return set(stale), balances_roll(stale=stale, day=day) if stale else set()


def stale_balances(day: date, *, but: Collection[int] = ()) -> dict[int, str]:
    """Lock some cases whose balance may be another on `day`; returns them with the terms on which it was reckoned.

    Longest stale first, without those that somebody has locked. Three statements at most, each from an index.
    """
    terms = balance_terms()
    for stale, place in (
        (Q(balance__next_change__lte=day), "balance__next_change"),
        (Q(balance__terms__lt=terms), "balance__terms"),
        (Q(balance__terms__gt=terms), "balance__terms"),
    ):
        cases = Recovery.objects.filter(stale).exclude(pk__in=but).order_by(place).select_related("balance")
        locked = cases.only("pk", "balance__terms").select_for_update(of=("self",), skip_locked=True)
        if found := {case.pk: case.balance.terms for case in locked[:AT_ONCE]}:
            return found
    return {}


def balances_roll(*, stale: Mapping[int, str], day: date) -> set[int]:
    """Reckon the balances of these cases anew, as of `day`; returns which.

    What cannot be reckoned is logged and left.
    """
    try:
        return _rolled(stale, day)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        if len(stale) == 1:
            log_failure(error)
            return set()
    return {pk for case, terms in stale.items() for pk in balances_roll(stale={case: terms}, day=day)}


@story()
@rates_held()
def _rolled(stale: Mapping[int, str], day: date) -> set[int]:
    cases = list(_locked(stale))
    told = told_by_case(cases)
    accounts = {case.pk: reckoned(told[case.pk].facts, day) for case in cases}
    terms = balance_terms()
    others = [case for case in cases if stale[case.pk] != terms]
    turned = [case.pk for case in others if settles_otherwise(case, accounts[case.pk])]
    kept = CaseBalance.objects.in_bulk(turned) if turned else {}
    balances_write([balance_of(case, accounts[case.pk], day) for case in cases])
    _lay_anew(others, told, accounts)
    for pk, before in kept.items():
        account = accounts[pk]
        if not isinstance(account, RateMissing):
            case_settle_at_rates(recovery_id=pk, facts=told[pk].facts, account=account, kept=before)
    return set(accounts)


def _locked(ids: Collection[int]) -> QuerySet[Recovery]:
    cases = with_terms_only(Recovery.objects.filter(pk__in=ids))
    return cases.select_for_update(of=("self",), skip_locked=True).order_by("pk")


def _lay_anew(
    cases: Sequence[Recovery], told: Mapping[int, Told], accounts: Mapping[int, Decompte | RateMissing]
) -> None:
    """On other terms interest is another, and so is what payments met."""
    books = {case: book for case in cases if (book := told[case.pk].book).paid or book.laid}
    lines = lines_of(books.values())
    drafts = [(case, draft) for case, book in books.items() for draft in laid_anew(book, accounts[case.pk], lines)]
    drafts_write(drafts, lines, by=None, source=Source.SYSTEM)
