"""On what terms late interest runs on a case: at which rates, from when, by which article. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from legalcity.lib.dates import add_days
from legalcity.lib.errors import Sentence
from legalcity.lib.money import rounded

from law.interest import (
    FLAT_INDEMNITY,
    NOTHING,
    Rate,
    RatePair,
    RateTable,
    agreed_rates,
    business_rates,
    fixed_rate,
    least_rates,
    legal_rates,
    lower_rates,
)
from law.parties import Quality
from law.vocabulary import InterestRate, PenaltyType

NEVER = date.max
BUSINESS = "art. L441-10 C. com."
OTHERS = "art. 1231-6 C. civ."


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the terms hang on.

    quality             in which the parties deal: both as professionals, one as a consumer, or not known
    late_interest       the client claims interest
    agreed, percent     the case's `recovery_interest_rate` and its percentage
    notice              the day of the formal notice, None before it
    legal, other, ecb   rates by half-year: the legal one of this creditor, that of businesses, the ECB's
    increased           the first day of the increased legal rate, two months after an enforceable decision
    """

    quality: Quality
    late_interest: bool
    agreed: str | None
    percent: Decimal | None
    notice: date | None
    legal: Sequence[Rate | RatePair]
    other: Sequence[Rate | RatePair]
    ecb: Sequence[Rate | RatePair]
    increased: date | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """The answer. `since`: no interest runs before the day after it; None when each due date decides alone.

    `is_legal`: the rates hang on the legal one. `table`: the rates, made ready.
    """

    rates: tuple[Rate, ...]
    basis: Sentence
    article: str
    since: date | None
    indemnity: Decimal
    is_legal: bool = False
    table: RateTable = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """The table is made once."""
        object.__setattr__(self, "table", RateTable.of(self.rates))

    def first_day(self, due: date) -> date:
        """The first day on which a debt due on `due` bears interest; NEVER when it bears none."""
        if self.since == NEVER:
            return NEVER
        return add_days(max(due, self.since or due), 1)


def terms_of(asked: Asked) -> Terms:
    """Business debts run from the due date, at 3 times the legal rate at least, the ECB's plus 10 by default.

    Others run from the formal notice, at the agreed rate or the legal one. The flat indemnity is owed between
    businesses whether interest is claimed or not. While it is not known whether a party deals as a professional, the
    lower claim is made: no indemnity, from the notice, at the lower of the agreed and the legal rate.
    """
    between_businesses = asked.quality == Quality.PROFESSIONAL
    indemnity = FLAT_INDEMNITY if between_businesses else NOTHING
    if not asked.late_interest:
        return Terms(fixed_rate(NOTHING), _("The client claims no late interest."), "", NEVER, indemnity)
    if between_businesses:
        rates, basis = _between_businesses(asked)
        return Terms(
            rates,
            basis,
            BUSINESS,
            None,
            indemnity,
            is_legal=asked.agreed in (InterestRate.CUSTOM, InterestRate.LEGAL_THREE_TIMES),
        )
    rates, basis = _others(asked)
    if asked.notice is None:
        basis = _("No formal notice (mise en demeure) was given yet: no interest runs.")
    return Terms(rates, basis, OTHERS, asked.notice or NEVER, indemnity, is_legal=asked.agreed != InterestRate.CUSTOM)


def _between_businesses(asked: Asked) -> tuple[tuple[Rate, ...], Sentence]:
    if asked.agreed == InterestRate.CUSTOM:
        rates = agreed_rates(asked.percent or NOTHING, asked.other)
        return rates, _("Agreed rate, raised to three times the legal rate wherever it is below.")
    if asked.agreed == InterestRate.LEGAL_THREE_TIMES:
        return least_rates(asked.other), _("Three times the legal rate.")
    return business_rates(asked.ecb), _("Rate of the European Central Bank plus 10 points, by half-year.")


def _others(asked: Asked) -> tuple[tuple[Rate, ...], Sentence]:
    is_unknown = asked.quality == Quality.UNKNOWN
    if asked.agreed == InterestRate.CUSTOM and is_unknown:
        rates = lower_rates(asked.percent or NOTHING, asked.legal)
        return rates, _("The lower of the agreed and the legal rate, from the day after the formal notice.")
    if asked.agreed == InterestRate.CUSTOM:
        return fixed_rate(asked.percent or NOTHING), _("Agreed rate, from the day after the formal notice.")
    if asked.agreed == InterestRate.LEGAL_THREE_TIMES and not is_unknown:
        return least_rates(asked.legal), _("Three times the legal rate, from the day after the formal notice.")
    return legal_rates(asked.legal, asked.increased), _("Legal rate, from the day after the formal notice.")


def penalty_of(kind: str | None, amount: Decimal | None, percent: Decimal | None, overdue: Decimal) -> Decimal:
    """The agreed penalty (art. 1231-5 C. civ.), in EUR: once, a fixed amount or a share of `overdue`.

    `overdue` is the principal that was not paid when it fell due; without it nothing is owed.
    """
    if not overdue or kind is None:
        return NOTHING
    return (amount or NOTHING) if kind == PenaltyType.AMOUNT else rounded(overdue * (percent or NOTHING) / 100)
