"""What payments do not meet: what the client asked for when they were there already and something was over."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from legalcity.lib.money import cents

from law.account.facts import ClaimKey, NotMet, Payment
from law.account.opening import Position
from law.account.running import Shares


@dataclass(slots=True)
class Limit:
    """A `NotMet` while the days go by, in cents: how much of interest and indemnity its payments may still meet."""

    payments: frozenset[int]
    asked: int | None
    interest: int | None
    indemnity: int | None

    def within(self, owed: Shares, principal: int) -> Shares:
        """What of `owed` one of its payments may meet; `principal`: what is asked of the claim by now."""
        beyond = 0 if self.asked is None else max(principal - self.asked, 0)
        return Shares(
            owed.interest if self.interest is None else min(owed.interest, self.interest),
            max(owed.principal - beyond, 0),
            owed.indemnity if self.indemnity is None else min(owed.indemnity, self.indemnity),
        )

    def spend(self, met: Shares) -> None:
        """One of its payments has met this."""
        if self.interest is not None:
            self.interest -= met.interest
        if self.indemnity is not None:
            self.indemnity -= met.indemnity


Limits = dict[ClaimKey | None, list[Limit]]


def limits_in(not_met: Iterable[NotMet]) -> Limits:
    """The limits by claim, under None those of the penalty."""
    found: Limits = {}
    for one in not_met:
        parts = (_cents(one.asked), _cents(one.interest), _cents(one.indemnity))
        found.setdefault(one.claim, []).append(Limit(one.payments, *parts))
    return found


def limits_of(limits: Limits, position: Position, payment: Payment) -> list[Limit]:
    """Those by which this payment is held on this claim."""
    key = position.claim.key if position.claim else None
    return [one for one in limits.get(key, ()) if payment.id in one.payments]


def most_of(limits: Sequence[Limit], position: Position, owed: Shares) -> Shares:
    """What of `owed` a payment that is held by `limits` may meet."""
    for limit in limits:
        owed = limit.within(owed, position.running.asked)
    return owed


def _cents(amount: Decimal | None) -> int | None:
    return None if amount is None else cents(amount)
