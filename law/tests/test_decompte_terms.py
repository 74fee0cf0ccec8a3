"""On what terms a décompte is made: the formal notice, the penalty, the quality of the parties, the rates."""

from datetime import date

import pytest

from law.account.facts import Demand, Head, Notice, NoticeState, PenaltyClause, Rates
from law.interest import RateMissing
from law.parties import Quality
from law.tests.accounts import (
    CONSUMER,
    ECB,
    F1,
    F2,
    OTHER,
    WORKED,
    case,
    codes,
    eur,
    invoice,
    paid,
    periods,
    received,
    table,
    told,
    total,
    waived,
)

# The formal notice and the penalty


@pytest.mark.parametrize(
    ("notice", "counts"),
    [
        (Notice(state=NoticeState.SENT, sent_on=date(2026, 3, 2)), False),
        (Notice(state=NoticeState.FAILED, sent_on=date(2026, 3, 2), received_on=date(2026, 3, 2)), False),
        (Notice(state=NoticeState.PRESENTED, presented_on=date(2026, 3, 2)), False),
        (Notice(state=NoticeState.UNCLAIMED, presented_on=date(2026, 3, 2)), True),
        (Notice(state=NoticeState.REFUSED, presented_on=date(2026, 3, 2)), True),
        (received("2026-03-02"), True),
    ],
)
def test_only_a_notice_that_was_received_or_presented_in_vain_counts(notice: Notice, counts: bool) -> None:
    facts = case(invoice(1, "5000.00", "2026-01-31"), notices=(notice,), **CONSUMER)
    assert told(facts, "2026-03-02")["total"]["interest"] == "0.00"
    assert (told(facts, "2026-03-03")["total"]["interest"] == "0.36") is counts


def test_whether_a_presentation_counts_is_a_setting() -> None:
    notice = Notice(state=NoticeState.UNCLAIMED, presented_on=date(2026, 3, 2))
    facts = case(invoice(1, "5000.00", "2026-01-31"), notices=(notice,), presentation_counts=False, **CONSUMER)
    assert told(facts, "2026-11-28")["total"]["interest"] == "0.00"


def test_the_agreed_penalty_is_owed_from_the_day_after_the_notice_on_what_was_due_and_unpaid() -> None:
    facts = case(
        F1,
        F2,
        notices=(received("2026-04-10"),),
        demand=Demand(late_interest=False, penalty=PenaltyClause(percent=eur("15"))),
        payments=(paid(1, "1000.00", "2026-04-10"), paid(2, "500.00", "2026-04-20")),
    )
    assert told(facts, "2026-04-10")["penalty"] == {"amount": "0.00", "article": None}
    assert told(facts, "2026-11-28")["penalty"] == {"amount": "750.00", "article": "art. 1231-5 C. civ."}
    assert total(facts, "2026-04-11")["penalty"] == "750.00"
    less = waived(1, None, Head.PENALTY, "250.00", "2026-05-01")
    given_up = case(F1, F2, notices=facts.notices, demand=facts.demand, payments=facts.payments, waivers=(less,))
    assert (total(given_up, "2026-05-01")["penalty"], told(given_up, "2026-05-01")["penalty"]["amount"]) == (
        *("500.00", "750.00"),
    )


# Who deals as a professional, and doubts


@pytest.mark.parametrize(
    ("agreed", "percent", "rates"),
    [(None, None, ["2.62", "2.75"]), ("yes", "2.70", ["2.62", "2.70"]), ("yes 3", None, ["2.62", "2.75"])],
)
def test_while_the_quality_of_a_party_is_unknown_the_lower_claim_is_made(
    agreed: str | None, percent: str | None, rates: list[str]
) -> None:
    demand = Demand(agreed=agreed, percent=eur(percent) if percent else None)
    facts = case(
        invoice(1, "5000.00", "2026-01-31"), debtor=Quality.UNKNOWN, notices=(received("2026-03-02"),), demand=demand
    )
    assert [one[4] for one in periods(facts, "2026-11-28")] == rates
    assert total(facts, "2026-11-28").keys() == {"principal", "interest", "due"}
    assert codes(facts, "2026-11-28") == ["quality_unknown"]


def test_an_agreed_rate_of_a_consumer_has_no_table() -> None:
    facts = case(
        invoice(1, "1000.00", "2026-01-31"),
        notices=(received("2026-06-20"),),
        demand=Demand(agreed="yes", percent=eur("1")),
        **CONSUMER,
    )
    assert [one[:3] for one in periods(facts, "2026-07-10")] == [("2026-06-21", "2026-07-10", 20)]


def test_a_private_creditor_has_the_rate_of_private_persons() -> None:
    facts = case(invoice(1, "1000.00", "2026-01-31"), creditor=Quality.CONSUMER, notices=(received("2026-07-10"),))
    assert periods(facts, "2026-07-31")[0][4] == "6.84"


def test_a_part_payment_without_a_day_is_taken_off_from_the_start_and_said_so() -> None:
    facts = case(invoice(1, "1000.00", "2026-06-20", part_paid=eur("400.00")))
    [claim] = told(facts, "2026-06-21")["claims"]
    assert (claim["principal"], claim["part_paid"], claim["left"]["principal"]) == ("600.00", "400.00", "600.00")
    assert codes(facts, "2026-06-21") == ["part_paid_undated"]


# Rates


def test_a_rate_carried_on_past_its_half_year_makes_it_provisional() -> None:
    assert (told(WORKED, "2026-12-31")["state"], codes(WORKED, "2026-12-31")) == ("final", [])
    assert (told(WORKED, "2027-01-01")["state"], codes(WORKED, "2027-01-01")) == ("provisional", ["rate_carried"])
    settled = case(F1, payments=(paid(1, "9000.00", "2026-06-10"),))
    assert told(settled, "2027-06-30")["state"] == "final"


def test_a_rate_that_is_missing_inside_the_period_refuses_with_its_day() -> None:
    gap = Rates(individual=(), other=(), ecb=table(ECB[0], ECB[2]))
    with pytest.raises(RateMissing) as refused:
        told(case(invoice(1, "1000.00", "2025-05-31", "2025-05-01")), "2026-11-28", gap)
    assert refused.value.day == date(2025, 7, 1)
    assert told(case(invoice(1, "1000.00", "2025-06-30", "2025-05-01")), "2025-06-30", gap)["total"]["due"] == "1000.00"


def test_a_rate_to_be_confirmed_warns_where_it_decides() -> None:
    rates = Rates(individual=(), other=table(*OTHER, unconfirmed="2026-07-01"), ecb=table(*ECB))
    facts = case(invoice(1, "1000.00", "2026-06-20"), demand=Demand(agreed="yes", percent=eur("8")))
    assert codes(facts, "2026-06-30", rates) == []
    assert codes(facts, "2026-07-01", rates) == ["rate_unconfirmed"]
    assert told(facts, "2026-07-01", rates)["claims"][0]["periods"][1]["rate"]["confirmed"] is False


def test_a_notice_that_came_when_nothing_was_due_fixes_no_penalty() -> None:
    clause = Demand(late_interest=False, penalty=PenaltyClause(amount=eur("150.00")))
    early = case(invoice(1, "1000.00", "2026-06-30"), demand=clause, notices=(received("2026-03-02"),))
    assert total(early, "2026-07-31") == {"principal": "1000.00", "indemnity": "40.00", "due": "1040.00"}
    asked = case(*early.claims, demand=clause, notices=(received("2026-03-02"), received("2026-07-10")))
    assert "penalty" not in total(asked, "2026-07-10")
    assert total(asked, "2026-07-11")["penalty"] == "150.00"
