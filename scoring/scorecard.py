"""The score: facts in, points out. Pure: no database, no clock, no network.

`FACTORS` is the one table of weights; docs/scoring.md explains each line. A factor gives a value between 0 and 1, or
None when nothing is known of it: then the other factors share its weight. The contributions add up to the score.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from legalcity.lib.countries import EU
from scoring import conduct
from scoring.facts import Band, Facts, Identity, Insolvency, unpaid

MODEL_VERSION = "2026.1"
WHOLE = 100

Value = Fraction | None


class RiskLevel(StrEnum):
    """The bands of the score."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Confidence(StrEnum):
    """How much there is to go by."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


LEVELS = ((70, RiskLevel.LOW), (50, RiskLevel.MEDIUM), (30, RiskLevel.HIGH))
CREDIT_SHARES = {
    RiskLevel.LOW: Decimal("1"),
    RiskLevel.MEDIUM: Decimal("0.4"),
    RiskLevel.HIGH: Decimal("0.1"),
    RiskLevel.CRITICAL: Decimal("0"),
}
CREDIT_STEP = Decimal(100)  # limits are whole hundreds of EUR

_BANDS = {
    Band.POOR: Fraction(0),
    Band.MIXED: Fraction(1, 3),
    Band.FAIR: Fraction(2, 3),
    Band.GOOD: Fraction(1),
}
_INSOLVENCY = {
    Insolvency.NONE: Fraction(1),
    Insolvency.ENDED: Fraction(1, 2),
    Insolvency.PLAN: Fraction(1, 4),
    Insolvency.OPEN: Fraction(0),
}
_IDENTITY = {
    Identity.REGISTERED: Fraction(1),
    Identity.VALID: Fraction(3, 4),
    Identity.NOT_FOUND: Fraction(1, 4),
    Identity.MISSING: Fraction(1, 4),
    Identity.WRONG: Fraction(0),
}
_AGES = ((3650, Fraction(1)), (1095, Fraction(3, 4)), (365, Fraction(1, 2)))  # days, at least
# By the client's word, or by the first digits of the register's code (INSEE, catégories juridiques). Partners who
# answer for the debts and a large protected capital are worth more than a limited liability.
_LEGAL_FORMS = {
    "SA": Fraction(1), "55": Fraction(1), "56": Fraction(1),
    "SNC": Fraction(1), "52": Fraction(1),
    "GIE": Fraction(1), "62": Fraction(1),
    "SAS": Fraction(3, 4), "57": Fraction(3, 4),
    "SARL": Fraction(3, 4), "54": Fraction(3, 4),
    "65": Fraction(3, 4),
    "10": Fraction(1, 2),
    "92": Fraction(1, 2),
}  # fmt: skip


def _of_own(measure: Callable[..., Fraction]) -> Callable[[Facts], Value]:
    return lambda facts: measure(facts.own) if facts.own else None


def _company_age(facts: Facts) -> Value:
    if facts.company_days is None:
        return None
    return next((value for least, value in _AGES if facts.company_days >= least), Fraction(1, 4))


def _legal_form(facts: Facts) -> Value:
    if facts.registration and (value := _LEGAL_FORMS.get(facts.registration.legal_form[:2])):
        return value
    return _LEGAL_FORMS.get(facts.legal_form.upper())


def _country(facts: Facts) -> Value:
    """How far a French title carries: at home, by the European order for payment, or not at all."""
    if facts.country is None:
        return None
    if facts.country == "FR":
        return Fraction(1)
    return Fraction(3, 4) if facts.country in EU else Fraction(1, 4)


@dataclass(frozen=True, slots=True)
class Factor:
    """One line of the table."""

    key: str
    weight: int
    value: Callable[[Facts], Value]


FACTORS = (
    Factor("paid_share", 25, _of_own(conduct.paid_share)),
    Factor("punctuality", 15, _of_own(conduct.punctuality)),
    Factor("settlement", 10, _of_own(conduct.settlement)),
    Factor("open_claims", 5, _of_own(conduct.restraint)),
    Factor("unpaid_amount", 5, _of_own(conduct.exposure)),
    Factor("other_clients", 10, lambda facts: None if facts.others is None else _BANDS[facts.others]),
    Factor("insolvency", 10, lambda facts: None if facts.insolvency is None else _INSOLVENCY[facts.insolvency]),
    Factor("activity", 5, lambda facts: Fraction(facts.registration.active) if facts.registration else None),
    Factor("company_age", 5, _company_age),
    Factor("legal_form", 3, _legal_form),
    Factor("country", 3, _country),
    Factor("identity", 4, lambda facts: _IDENTITY[facts.identity]),
)

# What no payment record makes good: the score stops there, and a line of its own takes off what is above.
CAPS: tuple[tuple[str, int, Callable[[Facts], bool]], ...] = (
    ("closed_company", 10, lambda facts: facts.registration is not None and not facts.registration.active),
    ("insolvency_proceedings", 15, lambda facts: facts.insolvency == Insolvency.OPEN),
)


@dataclass(frozen=True, slots=True)
class Part:
    """A line of the report: of `weight` points, `contribution` were given. A cap has no weight and takes points."""

    factor: str
    weight: int
    contribution: int


@dataclass(frozen=True, slots=True)
class Score:
    """The outcome. Without a payment record there is no number and there are no parts."""

    value: int | None
    parts: tuple[Part, ...]
    level: RiskLevel | None
    confidence: Confidence


def score(facts: Facts) -> Score:
    """The score of what is known."""
    capped = any(applies(facts) for _key, _most, applies in CAPS)
    if not facts.has_history:
        return Score(None, (), RiskLevel.CRITICAL if capped else None, Confidence.NONE)
    parts = _weighted(facts)
    reached = sum(part.contribution for part in parts)
    for key, most, applies in CAPS:
        if applies(facts):
            parts.append(Part(key, 0, min(0, most - reached)))
            reached = min(reached, most)
    return Score(reached, tuple(parts), RiskLevel.CRITICAL if capped else level_of(reached), confidence(facts))


def _weighted(facts: Facts) -> list[Part]:
    """The known factors, their weights scaled to 100, and whole points that add up to the rounded sum."""
    known = [(factor, value) for factor in FACTORS if (value := factor.value(facts)) is not None]
    all_weights = sum(factor.weight for factor, _value in known)
    weights = apportioned([Fraction(factor.weight * WHOLE, all_weights) for factor, _value in known], WHOLE)
    exact = [weight * value for weight, (_factor, value) in zip(weights, known, strict=True)]
    points = apportioned(exact, int(sum(exact, Fraction(1, 2))))
    return [
        Part(factor.key, weight, point) for (factor, _value), weight, point in zip(known, weights, points, strict=True)
    ]


def apportioned(exact: Sequence[Fraction], whole: int) -> list[int]:
    """Whole numbers near `exact` that add up to `whole` (its sum, rounded): the largest remainders are rounded up."""
    numbers = [int(value) for value in exact]
    by_remainder = sorted(range(len(exact)), key=lambda index: numbers[index] - exact[index])
    for index in by_remainder[: whole - sum(numbers)]:
        numbers[index] += 1
    return numbers


def level_of(value: int) -> RiskLevel:
    """The band of a score."""
    return next((level for least, level in LEVELS if value >= least), RiskLevel.CRITICAL)


def confidence(facts: Facts) -> Confidence:
    """By the number of claims and by what others say; a source that did not answer costs a step."""
    if not facts.has_history:
        return Confidence.NONE
    steps = (len(facts.own) >= 3) + (len(facts.own) >= 10) + (facts.others is not None and bool(facts.own))
    ladder = (Confidence.LOW, Confidence.MEDIUM, Confidence.HIGH)
    return ladder[max(0, min(steps, 2) - len(facts.silent))]


def credit_limit(outcome: Score, facts: Facts, *, base: Decimal) -> Decimal | None:
    """What may be lent to the company, in EUR: a share of `base` by risk, less what it owes the client already."""
    if outcome.level is None:
        return None
    room = base * CREDIT_SHARES[outcome.level] - unpaid(facts.own)
    return max(Decimal(0), room // CREDIT_STEP * CREDIT_STEP)
