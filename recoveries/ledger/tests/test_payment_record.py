"""What is read of a company's record, and what is never told of other clients."""

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from law.vocabulary import Step
from legalcity.lib.clock import today
from recoveries.ledger.payment_record import payment_record
from recoveries.ledger.posting import Source
from recoveries.ledger.rate_services import rates_load
from recoveries.ledger.reductions import credit_note_record
from recoveries.ledger.services import acompte_record, dette_record
from recoveries.models import Recovery
from scoring.facts import Claim, Outcome, Payment
from scoring.tests.people import SIREN, case_of, debtor, invoice, place, results, shown, unknown_company, work
from tests.factories import Api, ApiUserFactory, move
from tests.ledgers import cases_vanish
from tests.noon import noon_of

pytestmark = pytest.mark.django_db
noon = noon_of(today())


def record(api: Api, company_id: int = 0, siren: str = SIREN) -> list[Claim]:
    """The client's own claims, oldest due first."""
    found = payment_record(siren=siren, company_id=company_id, owner_id=api.user.pk, today=today())
    return sorted(found.get(api.user.pk, ()), key=lambda claim: -claim.age_days)


def received(company_id: int, amount: str, days_ago: int) -> None:
    pk, day = case_of(company_id).pk, today() - timedelta(days_ago)
    acompte_record(recovery_id=pk, amount=Decimal(amount), day=day, confirmed=True, by=None)


def test_invoices_and_debts_are_claims(owner: Api) -> None:
    company_id = debtor(owner, invoice(amount="100.00", due=50))
    pk, day = case_of(company_id).pk, today() - timedelta(20)
    dette_record(recovery_id=pk, label="Fees", amount=Decimal(40), day=day, by=None)
    assert record(owner) == [Claim(Decimal("100.00"), 50), Claim(Decimal("40.00"), 20)]


def test_a_part_payment_counts_from_when_it_was_written_down(owner: Api) -> None:
    debtor(owner, invoice(amount="100.00", due=50, paid="30.00"))
    assert record(owner) == [Claim(Decimal("100.00"), 50, (Payment(Decimal("30.00"), 50),))]


def test_payments_settle_the_oldest_first(owner: Api) -> None:
    company_id = debtor(owner, invoice(amount="100.00", due=50), invoice(amount="100.00", due=80))
    received(company_id, "150.00", 30)
    received(company_id, "20.00", 10)
    assert [claim.payments for claim in record(owner)] == [
        (Payment(Decimal("100.00"), 50),),
        (Payment(Decimal("10.00"), 20), Payment(Decimal("20.00"), 40)),  # The first has the indemnity of 40 EUR.
    ]


def test_interest_is_paid_before_principal(owner: Api) -> None:
    rates_load()
    company_id = debtor(owner, invoice(amount="1000.00", due=100))
    case = case_of(company_id)
    Recovery.objects.filter(pk=case.pk).update(recovery_late_interest=True, recovery_interest_rate="no")
    received(company_id, "1000.00", 0)
    [claim] = record(owner)
    assert 0 < claim.unpaid < 100


def test_a_lower_price_is_no_late_payment(owner: Api) -> None:
    company_id = debtor(owner, invoice(amount="100.00", due=50))
    case = case_of(company_id)
    credit_note_record(
        recovery_id=case.pk,
        invoice_id=case.invoices.get().pk,
        amount=Decimal("25.00"),
        day=today(),
        by=None,
        source=Source.STAFF,
    )
    assert record(owner) == [Claim(Decimal("75.00"), 50)]


@pytest.mark.parametrize("cases", [1, 6])
def test_a_record_takes_four_statements(owner: Api, cases: int, django_assert_max_num_queries: Any) -> None:
    for _ in range(cases):
        received(debtor(owner, invoice(amount="100.00", paid="20.00")), "10.00", 5)
    record(owner)  # The tables of rates are read once and kept.
    with django_assert_max_num_queries(4):
        assert len(record(owner)) == cases


def test_a_payment_before_the_due_date_is_in_time(owner: Api) -> None:
    company_id = debtor(owner, invoice(amount="100.00", due=50))
    received(company_id, "100.00", 60)
    assert record(owner)[0].payments == (Payment(Decimal("100.00"), 0),)


def test_what_is_not_yet_due_says_nothing(owner: Api) -> None:
    debtor(owner, invoice(due=0))
    assert record(owner) == []


def test_a_paid_case_is_paid(owner: Api) -> None:
    company_id = debtor(owner, invoice(due=50))
    move(case_of(company_id).pk, Step.PAID)
    [claim] = record(owner)
    assert (claim.unpaid, claim.payments[0].days_late) == (0, 50)


def test_outcomes(owner: Api) -> None:
    given_up, in_court, dismissed = (debtor(owner, invoice(due=days)) for days in (90, 60, 30))
    move(case_of(given_up).pk, Step.CLOSED)
    Recovery.objects.filter(debtor_id=in_court).update(type=2, status_id=Step.REQUEST_FILED)
    Recovery.objects.filter(debtor_id=dismissed).update(type=2, status_id=Step.REJECTED)
    assert [(claim.age_days, claim.outcome) for claim in record(owner)] == [(90, Outcome.LOST), (60, Outcome.COURT)]


def test_a_case_that_its_client_wants_in_court_is_still_open(owner: Api) -> None:
    wished = debtor(owner, invoice(due=60))
    Recovery.objects.filter(debtor_id=wished).update(type=2)
    assert [claim.outcome for claim in record(owner)] == [Outcome.OPEN]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_claim_that_went_to_court_is_counted_once(in_process: None, owner: Api) -> None:
    company_id = debtor(owner, invoice(amount="100.00", due=90), invoice(amount="50.00", due=120, paid="50.00"))
    answer = owner.post(f"/api/recoveries/{case_of(company_id).pk}/injonction-transfer")
    assert answer.status_code in (200, 201), answer.content
    claims = record(owner)
    assert [(claim.amount, claim.outcome) for claim in claims] == [
        (Decimal("50.00"), Outcome.OPEN), (Decimal("100.00"), Outcome.COURT),
    ]  # fmt: skip
    assert claims[0].unpaid == 0


def test_the_company_is_the_same_in_every_case_and_account(owner: Api, stranger: Api) -> None:
    for api in (owner, owner, stranger):
        debtor(api)
    found = payment_record(siren=SIREN, company_id=0, owner_id=owner.user.pk, today=today())
    assert {client: len(claims) for client, claims in found.items()} == {owner.user.pk: 2, stranger.user.pk: 1}


def test_without_siren_it_is_the_clients_own_company(owner: Api, stranger: Api) -> None:
    person = debtor(owner, company_type="particular")
    assert len(record(owner, person, siren="")) == 1
    assert record(stranger, person, siren="") == []


def test_a_creditor_owes_nothing_by_that(owner: Api) -> None:
    unknown_company(owner)
    assert record(owner) == []


# --- other clients ---------------------------------------------------------------------------------------------
def clients(count: int) -> list[Api]:
    return [Api.of(ApiUserFactory()) for _ in range(count)]


def others(told: dict[str, Any]) -> list[str]:
    return [part["explanation"] for part in told["factors"] if part["factor"] == "other_clients"]


def test_other_clients_count_from_three_on(owner: Api) -> None:
    mine = debtor(owner)
    for client in clients(2):
        debtor(client)
    assert others(results(owner, mine)) == []
    debtor(clients(1)[0])
    assert others(results(owner, mine)) == ["Other clients of the firm are often paid late or not at all."]


def test_how_many_is_a_setting(owner: Api, system_setting: Any) -> None:
    system_setting(SCORING_MIN_CLIENTS=2)
    mine = debtor(owner)
    for client in clients(2):
        debtor(client, invoice(paid="1000.00", due=1))
    assert others(results(owner, mine)) == ["Other clients of the firm are mostly paid, and in time."]


def test_the_callers_own_claims_are_not_among_the_others(owner: Api) -> None:
    for _ in range(4):
        mine = debtor(owner)
    for client in clients(2):
        debtor(client)
    assert others(results(owner, mine)) == []


def test_others_alone_are_a_history(owner: Api) -> None:
    mine = unknown_company(owner)
    for client in clients(3):
        debtor(client, invoice(due=400))
    told = results(owner, mine)
    assert others(told) == ["Other clients of the firm are mostly not paid."]
    assert told["solvency_score"] is not None
    assert told["confidence"] == "low"


def test_nothing_of_other_clients_shows_through(owner: Api) -> None:
    """The same band of entirely different clients and claims gives the same report, word for word."""
    mine = debtor(owner, invoice(due=30))
    reports = []
    for amounts in (("777.77", "31415.92", "2718.28"), ("1.00", "2.00", "99999.00")):
        for client, amount in zip(clients(3), amounts, strict=True):
            debtor(client, invoice(amount=amount, due=500), company_name="Secret Witness SARL")
        number = place(owner, mine, report_type="detailed")
        work(number)
        told = shown(owner, number)["results"]
        text = json.dumps(told)
        assert "Secret" not in text
        assert not any(amount in text for amount in amounts)
        reports.append({key: value for key, value in told.items() if key != "computed_at"})
        cases_vanish(Recovery.objects.exclude(owner=owner.user))
    assert reports[0] == reports[1]


def test_a_record_of_a_day(owner: Api) -> None:
    """The reader takes its day from who asks, never from the clock."""
    debtor(owner, invoice(due=50))
    [later] = payment_record(siren=SIREN, company_id=0, owner_id=owner.user.pk, today=date(2099, 1, 1))[owner.user.pk]
    assert later.age_days > 20_000
