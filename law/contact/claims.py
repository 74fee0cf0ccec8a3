"""What a demand may ask for: a claim that may not be asked for leaves it, and is listed (partly unlawful demands)."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from law.account.facts import ClaimKind, DebtHead
from law.contact.facts import ClaimFacts
from law.contact.verdict import NotAsked
from law.contact.vocabulary import Code
from law.contact.words import costs_in
from law.limitation import LastDays, Starts, last_days, limitation_for
from law.parties import Party
from law.vocabulary import CompanyType, Matter

BARRED = "art. L218-2 C. conso."
NOT_DUE = "art. 1305-2 C. civ."
DISPUTE = "art. 1412 CPC"
COSTS = "art. L111-8 CPCE"
UNCONFIRMED = "unconfirmed"
_LEFT_OUT: dict[str, tuple[Promise, str]] = {
    Code.NOT_DUE: (_("It is not due yet."), NOT_DUE),
    Code.DISPUTE: (_("The debtor disputes it."), DISPUTE),
    UNCONFIRMED: (_("It is not confirmed yet."), ""),
    Code.BARRED: (_("It is time-barred."), BARRED),
    Code.COSTS: (_("It is for costs that stay with the creditor, by its name."), COSTS),
}


def parted(
    claims: Iterable[ClaimFacts], *, counts_as_consumer: bool, on: date
) -> tuple[tuple[ClaimFacts, ...], tuple[NotAsked, ...]]:
    """The claims that may be asked for on the day `on`, and those that may not, each with its reason.

    A barred claim may be asked for from a professional: the row `barred` holds the message then.
    """
    asked, left_out = [], []
    for claim in claims:
        code = _why_not(claim, counts_as_consumer, on)
        if code is None:
            asked.append(claim)
            continue
        sentence, article = _LEFT_OUT[code]
        left_out.append(
            NotAsked(number=claim.number, amount=claim.amount, code=code, sentence=sentence, article=article)
        )
    return tuple(asked), tuple(left_out)


def last_days_of(
    starts: Starts | None,
    *,
    creditor: Party | None,
    debtor: Party | None,
    counts_as_consumer: bool,
    matter: Matter,
    payments: Collection[date] = (),
    acknowledged: Collection[date] = (),
) -> LastDays | None:
    """The last days on which a claim may be asked for that limitation runs against from `starts`; None without one.

    Article L218-2 C. conso. protects consumers: private persons, and whoever is of no known kind.
    """
    if starts is None:
        return None
    party = debtor or Party(None, None)
    limitation = limitation_for(
        creditor, replace(party, kind=CompanyType.PARTICULAR) if counts_as_consumer else party, matter
    )
    return last_days(starts, limitation, payments=payments, acknowledged=acknowledged)


def _why_not(claim: ClaimFacts, counts_as_consumer: bool, on: date) -> str | None:
    if not claim.is_due:
        return Code.NOT_DUE
    if claim.is_disputed:
        return Code.DISPUTE
    if not claim.is_confirmed:
        return UNCONFIRMED
    if counts_as_consumer and claim.until and claim.until.is_barred(on):
        return Code.BARRED
    return Code.COSTS if counts_as_consumer and _is_costs(claim) else None


def _is_costs(claim: ClaimFacts) -> bool:
    """Whether a further debt of the client is one that no consumer owes: costs of a title have a head of their own."""
    is_debt = claim.key[0] == ClaimKind.DEBT and claim.head == DebtHead.PRINCIPAL
    return is_debt and bool(_costs_named(claim.number))


@lru_cache(maxsize=1000)  # A book has few names of debts
def _costs_named(name: str) -> list[str]:
    return costs_in(name, is_business=False)


def codes_of(left_out: Collection[NotAsked]) -> frozenset[Code]:
    """Why claims were left out, by the rows of the table."""
    return frozenset(Code(one.code) for one in left_out if one.code in set(Code))
