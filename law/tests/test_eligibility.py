"""May a case go to court: every condition on both sides of its boundary, and everything that is wrong at once."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from companies.models import Company
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from legalcity.lib.countries import EU, countries
from recoveries.statuses import MOVES, STATUSES

from law.eligibility import Claim, Eligibility, Facts, Limits, Reason, assess, court_for
from law.parties import Party
from law.territories import NATIONAL_PROCEDURE, OVERSEAS
from law.vocabulary import CaseType, Court, Matter, Procedure, Step

TODAY = date(2026, 11, 20)
NO_LIMITS = Limits()
FIRM = Party("commercial", "France")
TRADER = Party("freelance", "France", "trader")
ARTISAN = Party("freelance", "France", "artisan")
SOLE = Party("freelance", "France")
LIBERAL = Party("liberal", "France")
CIVIL = Party("civil", "France")
ASSOCIATION = Party("association", "France")
PERSON = Party("particular", "France")
UNKNOWN = Party(None, "France")


def facts(**values: Any) -> Facts:
    """An ordinary case, ready to go, but for `values`."""
    usual: dict[str, Any] = {
        "case_type": CaseType.AMICABLE,
        "status_id": Step.FORMAL_NOTICE,
        "is_closed": False,
        "is_transferred": False,
        "customer": FIRM,
        "debtor": FIRM,
        "invoices": (Claim(date(2026, 6, 30), Decimal("1500.00")),),
        "amount": Decimal("1500.00"),
    }
    return Facts(**{**usual, **values})


def due(day: date) -> tuple[Claim, ...]:
    return (Claim(day, Decimal("100.00")),)


def codes(reasons: tuple[Reason, ...]) -> list[str]:
    return [reason.code for reason in reasons]


def judged(limits: Limits = NO_LIMITS, today: date = TODAY, **values: Any) -> Eligibility:
    return assess(facts(**values), limits, today)


def refused(limits: Limits = NO_LIMITS, today: date = TODAY, **values: Any) -> list[str]:
    """Codes of what stands in the way."""
    answer = judged(limits, today, **values)
    assert answer.eligible == (not answer.reasons)
    return codes(answer.reasons)


def warned(limits: Limits = NO_LIMITS, today: date = TODAY, **values: Any) -> list[str]:
    """Codes of the warnings about a case that may go."""
    answer = judged(limits, today, **values)
    assert answer.eligible, [str(reason) for reason in answer.reasons]
    return codes(answer.warnings)


def test_an_ordinary_case_goes_to_the_commercial_court() -> None:
    answer = judged()
    assert answer.eligible
    assert (answer.procedure, answer.court_type) == (Procedure.NATIONAL, Court.COMMERCIAL)
    assert (answer.reasons, answer.warnings) == ((), ())


# State


@pytest.mark.parametrize(
    ("values", "reasons"),
    [
        ({"case_type": CaseType.INJUNCTION}, ["not_amicable"]),
        ({"is_closed": True}, ["closed"]),
        ({"is_transferred": True}, ["transferred"]),
        ({"is_transferred": True, "is_closed": True}, ["transferred"]),
        ({"customer": None}, ["no_customer"]),
        ({"debtor": None}, ["no_debtor"]),
    ],
)
def test_state_and_parties(values: dict[str, Any], reasons: list[str]) -> None:
    assert refused(**values) == reasons


@pytest.mark.parametrize("step", [step for step, status in STATUSES.items() if status.case_type == CaseType.AMICABLE])
def test_what_is_open_may_go_and_what_is_closed_may_not_as_the_table_of_moves_says(step: int) -> None:
    closed = STATUSES[step].is_closing
    assert (refused(status_id=step, is_closed=closed) == []) == (Step.TRANSFERRED in MOVES[step])


@pytest.mark.parametrize(
    ("step", "warnings"),
    [
        (Step.CREATED, ["no_formal_notice"]),
        (Step.REMINDER_1, ["no_formal_notice"]),
        (Step.REMINDER_2, ["no_formal_notice"]),
        (Step.FORMAL_NOTICE, []),
        (Step.PRE_LITIGATION, []),
        (Step.PAYMENT_PLAN, ["payment_plan"]),
        (Step.DISPUTE, ["dispute"]),
    ],
)
def test_the_status_may_be_worth_a_warning(step: Step, warnings: list[str]) -> None:
    assert warned(status_id=step) == warnings


# Countries


@pytest.mark.parametrize(
    ("creditor", "debtor", "procedure", "reasons"),
    [
        ("France", "France", Procedure.NATIONAL, []),
        ("France", "FR", Procedure.NATIONAL, []),
        ("France", "La Réunion", Procedure.NATIONAL, []),
        ("Guadeloupe", "Wallis-et-Futuna", Procedure.NATIONAL, []),
        ("Allemagne", "France", Procedure.NATIONAL, []),
        ("Suisse", "France", Procedure.NATIONAL, []),
        (None, "France", Procedure.NATIONAL, []),
        ("Narnia", "France", Procedure.NATIONAL, []),
        ("France", None, None, ["debtor_country_unknown"]),
        ("France", "", None, ["debtor_country_unknown"]),
        ("France", "Narnia", None, ["debtor_country_unknown"]),
        ("France", "Nouvelle-Calédonie", None, ["debtor_under_another_code"]),
        ("France", "Polynésie française", None, ["debtor_under_another_code"]),
        ("France", "Belgique", Procedure.EUROPEAN, []),
        ("France", "EL", Procedure.EUROPEAN, []),
        ("Martinique", "Belgium", Procedure.EUROPEAN, []),
        ("Italie", "Deutschland", Procedure.EUROPEAN, []),
        ("Belgique", "Belgium", None, ["same_state"]),
        ("France", "Danemark", None, ["debtor_in_denmark"]),
        ("Danemark", "Belgique", None, ["creditor_outside_eu"]),
        ("Suisse", "Belgique", None, ["creditor_outside_eu"]),
        ("Nouvelle-Calédonie", "Belgique", None, ["creditor_outside_eu"]),
        (None, "Belgique", None, ["creditor_country_unknown"]),
        ("Narnia", "Belgique", None, ["creditor_country_unknown"]),
        ("France", "Royaume-Uni", None, ["debtor_outside_eu"]),
        ("France", "Suisse", None, ["debtor_outside_eu"]),
        ("France", "Monaco", None, ["debtor_outside_eu"]),
    ],
)
def test_countries(creditor: str | None, debtor: str | None, procedure: Procedure | None, reasons: list[str]) -> None:
    answer = judged(customer=replace(FIRM, country=creditor), debtor=replace(FIRM, country=debtor))
    assert answer.procedure == procedure
    assert codes(answer.reasons) == reasons


def test_a_missing_creditor_is_said_once() -> None:
    assert refused(customer=None, debtor=replace(FIRM, country="Belgique")) == ["no_customer"]


@settings(deadline=None)
@given(st.sampled_from(sorted(countries())), st.sampled_from(sorted(countries())))
def test_there_is_a_procedure_exactly_when_no_country_stands_in_the_way(creditor: str, debtor: str) -> None:
    answer = judged(customer=replace(FIRM, country=creditor), debtor=replace(FIRM, country=debtor))
    assert answer.eligible == (answer.procedure is not None)
    assert (answer.procedure == Procedure.NATIONAL) == (debtor in NATIONAL_PROCEDURE)
    if answer.procedure == Procedure.EUROPEAN:
        assert debtor in EU - {"FR", "DK"}
        assert creditor in EU - {debtor, "DK"} | OVERSEAS


# Court

COURTS = [
    (FIRM, FIRM, Court.COMMERCIAL),
    (FIRM, TRADER, Court.COMMERCIAL),
    (TRADER, FIRM, Court.COMMERCIAL),
    (TRADER, ARTISAN, Court.COMMERCIAL),
    (ARTISAN, ARTISAN, Court.COMMERCIAL),
    (FIRM, LIBERAL, Court.JUDICIAL),
    (FIRM, CIVIL, Court.JUDICIAL),
    (FIRM, ASSOCIATION, Court.JUDICIAL),
    (FIRM, PERSON, Court.JUDICIAL),
    (FIRM, SOLE, Court.JUDICIAL),
    (FIRM, UNKNOWN, Court.JUDICIAL),
    (LIBERAL, FIRM, Court.JUDICIAL),
    (PERSON, FIRM, Court.JUDICIAL),
    (ARTISAN, PERSON, Court.JUDICIAL),
]


@pytest.mark.parametrize(("customer", "debtor", "court"), COURTS)
def test_court(customer: Party, debtor: Party, court: Court) -> None:
    assert judged(customer=customer, debtor=debtor).court_type == court
    for matter in (Matter.HOUSING_LEASE, Matter.CONSUMER_CREDIT):
        assert judged(customer=customer, debtor=debtor, matter=matter).court_type == Court.PROTECTION


def test_no_court_while_a_party_is_missing() -> None:
    assert court_for(None, FIRM) is court_for(FIRM, None) is None


@pytest.mark.parametrize(
    ("customer", "debtor", "warnings"),
    [
        (FIRM, ARTISAN, ["artisan"]),
        (ARTISAN, TRADER, ["artisan"]),
        (ARTISAN, LIBERAL, []),
        (FIRM, SOLE, ["party_unclear"]),
        (UNKNOWN, FIRM, ["party_unclear"]),
        (FIRM, UNKNOWN, ["party_unclear"]),
        (FIRM, PERSON, []),
    ],
)
def test_who_the_parties_are_may_be_worth_a_warning(customer: Party, debtor: Party, warnings: list[str]) -> None:
    assert warned(customer=customer, debtor=debtor) == warnings
    assert warned(customer=customer, debtor=debtor, matter=Matter.HOUSING_LEASE) == []


def test_every_kind_of_company_has_a_court() -> None:
    for kind in Company.Type.values:
        assert court_for(FIRM, Party(kind, "France")) == (Court.COMMERCIAL if kind == "commercial" else Court.JUDICIAL)


def test_a_consumer_in_another_state_is_sued_there() -> None:
    german = judged(debtor=Party("particular", "Allemagne"))
    assert codes(german.reasons) == ["consumer_abroad"]
    with translation.override("en"):
        assert str(german.reasons[0]) == (
            "Against a consumer only the courts of the consumer's own member state can make the order "
            "(art. 6(2) Reg. (EC) 1896/2006)."
        )


@pytest.mark.parametrize("kind", ["commercial", "association"])
def test_for_a_business_in_another_state_the_place_of_performance_is_asked(kind: str) -> None:
    assert warned(debtor=Party(kind, "Belgique")) == ["place_of_performance"]
    assert warned(debtor=Party(kind, "France")) == []


# Amount

PAID = Claim(date(2026, 6, 30), Decimal("0.00"))


@pytest.mark.parametrize(
    ("invoices", "amount", "reasons"),
    [
        ((), "1500.00", ["nothing_unpaid"]),
        ((PAID,), "1500.00", ["nothing_unpaid"]),
        ((PAID, Claim(date(2026, 6, 30), Decimal("0.01"))), "0.01", []),
        (due(date(2026, 6, 30)), "0.00", ["nothing_to_recover"]),
        (due(date(2026, 6, 30)), "0.01", []),
    ],
)
def test_something_is_unpaid(invoices: tuple[Claim, ...], amount: str, reasons: list[str]) -> None:
    assert refused(invoices=invoices, amount=Decimal(amount)) == reasons


@pytest.mark.parametrize(
    ("amount", "reasons"),
    [
        ("99.99", ["amount_too_low"]),
        ("100.00", []),
        ("5000.00", []),
        ("5000.01", ["amount_too_high"]),
    ],
)
def test_amount_within_limits(amount: str, reasons: list[str]) -> None:
    limits = Limits(min_amount=Decimal(100), max_amount=Decimal(5000))
    assert refused(limits, amount=Decimal(amount)) == reasons
    assert refused(amount=Decimal(amount)) == []


# Time


@pytest.mark.parametrize(
    ("day", "reasons"),
    [(TODAY - timedelta(days=1), []), (TODAY, ["not_due"]), (TODAY + timedelta(days=1), ["not_due"])],
)
def test_the_claim_is_due(day: date, reasons: list[str]) -> None:
    assert refused(invoices=due(day)) == reasons


@pytest.mark.parametrize(
    ("age", "reasons"),
    [(0, ["not_due"]), (29, ["too_recent"]), (30, []), (365, []), (366, ["too_old"])],
)
def test_age_within_limits(age: int, reasons: list[str]) -> None:
    limits = Limits(min_age_days=30, max_age_days=365)
    assert refused(limits, invoices=due(TODAY - timedelta(days=age))) == reasons


def test_the_oldest_unpaid_invoice_counts() -> None:
    old, recent = date(2025, 1, 1), date(2026, 10, 1)
    limits = Limits(max_age_days=365)
    assert refused(limits, invoices=due(recent) + due(old)) == ["too_old"]
    assert refused(limits, invoices=(*due(recent), Claim(old, Decimal(0)))) == []


def test_invoices_without_a_due_date() -> None:
    nameless = Claim(None, Decimal(10))
    assert refused(invoices=(nameless,)) == ["due_date_unknown"]
    assert warned(invoices=(nameless, *due(date(2026, 6, 30)))) == ["not_all_due"]


@pytest.mark.parametrize(("day", "warnings"), [(TODAY - timedelta(days=1), []), (TODAY, ["not_all_due"])])
def test_an_invoice_that_is_not_due_yet_is_warned_of(day: date, warnings: list[str]) -> None:
    assert warned(invoices=due(date(2026, 6, 30)) + due(day)) == warnings


# Limitation

FIVE_YEARS = {"customer": FIRM, "debtor": FIRM}
TWO_YEARS = {"customer": FIRM, "debtor": PERSON}


@pytest.mark.parametrize(
    ("values", "due_on", "last"),
    [
        (FIVE_YEARS, "2021-11-20", "2026-11-20"),
        ({"customer": FIRM, "debtor": ASSOCIATION}, "2021-11-20", "2026-11-20"),
        ({"customer": FIRM, "debtor": UNKNOWN}, "2021-11-20", "2026-11-20"),
        ({"customer": PERSON, "debtor": PERSON}, "2021-11-20", "2026-11-20"),
        ({"customer": PERSON, "debtor": FIRM}, "2021-11-20", "2026-11-20"),
        (TWO_YEARS, "2024-11-20", "2026-11-20"),
        ({"customer": LIBERAL, "debtor": PERSON}, "2024-11-20", "2026-11-20"),
        ({"customer": UNKNOWN, "debtor": PERSON}, "2024-11-20", "2026-11-20"),
        ({"matter": Matter.HOUSING_LEASE, "debtor": PERSON}, "2023-11-20", "2026-11-20"),
        ({"matter": Matter.CONSUMER_CREDIT, "debtor": PERSON}, "2024-11-20", "2026-11-20"),
        (FIVE_YEARS, "2024-02-29", "2029-02-28"),
        (TWO_YEARS, "2024-11-21", "2026-11-21"),  # a Saturday: limitation does not wait for Monday
        # Acknowledged or paid in part in time: anew from then.
        ({**TWO_YEARS, "payments": ("2025-03-10",)}, "2024-01-15", "2027-03-10"),
        ({**TWO_YEARS, "payments": ("2026-01-15",)}, "2024-01-15", "2028-01-15"),
        ({**TWO_YEARS, "payments": ("2027-09-01", "2025-10-01")}, "2024-01-15", "2029-09-01"),
        # Too late, or before the claim was due: no effect.
        ({**TWO_YEARS, "payments": ("2026-01-16",)}, "2024-01-15", "2026-01-15"),
        ({**TWO_YEARS, "payments": ("2024-01-15", "2024-01-10")}, "2024-01-15", "2026-01-15"),
        # What runs against consumer credit is not limitation: no acknowledgement stops it.
        ({**TWO_YEARS, "matter": Matter.CONSUMER_CREDIT, "payments": ("2025-03-10",)}, "2024-01-15", "2026-01-15"),
    ],
)
def test_limitation(values: dict[str, Any], due_on: str, last: str) -> None:
    payments = tuple(date.fromisoformat(day) for day in values.get("payments", ()))
    case = {**values, "payments": payments, "invoices": due(date.fromisoformat(due_on))}
    end = date.fromisoformat(last)
    assert refused(today=end, is_hold_lifted=True, **case) == []
    assert refused(today=end + timedelta(days=1), **case) == ["time_barred"]


@pytest.mark.parametrize(("left", "warnings"), [(180, []), (179, ["limitation_near"]), (0, ["limitation_near"])])
def test_limitation_that_comes_near_is_warned_of(left: int, warnings: list[str]) -> None:
    case = {**TWO_YEARS, "invoices": due(date(2024, 11, 20))}
    assert warned(today=date(2026, 11, 20) - timedelta(days=left), **case) == warnings


def test_a_debtor_of_an_unknown_kind_may_be_a_consumer() -> None:
    case = {"debtor": UNKNOWN, "invoices": due(date(2024, 11, 20))}
    assert warned(today=date(2026, 11, 20), **case) == ["party_unclear"]
    assert warned(today=date(2026, 11, 21), **case) == ["party_unclear", "maybe_consumer"]
    assert warned(today=date(2026, 11, 21), **case, payments=(date(2025, 1, 1),)) == ["party_unclear"]


# Each claim by itself

BARRED, LIVE, FUTURE, SETTLED = (
    Claim(date(2020, 1, 15), Decimal("1.00"), id=1, number="OLD"),
    Claim(date(2026, 6, 30), Decimal("9000.00"), id=2, number="LIVE"),
    Claim(TODAY, Decimal("70.00"), id=3, number="FUTURE"),
    Claim(date(2026, 6, 30), Decimal(0), id=4, number="SETTLED"),
)


def test_one_barred_euro_does_not_stop_nine_thousand() -> None:
    answer = judged(invoices=(BARRED, LIVE, FUTURE, SETTLED), amount=Decimal("9071.00"))
    assert answer.eligible
    assert [each.claim.number for each in answer.going] == ["LIVE"]
    assert [(each.claim.number, each.stays.code) for each in answer.staying if each.stays] == [
        ("OLD", "time_barred"),
        ("FUTURE", "not_due"),
        ("SETTLED", "paid"),
    ]
    assert codes(answer.warnings) == ["not_all_due", "not_all_in_time"]
    with translation.override("en"):
        assert [str(each.stays) for each in answer.staying] == [
            "It has been time-barred since 2025-01-16 (art. L110-4 C. com.).",
            "Its due date, 2026-11-20, has not passed (art. 1405 CPC).",
            "Nothing remains to be paid of it.",
        ]


def test_without_a_claim_that_goes_none_of_them_does() -> None:
    assert refused(invoices=(BARRED, FUTURE, SETTLED)) == ["time_barred"]
    assert refused(invoices=(FUTURE, SETTLED)) == ["not_due"]


def test_the_age_is_that_of_the_claims_that_go() -> None:
    assert refused(Limits(max_age_days=365), invoices=(BARRED, LIVE)) == []


HELD = {**TWO_YEARS, "invoices": due(date(2024, 1, 15)), "payments": (date(2025, 3, 10),)}


def test_a_claim_that_hangs_on_a_payment_waits_for_a_manager_and_goes_with_a_warning() -> None:
    assert refused(**HELD) == ["limitation_held"]
    answer = judged(**HELD, is_hold_lifted=True)
    assert answer.eligible
    assert codes(answer.warnings) == ["limitation_doubtful"]
    with translation.override("en"):
        assert str(answer.claims[0].doubt) == (
            "It has been time-barred since 2026-01-16, unless the payments or the due date prolonged the time, which "
            "then ends on 2027-03-10 (art. L218-2 C. conso.)."
        )


def test_a_due_date_at_the_end_of_time_is_no_failure() -> None:
    assert refused(invoices=due(date.max)) == ["not_due"]


# All at once


def test_everything_that_is_wrong_is_said() -> None:
    reasons = refused(
        Limits(min_amount=Decimal(100), max_age_days=365),
        case_type=CaseType.INJUNCTION,
        is_closed=True,
        customer=None,
        debtor=Party("particular", "Narnia"),
        amount=Decimal(50),
        invoices=due(date(2020, 1, 1)),
    )
    assert reasons == [
        "not_amicable",
        "closed",
        "no_customer",
        "debtor_country_unknown",
        "amount_too_low",
        "too_old",
        "time_barred",
    ]


def test_a_reason_is_a_sentence_with_its_article() -> None:
    case = {**TWO_YEARS, "invoices": due(date(2024, 1, 15)), "is_closed": True}
    with translation.override("en"):
        assert [str(reason) for reason in judged(**case).reasons] == [
            "The case is closed.",
            "The oldest unpaid invoice has been time-barred since 2026-01-16 (art. L218-2 C. conso.).",
        ]
        limits = Limits(min_amount=Decimal("150.5"))
        assert str(judged(limits, amount=Decimal(1)).reasons[0]) == "The amount is under the minimum of 150.50 EUR."


PARTIES = st.none() | st.builds(
    Party,
    st.none() | st.sampled_from(Company.Type.values),
    st.sampled_from([None, "", "France", "FR", "La Réunion", "Nouvelle-Calédonie", "Belgique", "Danemark", "UK", "?"]),
    st.none() | st.sampled_from(Company.FreelanceType.values),
)
NEAR = st.dates(date(2019, 1, 1), date(2027, 12, 31))
CASES = st.builds(
    Facts,
    case_type=st.sampled_from(CaseType),
    status_id=st.sampled_from(sorted(STATUSES)),
    is_closed=st.booleans(),
    is_transferred=st.booleans(),
    customer=PARTIES,
    debtor=PARTIES,
    invoices=st.lists(st.builds(Claim, st.none() | NEAR, st.sampled_from([Decimal(0), Decimal("9.99")]))).map(tuple),
    amount=st.sampled_from([Decimal(0), Decimal("9.99")]),
    payments=st.lists(NEAR, max_size=3).map(tuple),
    acknowledged=st.lists(NEAR, max_size=1).map(tuple),
    matter=st.sampled_from(Matter),
)


@settings(deadline=None)
@given(CASES, NEAR)
def test_whatever_goes_to_court_has_what_a_court_needs(case: Facts, today: date) -> None:
    answer = assess(case, NO_LIMITS, today)
    everything = answer.reasons + answer.warnings
    assert len(codes(everything)) == len(set(codes(everything)))
    assert all(str(reason) for reason in everything)
    if answer.eligible:
        assert answer.procedure
        assert answer.court_type
        assert case.case_type == CaseType.AMICABLE
        assert not case.is_closed
        assert not case.is_transferred
        assert case.amount > 0
        assert any(claim.remaining > 0 and claim.due and claim.due < today for claim in case.invoices)


@settings(deadline=None)
@given(CASES, NEAR, NEAR)
def test_an_acknowledgement_never_makes_a_claim_older(case: Facts, today: date, restart: date) -> None:
    before = "time_barred" in codes(assess(case, NO_LIMITS, today).reasons)
    acknowledged = replace(case, acknowledged=(*case.acknowledged, restart))
    assert before or "time_barred" not in codes(assess(acknowledged, NO_LIMITS, today).reasons)


DEBT = replace(LIVE, is_debt=True, number="Deposit")


@pytest.mark.parametrize(
    ("day", "stays"),
    [(date(2020, 1, 1), "time_barred"), (date(2026, 11, 20), None), (date(2026, 11, 21), "not_due")],
)
def test_a_debt_beside_the_invoices_has_its_own_limitation(day: date, stays: str | None) -> None:
    answer = judged(invoices=(LIVE,), debts=(replace(DEBT, due=day, issued=None, performed=day),))
    assert answer.eligible
    assert [each.stays and each.stays.code for each in answer.debts] == [stays]
    assert [each.claim.number for each in answer.debts_staying] == (["Deposit"] if stays else [])
    assert ("not_all_debts_in_time" in codes(answer.warnings)) == (stays == "time_barred")
