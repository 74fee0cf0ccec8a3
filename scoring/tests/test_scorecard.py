"""The score: what it must never do, whatever the facts; and the table of weights."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from scoring.conduct import band_of_others
from scoring.facts import Band, Claim, Facts, Identity, Insolvency, Outcome, Payment, Registration, unpaid
from scoring.scorecard import CAPS, FACTORS, Confidence, RiskLevel, Score, credit_limit, level_of, score

MANY = hypothesis_settings(max_examples=300, deadline=None, derandomize=True)

amounts = st.integers(1, 10_000_000).map(lambda cents: Decimal(cents).scaleb(-2))
days = st.integers(0, 800)
payments = st.builds(Payment, amounts, days)
claims = st.builds(Claim, amounts, days, st.lists(payments, max_size=4).map(tuple), st.sampled_from(list(Outcome)))
registrations = st.builds(
    Registration,
    active=st.booleans(),
    legal_form=st.sampled_from(["5710", "5499", "6540", "1000", "9220", "", "0000"]),
    created_on=st.just(date(2000, 1, 1)),
    closed_on=st.none(),
    address=st.just(""),
)
facts = st.builds(
    Facts,
    identity=st.sampled_from(list(Identity)),
    legal_form=st.sampled_from(["", "SAS", "SARL", "SA", "SNC", "GIE", "Autre"]),
    country=st.sampled_from([None, "FR", "DE", "US"]),
    own=st.lists(claims, max_size=6).map(tuple),
    others=st.none() | st.sampled_from(list(Band)),
    registration=st.none() | registrations,
    company_days=st.none() | st.integers(0, 20_000),
    insolvency=st.none() | st.sampled_from(list(Insolvency)),
    silent=st.sampled_from([(), ("bodacc",), ("bodacc", "recherche_entreprises")]),
)
with_claims = facts.filter(lambda known: bool(known.own))


def value(known: Facts) -> int:
    number = score(known).value
    assert number is not None
    return number


def changed(known: Facts, index: int, **fields: object) -> Facts:
    own = list(known.own)
    own[index] = replace(own[index], **fields)
    return replace(known, own=tuple(own))


@MANY
@given(facts)
def test_the_contributions_add_up_to_the_score(known: Facts) -> None:
    outcome = score(known)
    if outcome.value is None:
        assert outcome.parts == ()
        return
    assert sum(part.contribution for part in outcome.parts) == outcome.value
    assert 0 <= outcome.value <= 100
    assert sum(part.weight for part in outcome.parts) == 100
    for part in outcome.parts:
        assert (part.contribution <= 0) if part.weight == 0 else (0 <= part.contribution <= part.weight)


@MANY
@given(facts)
def test_no_number_without_a_payment_record(known: Facts) -> None:
    outcome = score(replace(known, own=(), others=None))
    assert (outcome.value, outcome.parts, outcome.confidence) == (None, (), Confidence.NONE)
    assert outcome.level in (None, RiskLevel.CRITICAL)


@MANY
@given(with_claims, st.data())
def test_a_later_payment_never_raises_it(known: Facts, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(known.own) - 1))
    claim = known.own[index]
    made, later = data.draw(payments), data.draw(st.integers(1, 400))
    in_time = changed(known, index, payments=(*claim.payments, made))
    too_late = changed(known, index, payments=(*claim.payments, replace(made, days_late=made.days_late + later)))
    assert value(too_late) <= value(in_time)


@MANY
@given(with_claims, st.data())
def test_an_older_unpaid_claim_never_raises_it(known: Facts, data: st.DataObject) -> None:
    index, more = data.draw(st.integers(0, len(known.own) - 1)), data.draw(st.integers(1, 400))
    assert value(changed(known, index, age_days=known.own[index].age_days + more)) <= value(known)


@MANY
@given(with_claims, st.data())
def test_paying_an_invoice_never_lowers_it(known: Facts, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(known.own) - 1))
    claim = known.own[index]
    part = data.draw(amounts)
    late = data.draw(st.integers(0, claim.age_days))  # It cannot have been paid later than today.
    paid = changed(known, index, payments=(*claim.payments, Payment(part, late)))
    assert value(paid) >= value(known)
    settled = changed(known, index, payments=(*claim.payments, Payment(claim.unpaid, claim.age_days)))
    assert value(settled) >= value(known)


@MANY
@given(with_claims, amounts, days)
def test_an_invoice_paid_in_time_never_lowers_it(known: Facts, amount: Decimal, age: int) -> None:
    more = Claim(amount, age, (Payment(amount, 0),))
    assert value(replace(known, own=(*known.own, more))) >= value(known)


@MANY
@given(with_claims, st.sampled_from(list(Insolvency)))
def test_open_proceedings_never_raise_it(known: Facts, other: Insolvency) -> None:
    worst = score(replace(known, insolvency=Insolvency.OPEN))
    assert worst.value is not None
    assert worst.value <= min(15, value(replace(known, insolvency=other)))
    assert worst.level == RiskLevel.CRITICAL


@MANY
@given(with_claims)
def test_a_source_that_is_silent_never_raises_the_confidence(known: Facts) -> None:
    order = list(Confidence)
    told, untold = score(replace(known, silent=())), score(replace(known, silent=("bodacc",)))
    assert order.index(untold.confidence) <= order.index(told.confidence)
    assert untold.value == told.value


@MANY
@given(with_claims)
def test_the_credit_limit_is_never_below_zero_and_in_hundreds(known: Facts) -> None:
    limit = credit_limit(score(known), known, base=Decimal(10_000))
    assert limit is not None
    assert 0 <= limit <= 10_000
    assert limit % 100 == 0
    assert limit <= max(0, 10_000 - unpaid(known.own))


MIXED = Facts(
    identity=Identity.VALID,
    legal_form="SARL",
    country="FR",
    own=(Claim(Decimal(1000), 90, (Payment(Decimal(1000), 0),)), Claim(Decimal(1000), 90)),
)


def test_a_score_by_hand() -> None:
    """Half is paid, in time; the rest is 90 days late: 1/2, 3/4, 1, 0.6, 0.8; SARL 3/4, France 1, SIREN 3/4.

    70 points are known of; scaled to 100: 18 + 16.5 + 14 + 4.2 + 5.6 + 3 + 4 + 4.5 = 69.8.
    """
    outcome = score(MIXED)
    assert (outcome.value, outcome.level, outcome.confidence) == (70, RiskLevel.LOW, Confidence.LOW)
    assert {part.factor: (part.weight, part.contribution) for part in outcome.parts} == {
        "paid_share": (36, 18),
        "punctuality": (22, 17),
        "settlement": (14, 14),
        "open_claims": (7, 4),
        "unpaid_amount": (7, 6),
        "legal_form": (4, 3),
        "country": (4, 4),
        "identity": (6, 4),
    }


def test_a_closed_company_with_a_perfect_record_keeps_ten_points() -> None:
    closed = Registration(active=False, legal_form="5710", created_on=None, closed_on=None, address="")
    outcome = score(replace(MIXED, registration=closed))
    assert (outcome.value, outcome.level) == (10, RiskLevel.CRITICAL)
    assert outcome.parts[-1].factor == "closed_company"
    assert outcome.parts[-1].contribution < 0
    assert credit_limit(outcome, MIXED, base=Decimal(10_000)) == 0


def test_the_weights_add_up_to_a_hundred() -> None:
    assert sum(factor.weight for factor in FACTORS) == 100


@pytest.mark.parametrize("factor", FACTORS, ids=lambda factor: factor.key)
def test_each_weight_is_documented(factor: object) -> None:
    text = (Path(settings.BASE_DIR) / "docs" / "scoring.md").read_text(encoding="utf-8")
    assert f"| `{factor.key}` | {factor.weight} |" in text  # type: ignore[attr-defined]


def test_each_cap_is_documented() -> None:
    text = (Path(settings.BASE_DIR) / "docs" / "scoring.md").read_text(encoding="utf-8")
    for key, most, _applies in CAPS:
        assert f"| `{key}` | {most} |" in text


@pytest.mark.parametrize(
    ("number", "level"),
    [
        (100, "low"), (70, "low"), (69, "medium"), (50, "medium"), (49, "high"), (30, "high"),
        (29, "critical"), (0, "critical"),
    ],
)  # fmt: skip
def test_levels(number: int, level: str) -> None:
    assert level_of(number) == level


GOOD = (Claim(Decimal(100), 30, (Payment(Decimal(100), 0),)),)
BAD = (Claim(Decimal(1_000_000), 900),)


def test_others_count_from_the_number_of_clients_on_that_is_set() -> None:
    assert band_of_others({1: GOOD, 2: GOOD}, least_clients=3) is None
    assert band_of_others({1: GOOD, 2: GOOD, 3: ()}, least_clients=3) is None
    assert band_of_others({1: GOOD, 2: GOOD, 3: GOOD}, least_clients=3) == Band.GOOD
    assert band_of_others({1: BAD, 2: BAD, 3: BAD}, least_clients=3) == Band.POOR


def test_a_client_with_the_largest_claims_does_not_show_through() -> None:
    small, large = {1: GOOD, 2: GOOD, 3: GOOD, 4: BAD}, {1: GOOD, 2: GOOD, 3: GOOD, 4: (replace(BAD[0], amount=1),)}
    assert band_of_others(small, least_clients=3) == band_of_others(large, least_clients=3) == Band.GOOD


def test_a_limit_of_nothing_known_is_none() -> None:
    assert credit_limit(Score(None, (), None, Confidence.NONE), MIXED, base=Decimal(10_000)) is None
