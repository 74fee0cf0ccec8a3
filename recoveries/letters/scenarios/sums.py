"""What may be asked for of cases on a day: from their kept balances, from the account where those do not tell it.

The balance knows the sums, not the claims. Of a case of which nothing was taken the claims are as they began; of
another one, or where a claim that is due is left out of what is asked for, the account is read.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Q

from law.account.decompte import Amounts, Decompte
from law.account.untouched import Untouched, untouched
from law.account.warnings import Code as Warned
from law.contact import ClaimFacts, Rates
from law.contact.claims import parted
from law.contact.vocabulary import Code
from law.interest import NOTHING
from legalcity.lib.among import Among
from recoveries.ledger.balances import balance_terms
from recoveries.ledger.gathering import Told
from recoveries.ledger.rate_book import account_rates
from recoveries.ledger.reckoning import reckoned
from recoveries.letters.gathering import claims_told, demand_from, quality_facts
from recoveries.models import CaseBalance, Recovery

HEADS = Amounts._fields


class Sums(NamedTuple):
    """The claims of a case that are not settled, what of them may be asked for by head (EUR), at which rates.

    `later`: the claims that fall due on a day to come; `is_unreckoned`: no rate is known for a day.
    """

    claims: tuple[ClaimFacts, ...] = ()
    amounts: Amounts = Amounts()
    rates: Rates = Rates()
    later: tuple[tuple[date, ClaimFacts], ...] = ()
    is_unreckoned: bool = False


class Balance(NamedTuple):
    """What is kept of a case, as far as it is asked here."""

    amounts: Amounts
    not_due: object
    is_provisional: bool


def sums_read(
    cases: Sequence[Recovery],
    told: Mapping[int, Told],
    day: date,
    *,
    acknowledged: Mapping[int, Collection[date]],
    disputed: Mapping[int, Collection[int]],
) -> dict[int, Sums]:
    """The sums of these cases on `day`, by id, the same as their accounts tell. One statement."""
    balances = _balances([case.pk for case in cases], day)
    found = {}
    for case in cases:
        facts, balance = told[case.pk].facts, balances.get(case.pk)
        of_case: dict[str, Any] = {"acknowledged": acknowledged.get(case.pk, ()), "disputed": disputed.get(case.pk, ())}
        begun = untouched(facts, day, account_rates()) if balance else None
        sums = _of_balance(case, balance, begun, day, **of_case) if balance and begun else None
        found[case.pk] = sums or _of_account(case, reckoned(facts, day), **of_case)
    return found


def _balances(ids: Collection[int], day: date) -> dict[int, Balance]:
    """Those that are of `day`: written on it, or nothing has run since."""
    is_of_day = Q(on=day) | Q(on__lt=day) & (Q(next_change=None) | Q(next_change__gt=day))
    kept = CaseBalance.objects.filter(is_of_day, Among("pk", ids), terms=balance_terms(), due__isnull=False)
    rows = kept.order_by().values_list("pk", "not_due", "is_provisional", *HEADS)
    return {pk: Balance(Amounts(*amounts), not_due, provisional) for pk, not_due, provisional, *amounts in rows}


def _of_balance(
    case: Recovery,
    balance: Balance,
    begun: Untouched,
    day: date,
    *,
    acknowledged: Collection[date],
    disputed: Collection[int],
) -> Sums | None:
    """From the balance; None where it is of other claims, or one that is due may not be asked for."""
    is_of_these = (
        sum((row.left.principal for row in begun.claims), NOTHING) == balance.amounts.principal
        and sum((row.principal for row in begun.not_due), NOTHING) == balance.not_due
    )
    if not is_of_these:
        return None
    claims = claims_told(case, begun, on=day, acknowledged=acknowledged, disputed=disputed)
    _asked, left_out = parted(claims, counts_as_consumer=quality_facts(case).counts_as_consumer, on=day)
    if any(one.code != Code.NOT_DUE for one in left_out):
        return None
    rates = Rates(balance.is_provisional, begun.is_unconfirmed)
    return Sums(claims, balance.amounts, rates, _later(begun, claims))


def _of_account(case: Recovery, account: object, *, acknowledged: Collection[date], disputed: Collection[int]) -> Sums:
    if not isinstance(account, Decompte):
        return Sums(is_unreckoned=True)
    demand = demand_from(case, account, acknowledged=acknowledged, disputed=disputed)
    is_unconfirmed = any(one.code == Warned.RATE_UNCONFIRMED for one in demand.account.warnings)
    rates = Rates(demand.account.is_provisional, is_unconfirmed)
    return Sums(demand.claims, demand.account.amounts, rates, _later(account, demand.claims))


def _later(account: Decompte | Untouched, claims: Sequence[ClaimFacts]) -> tuple[tuple[date, ClaimFacts], ...]:
    days = {row.claim.key: row.due_on for row in account.not_due}
    return tuple((days[claim.key], claim) for claim in claims if claim.key in days)
