"""The décompte, to the cent: the examples of the specification first, then its rules one by one."""

from dataclasses import replace
from datetime import date

import pytest
from django.utils import translation

from law.account.canonical import canonical, fingerprint
from law.account.decompte import BeforeFirstDay, decompte
from law.account.facts import (
    DebtHead,
    Demand,
    Facts,
    Head,
    Order,
    PaymentState,
    PenaltyClause,
)
from law.tests.accounts import (
    CONSUMER,
    F1,
    F2,
    RATES,
    WORKED,
    case,
    codes,
    credit,
    day,
    debt,
    eur,
    invoice,
    paid,
    periods,
    received,
    refunded,
    told,
    total,
    waived,
)

# The worked example


@pytest.mark.parametrize(
    ("on", "interest", "due"),
    [("2026-06-10", "8.79", "7162.55"), ("2026-10-05", "289.00", "7442.76"), ("2026-11-28", "418.77", "7572.53")],
)
def test_the_worked_example_on_three_days(on: str, interest: str, due: str) -> None:
    assert total(WORKED, on) == {"principal": "7073.76", "interest": interest, "indemnity": "80.00", "due": due}


def test_the_worked_example_period_by_period() -> None:
    assert periods(WORKED, "2026-11-28") == [
        ("2026-03-16", "2026-06-10", 87, "6000.00", "12.15", "173.76"),
        ("2026-06-11", "2026-06-30", 20, "4673.76", "12.15", "31.12"),
        ("2026-07-01", "2026-11-28", 151, "4673.76", "12.40", "239.76"),
    ]
    assert periods(WORKED, "2026-10-05")[-1][2:] == (97, "4673.76", "12.40", "154.02")
    assert periods(WORKED, "2026-06-10", 1) == [("2026-05-31", "2026-06-10", 11, "2400.00", "12.15", "8.79")]
    assert [(one[2], one[5]) for one in periods(WORKED, "2026-10-05", 1)] == [(31, "24.77"), (97, "79.09")]
    assert [(one[2], one[5]) for one in periods(WORKED, "2026-11-28", 1)] == [(31, "24.77"), (151, "123.12")]


def test_the_worked_example_as_the_object_that_everybody_reads() -> None:
    account = told(WORKED, "2026-11-28")
    sha256 = account.pop("sha256")
    assert len(sha256) == 64
    claim, _other = account.pop("claims")
    assert list(claim) == [
        *("kind", "id", "number", "date", "due_on", "principal", "part_paid", "periods", "credit_notes", "left")
    ]
    assert claim["left"] == {"principal": "4673.76", "interest": "270.88", "indemnity": "40.00"}
    assert claim["periods"][0] == {
        "from": "2026-03-16",
        "to": "2026-06-10",
        "days": 87,
        "base": "6000.00",
        "percent": "12.15",
        "interest": "173.76",
        "rate": {"kind": "ecb_plus_10", "source": "BCE", "confirmed": True},
        "article": "art. L441-10 C. com.",
    }
    allocation = {"number": "2026-014", "interest": "173.76", "principal": "1326.24", "indemnity": "0.00"}
    assert account == {
        "recovery_id": 25,
        "recovery_reference": "REC-AB12CD",
        "on": "2026-11-28",
        "known_on": "2026-11-28",
        "currency": "EUR",
        "state": "final",
        "payments": [
            {
                "id": 7,
                "on": "2026-06-10",
                "amount": "1500.00",
                "method": "Virement",
                "reference": "",
                "state": "received",
                "allocations": [{**allocation, "article": "art. 1342-10, 1343-1 C. civ."}],
            }
        ],
        "waivers": [],
        "penalty": {"amount": "0.00", "article": None},
        "not_due": [],
        "total": {
            "principal": "7073.76",
            "interest": "418.77",
            "indemnity": "80.00",
            "penalty": "0.00",
            "cost": "0.00",
            "due": "7572.53",
        },
        "per_day": "2.40",
        "surplus": "0.00",
        "warnings": [],
    }


def test_a_consumer_owes_the_legal_rate_from_the_day_after_the_notice_and_no_indemnity() -> None:
    facts = case(invoice(1, "5000.00", "2026-01-31"), notices=(received("2026-03-02"),), **CONSUMER)
    assert [one[5] for one in periods(facts, "2026-11-28")] == ["43.07", "56.88"]
    assert total(facts, "2026-11-28") == {"principal": "5000.00", "interest": "99.95", "due": "5099.95"}
    [claim] = told(facts, "2026-11-28")["claims"]
    assert {(one["rate"]["kind"], one["article"]) for one in claim["periods"]} == {("legal", "art. 1231-6 C. civ.")}


def test_an_agreed_rate_is_raised_to_three_times_the_legal_one() -> None:
    facts = case(invoice(1, "1000.00", "2026-06-20"), demand=Demand(agreed="yes", percent=eur("8")))
    assert [(one[4], one[5]) for one in periods(facts, "2026-07-10")] == [("8.00", "2.19"), ("8.25", "2.26")]
    rates = [one["rate"] for one in told(facts, "2026-07-10")["claims"][0]["periods"]]
    assert rates == [
        {"kind": "agreed", "source": None, "confirmed": True},
        {"kind": "legal_times_3", "source": "JO", "confirmed": True},
    ]


def test_a_payment_of_all_the_principal_leaves_the_interest_that_it_met() -> None:
    """`yes 3`, 1,500.00 owed and 1,500.00 paid: interest was met first."""
    facts = case(
        invoice(1, "1500.00", "2026-01-31"),
        demand=Demand(agreed="yes 3"),
        payments=(paid(1, "1500.00", "2026-10-05"),),
    )
    [part] = told(facts, "2026-10-05")["payments"][0]["allocations"]
    left = told(facts, "2026-10-05")["claims"][0]["left"]
    assert eur(left["principal"]) == eur(part["interest"]) > 0


# Due days


@pytest.mark.parametrize(
    ("performed_on", "on", "interest", "warns"),
    [(None, "2026-07-31", "101.92", True), ("2026-06-11", "2026-08-10", "101.92", False)],
)
def test_an_invoice_without_a_due_day_is_due_after_thirty_days(
    performed_on: str | None, on: str, interest: str, warns: bool
) -> None:
    facts = case(invoice(1, "10000.00", None, "2026-06-01", performed_on=performed_on and day(performed_on)))
    assert told(facts, on)["total"]["interest"] == interest
    assert ("start_assumed" in codes(facts, on)) is warns


def test_a_claim_is_due_on_its_due_day_and_late_the_day_after() -> None:
    facts = case(invoice(1, "1000.00", "2026-06-20"))
    assert total(facts, "2026-06-19") == {}
    assert told(facts, "2026-06-19")["not_due"] == [
        {"kind": "invoice", "id": 1, "number": "F1", "due_on": "2026-06-20", "principal": "1000.00"}
    ]
    assert total(facts, "2026-06-20") == {"principal": "1000.00", "due": "1000.00"}
    assert total(facts, "2026-06-21") == {
        "principal": "1000.00",
        "interest": "0.33",
        "indemnity": "40.00",
        "due": "1040.33",
    }


def test_what_is_not_due_is_neither_demanded_nor_forgotten() -> None:
    facts = case(F1, invoice(2, "900.00", "2027-06-30"), payments=(paid(1, "7000.00", "2026-06-10"),))
    account = told(facts, "2026-06-10")
    assert account["total"]["due"] == "0.00"
    assert [(row["number"], row["principal"]) for row in account["not_due"]] == [("F2", "113.76")]
    assert not decompte(facts, day("2026-06-10"), RATES, known_on=day("2026-06-10")).is_paid


# The order of allocation


def met(facts: Facts, on: str = "2026-11-28") -> list[list[str]]:
    """Numbers that each payment met, payment by payment."""
    return [[part["number"] for part in one["allocations"]] for one in told(facts, on)["payments"]]


@pytest.mark.parametrize(
    ("reference", "first", "warns"),
    [
        ("", "2026-014", False),
        ("VIR SEPA 2026-031", "2026-031", False),
        ("vir/2026‑031.", "2026-031", False),
        ("VIR 2026-0311", "2026-014", True),
        ("VIR 12026-031", "2026-014", True),
        ("VIR 2026-031-2", "2026-014", True),
        ("2026-031 et 2026-014", "2026-014", False),
    ],
)
def test_a_payment_goes_to_the_invoice_whose_number_is_a_whole_word_of_its_label(
    reference: str, first: str, warns: bool
) -> None:
    facts = case(F1, F2, payments=(paid(7, "100.00", "2026-06-10", reference),))
    assert met(facts) == [[first]]
    assert ("not_assigned" in codes(facts, "2026-11-28")) is (
        first == "2026-014" and "014" not in reference and bool(reference)
    )


def test_a_label_names_no_invoice_that_came_later() -> None:
    later = invoice(1, "10.00", "2026-03-01", "2026-06-29", number="SEPA")
    facts = case(later, F2, F1, payments=(paid(7, "100.00", "2026-06-10", "SEPA 2026-031"),))
    assert met(facts, "2026-06-10") == met(facts, "2026-11-28") == [["2026-031"]]


def test_the_chosen_invoice_beats_the_label() -> None:
    assert met(case(F1, F2, payments=(paid(7, "100.00", "2026-06-10", "2026-014", invoice_id=42),))) == [["2026-031"]]


def test_what_the_chosen_claim_leaves_goes_to_the_oldest_due() -> None:
    facts = case(F1, F2, payments=(paid(7, "2500.00", "2026-06-10", "2026-031"),))
    [payment] = told(facts, "2026-06-10")["payments"]
    assert [(part["number"], part["indemnity"]) for part in payment["allocations"]] == [
        ("2026-031", "40.00"),
        ("2026-014", "0.00"),
    ]


def test_what_is_due_comes_before_costs_the_penalty_and_what_is_not_due_and_the_rest_is_surplus() -> None:
    facts = case(
        invoice(1, "100.00", "2026-03-31"),
        invoice(2, "70.00", "2027-03-31"),
        debt(3, "50.00", "2026-05-02", head=DebtHead.COST_OF_TITLE),
        notices=(received("2026-04-10"),),
        demand=Demand(late_interest=False, penalty=PenaltyClause(amount=eur("15.00"))),
        title_on=day("2026-05-01"),
        payments=(paid(1, "300.00", "2026-06-01"),),
    )
    account = told(facts, "2026-06-01")
    usual = {"interest": "0.00", "principal": "0.00", "indemnity": "0.00"}
    [payment] = account["payments"]
    assert [{key: value for key, value in part.items() if key != "article"} for part in payment["allocations"]] == [
        {"number": "F1", "interest": "0.00", "principal": "100.00", "indemnity": "40.00"},
        {"number": "D3", **usual, "cost": "50.00"},
        {"number": None, **usual, "penalty": "15.00"},
        {"number": "F2", **usual, "principal": "70.00"},
    ]
    assert (account["surplus"], codes(facts, "2026-06-01")) == ("25.00", ["surplus"])


def test_of_two_payments_of_one_day_the_one_that_names_a_claim_comes_first() -> None:
    payments = (paid(1, "6000.00", "2026-06-10"), paid(2, "8000.00", "2026-06-10", "2026-014"))
    assert [one["id"] for one in told(case(F1, F2, payments=payments), "2026-06-10")["payments"]] == [2, 1]


def test_a_payment_meets_no_claim_that_was_not_there_yet() -> None:
    facts = case(invoice(1, "100.00", "2026-03-31"), F2, payments=(paid(1, "150.00", "2026-03-31"),))
    account = told(facts, "2026-06-01")
    assert (account["surplus"], account["claims"][1]["left"]["principal"]) == ("50.00", "2400.00")


# Money that goes back, prices that change, claims given up


def test_a_payment_that_is_reversed_counts_as_if_it_had_never_been_and_stays_listed() -> None:
    [payment] = WORKED.payments
    reversed_ = case(F1, F2, payments=(paid(7, "1500.00", "2026-06-10", state=PaymentState.REVERSED),))
    assert told(reversed_, "2026-11-28")["total"] == told(case(F1, F2), "2026-11-28")["total"]
    [row] = told(reversed_, "2026-11-28")["payments"]
    assert (row["id"], row["state"], row["allocations"]) == (payment.id, "reversed", [])


def test_what_is_over_stays_until_it_is_given_back() -> None:
    facts = case(
        invoice(1, "100.00", "2026-03-31"),
        payments=(paid(1, "130.00", "2026-03-31", state=PaymentState.REFUNDED),),
        refunds=(refunded(1, "30.00", "2026-04-15"),),
    )
    assert [told(facts, on)["surplus"] for on in ("2026-04-14", "2026-04-15")] == ["30.00", "0.00"]
    assert told(facts, "2026-04-15")["payments"][0]["allocations"][0]["principal"] == "100.00"


def test_a_credit_note_cuts_comes_before_a_payment_of_its_day_and_what_it_leaves_over_is_surplus() -> None:
    facts = case(
        F2, credit_notes=(credit(1, 42, "400.00", "2026-06-10"),), payments=(paid(1, "2100.00", "2026-06-10"),)
    )
    assert periods(facts, "2026-11-28") == [("2026-05-31", "2026-06-10", 11, "2400.00", "12.15", "8.79")]
    account = told(facts, "2026-06-10")
    assert account["claims"][0]["credit_notes"] == [{"id": 1, "on": "2026-06-10", "amount": "400.00", "reference": ""}]
    assert (account["surplus"], account["total"]["due"]) == ("51.21", "0.00")
    late = case(F2, credit_notes=(credit(1, 42, "400.00", "2026-06-11"),), payments=(paid(1, "2408.79", "2026-06-10"),))
    assert told(late, "2026-06-11")["surplus"] == "400.00"


def test_what_is_credited_beyond_what_money_paid_of_a_claim_is_no_surplus() -> None:
    given_up = case(
        F2,
        waivers=(waived(1, 42, Head.PRINCIPAL, "1000.00", "2026-05-01"),),
        credit_notes=(credit(2, 42, "2400.00", "2026-06-11"),),
    )
    assert told(given_up, "2026-06-11")["surplus"] == "0.00"
    part = replace(given_up, payments=(paid(1, "300.00", "2026-05-20"),))
    assert told(part, "2026-06-11")["surplus"] == "300.00"
    corrected = case(replace(F2, amount=eur("100.00")), credit_notes=given_up.credit_notes)
    assert told(corrected, "2026-06-11")["surplus"] == "0.00"


@pytest.mark.parametrize(
    ("head", "amount"), [(Head.INTEREST, "8.79"), (Head.INDEMNITY, "40.00"), (Head.PRINCIPAL, "1.00")]
)
def test_what_is_given_up_is_no_longer_owed(head: Head, amount: str) -> None:
    facts = case(F2, waivers=(waived(1, 42, head, amount, "2026-06-10"),))
    less = eur(told(case(F2), "2026-06-10")["total"][head]) - eur(told(facts, "2026-06-10")["total"][head])
    assert less == eur(amount)
    assert told(facts, "2026-06-10")["waivers"][0]["head"] == head


def test_what_a_served_order_did_not_grant_is_given_up_from_its_day_on() -> None:
    order = Order(made_on=day("2026-06-01"), served_on=day("2026-07-01"), principal=eur("4000.00"), indemnity=eur("40"))
    facts = case(F1, F2, order=order, payments=(paid(1, "1000.00", "2026-06-15"),), demand=Demand(late_interest=False))
    assert total(facts, "2026-06-30") == {"principal": "7400.00", "indemnity": "80.00", "due": "7480.00"}
    assert total(facts, "2026-07-01") == {"principal": "3000.00", "indemnity": "40.00", "due": "3040.00"}


def test_costs_count_once_there_is_a_title_and_those_of_the_creditor_never() -> None:
    facts = case(
        debt(1, "33.47", "2026-05-02", head=DebtHead.COST_OF_TITLE),
        debt(2, "150.00", "2026-05-02", head=DebtHead.KEPT_BY_CREDITOR),
        debt(3, "10.00", "2026-05-02"),
        title_on=day("2026-06-01"),
    )
    assert total(facts, "2026-05-31") == {"principal": "10.00", "due": "10.00"}
    assert total(facts, "2026-06-01") == {"principal": "10.00", "cost": "33.47", "due": "43.47"}
    [_principal, cost] = told(facts, "2026-06-01")["claims"]
    assert cost["left"] == {"principal": "0.00", "interest": "0.00", "indemnity": "0.00", "cost": "33.47"}


def test_two_months_after_a_title_the_legal_rate_is_increased() -> None:
    facts = case(
        invoice(1, "2000.00", "2026-01-31"), notices=(received("2026-02-28"),), title_on=day("2026-03-18"), **CONSUMER
    )
    [_before, after] = told(facts, "2026-06-30")["claims"][0]["periods"]
    assert (after["from"], after["percent"], after["rate"]["kind"], after["article"]) == (
        *("2026-05-18", "7.62", "legal_plus_5", "art. L313-3 CMF"),
    )


# The object


def test_a_day_before_the_first_claim_is_refused() -> None:
    with pytest.raises(BeforeFirstDay) as refused:
        told(WORKED, "2026-02-12")
    assert refused.value.day == date(2026, 2, 13)
    assert told(WORKED, "2026-02-13")["not_due"][0]["principal"] == "6000.00"


def test_the_fingerprint_is_of_the_figures_whatever_the_language_and_the_day_of_asking() -> None:
    facts = case(invoice(1, "10000.00", None, "2026-06-01"))
    at = day("2026-07-31")
    asked = decompte(facts, at, RATES, known_on=at)
    with translation.override("fr"):
        french = canonical(asked)
    with translation.override("en"):
        english = canonical(asked)
    assert french["warnings"][0]["sentence"] != english["warnings"][0]["sentence"]
    assert french["sha256"] == english["sha256"] == fingerprint(asked)
    later = decompte(facts, at, RATES, known_on=day("2026-08-09"))
    assert fingerprint(later) == fingerprint(asked)
    known = decompte(facts, at, RATES, known_on=at, is_known_on_asked=True)
    assert fingerprint(known) != fingerprint(asked)
    assert fingerprint(decompte(facts, day("2026-08-01"), RATES, known_on=at)) != fingerprint(asked)
