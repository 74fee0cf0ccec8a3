"""The worker's half: from the order to the report, whatever happens on the way."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import TestCase

from legalcity.lib.claims import left_behind
from legalcity.lib.clock import now
from legalcity.lib.errors import Forbidden
from scoring.models import ScoringOrder, TokenEntry
from scoring.providers.records import payment_records
from scoring.scorecard import MODEL_VERSION
from scoring.services.pipeline import JOB, Outcome, order_process, order_retry
from scoring.services.tokens import tokens_grant
from scoring.tasks import process, sweep
from scoring.tests.people import (
    ORDER,
    TOKENS,
    case_of,
    debtor,
    invoice,
    place,
    results,
    shown,
    unknown_company,
    work,
)  # fmt: skip
from tests.factories import Api, OrderBody

pytestmark = pytest.mark.django_db

Break = Callable[[Exception | None], None]


@pytest.fixture
def record(monkeypatch: pytest.MonkeyPatch) -> Break:
    """Breaks the reading of payment records, or mends it."""
    reader = payment_records._reader

    def become(error: Exception | None) -> None:
        def broken(**_: Any) -> Any:
            assert error is not None
            raise error

        monkeypatch.setattr(payment_records, "_reader", broken if error else reader)

    return become


def test_a_report(owner: Api) -> None:
    told = results(
        owner, debtor(owner, invoice(paid="1000.00", due=400), invoice(due=100)), services=["solvency_report"]
    )
    assert list(told) == [
        "solvency_score", "risk_level", "confidence", "explanation", "recommended_credit_limit", "factors", "sources",
        "computed_at", "model_version",
    ]  # fmt: skip
    assert 0 <= told["solvency_score"] <= 100
    assert sum(part["contribution"] for part in told["factors"]) == told["solvency_score"]
    assert sum(part["weight"] for part in told["factors"]) == 100
    assert told["risk_level"] in ("low", "medium", "high", "critical")
    assert told["model_version"] == MODEL_VERSION
    assert told["computed_at"].endswith("Z")
    why = {part["factor"]: part["explanation"] for part in told["factors"]}
    assert why["paid_share"] == "EUR 1000.00 of EUR 2000.00 was paid."
    assert why["punctuality"] == "The oldest unpaid claim is 100 days overdue."
    assert why["open_claims"] == "1 of 2 claims are not fully paid."
    assert why["unpaid_amount"] == "EUR 1000.00 is unpaid."
    assert why["settlement"] == "Of 2 claims, 0 are unpaid in court and 0 were given up unpaid."
    assert why["legal_form"] == "Legal form: SARL."
    assert why["country"] == "Country: FR."
    assert all(why.values())


def test_the_detailed_report_tells_the_figures(owner: Api) -> None:
    company_id = debtor(owner, invoice(amount="800.00", paid="300.00", due=40), invoice(amount="200.00", due=50))
    assert results(owner, company_id, report_type="detailed")["own_record"] == {
        "claims": 2,
        "amount": "1000.00",
        "paid": "300.00",
        "unpaid": "700.00",
        "open_claims": 2,
        "oldest_unpaid_days": 50,
        "unpaid_in_court": 0,
        "given_up_unpaid": 0,
    }
    assert "own_record" not in results(owner, company_id)


def test_a_company_without_history_gets_no_number(owner: Api) -> None:
    told = results(owner, unknown_company(owner))
    assert (told["solvency_score"], told["risk_level"], told["confidence"]) == (None, None, "none")
    assert told["explanation"] == "There is no payment record of this company, so no score is given."
    assert (told["factors"], told["recommended_credit_limit"]) == ([], None)


def test_sentences_in_french_keys_as_they_are(owner: Api) -> None:
    number = place(owner, debtor(owner))
    work(number)
    assert list(shown(owner, number, Accept_Language="fr")["results"]) == list(shown(owner, number)["results"])


def test_surveillance_alone_tells_the_level_and_no_score(owner: Api) -> None:
    number = place(owner, debtor(owner), services=["surveillance"], surveillance_duration=3)
    work(number)
    told = shown(owner, number)
    assert told["results"]["solvency_score"] is None
    assert told["results"]["factors"] == []
    assert told["results"]["risk_level"] in ("low", "medium", "high", "critical")
    assert told["surveillance"]["duration"] == 3


def test_the_order_is_completed(owner: Api) -> None:
    number = place(owner, debtor(owner))
    work(number)
    told = shown(owner, number)
    assert (told["status"], told["failure"]) == ("completed", None)
    assert told["completed_at"] >= told["created_at"]
    assert work(number) == Outcome.NOT_MINE  # Once.


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_an_order_is_done_in_the_process_where_there_is_no_broker(owner: Api) -> None:
    tokens_grant(user=owner.user, amount=2)
    answer = owner.post(ORDER, OrderBody(company_id=debtor(owner)))
    assert answer.json()["data"]["status"] == "pending"
    assert shown(owner, answer.json()["data"]["order_id"])["status"] == "completed"


def test_nothing_is_queued_before_the_commit(owner: Api) -> None:
    company_id = debtor(owner)
    with TestCase.captureOnCommitCallbacks() as callbacks:
        number = place(owner, company_id)
    assert shown(owner, number)["status"] == "pending"
    for callback in callbacks:
        callback()
    assert shown(owner, number)["status"] == "completed"


# --- failures --------------------------------------------------------------------------------------------------
def test_a_failed_order_gives_its_tokens_back_once(owner: Api, record: Break) -> None:
    number = place(owner, debtor(owner))
    record(RuntimeError("out of order"))
    assert [work(number) for _ in range(JOB.most_attempts + 2)] == [
        *[Outcome.LATER] * (JOB.most_attempts - 1), Outcome.DONE, *[Outcome.NOT_MINE] * 2,
    ]  # fmt: skip
    told = shown(owner, number)
    assert (told["status"], told["results"]) == ("failed", None)
    assert told["failure"] == "The report could not be made. Its tokens were given back."
    assert owner.data("GET", TOKENS) == {"remaining_tokens": 2}
    refund = TokenEntry.objects.get(kind="refunded")
    assert (refund.amount, refund.order.order_id, refund.by) == (2, number, None)
    assert owner.get("/api/scoring/orders?status=failed").json()["pagination"]["total"] == 1


def test_a_passing_failure_is_overcome(owner: Api, record: Break) -> None:
    number = place(owner, debtor(owner))
    record(OSError("gone for a moment"))
    assert work(number) == Outcome.LATER
    assert shown(owner, number)["status"] == "pending"
    record(None)
    assert work(number) == Outcome.DONE
    assert shown(owner, number)["status"] == "completed"
    assert not TokenEntry.objects.filter(kind="refunded")


def test_the_task_comes_back_by_itself(owner: Api, record: Break) -> None:
    number = place(owner, debtor(owner))
    record(RuntimeError("out of order"))
    order = ScoringOrder.objects.get(order_id=number)
    process.delay(order.pk)
    order.refresh_from_db()
    assert order.attempts > 1  # Longer pauses are left to the sweep.
    for _ in range(JOB.most_attempts):
        work(number)
    assert shown(owner, number)["status"] == "failed"


def test_a_failed_order_is_tried_again_for_its_tokens(owner: Api, record: Break) -> None:
    number = place(owner, debtor(owner))
    record(RuntimeError("out of order"))
    for _ in range(JOB.most_attempts):
        work(number)
    order = ScoringOrder.objects.get(order_id=number)
    record(None)
    order_retry(order=order, by=owner.user)
    assert owner.data("GET", TOKENS) == {"remaining_tokens": 0}
    assert work(number) == Outcome.DONE
    assert shown(owner, number)["status"] == "completed"
    with pytest.raises(Forbidden):
        order_retry(order=order, by=owner.user)
    kinds = TokenEntry.objects.order_by("id").values_list("kind", "amount")
    assert list(kinds) == [("granted", 2), ("spent", -2), ("refunded", 2), ("spent", -2)]


def test_without_tokens_it_stays_failed(owner: Api, record: Break) -> None:
    number = place(owner, debtor(owner))
    record(RuntimeError("out of order"))
    for _ in range(JOB.most_attempts):
        work(number)
    owner.data("POST", ORDER, OrderBody(company_id=debtor(owner)))
    with pytest.raises(Forbidden, match="Not enough tokens"):
        order_retry(order=ScoringOrder.objects.get(order_id=number), by=owner.user)
    assert shown(owner, number)["status"] == "failed"


# --- workers that die ------------------------------------------------------------------------------------------
class Killed(BaseException):
    """What no handler catches."""


def test_a_worker_that_dies_leaves_the_order_to_another_one(owner: Api, record: Break) -> None:
    number = place(owner, debtor(owner))
    record(Killed())  # type: ignore[arg-type]
    with pytest.raises(Killed):
        work(number)
    record(None)
    assert shown(owner, number)["status"] == "processing"
    assert work(number) == Outcome.NOT_MINE
    assert left_behind(JOB, moment=now()) == []
    later = now() + JOB.claim + timedelta(seconds=2)
    [order_pk] = left_behind(JOB, moment=later)
    assert order_process(order_pk=order_pk, moment=later) == Outcome.DONE
    assert shown(owner, number)["status"] == "completed"


def test_what_kills_its_workers_is_given_up(owner: Api, record: Break) -> None:
    number = place(owner, debtor(owner))
    order_pk = ScoringOrder.objects.get(order_id=number).pk
    record(Killed())  # type: ignore[arg-type]
    moment = now()
    for _ in range(JOB.most_attempts):
        with pytest.raises(Killed):
            order_process(order_pk=order_pk, moment=moment)
        moment += 2 * JOB.claim
    assert order_process(order_pk=order_pk, moment=moment) == Outcome.DONE
    told = shown(owner, number)
    assert (told["status"], told["failure"]) == (
        "failed",
        "The order was interrupted several times. Its tokens were given back.",
    )
    assert owner.data("GET", TOKENS) == {"remaining_tokens": 2}


def test_who_was_overtaken_writes_nothing(owner: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    number = place(owner, debtor(owner))
    order_pk = ScoringOrder.objects.get(order_id=number).pk
    reader, overtaken = payment_records._reader, []

    def slow(**asked: Any) -> Any:
        if not overtaken:
            overtaken.append(True)
            order_process(order_pk=order_pk, moment=now() + 2 * JOB.claim)
            ScoringOrder.objects.update(results={**ScoringOrder.objects.get().results, "model_version": "the other's"})
        assert reader is not None
        return reader(**asked)

    monkeypatch.setattr(payment_records, "_reader", slow)
    order_process(order_pk=order_pk, moment=now())
    assert shown(owner, number)["results"]["model_version"] == "the other's"


def test_the_sweep_takes_up_what_nobody_was_told_of(owner: Api) -> None:
    number = place(owner, debtor(owner))
    assert sweep() == 0  # It may still be in the queue.
    ScoringOrder.objects.update(due_at=now())
    assert sweep() == 1
    assert shown(owner, number)["status"] == "completed"
    assert sweep() == 0


def test_the_record_follows_the_case(owner: Api) -> None:
    company_id = debtor(owner, invoice(due=200))
    before = results(owner, company_id)["solvency_score"]
    case = case_of(company_id)
    [line] = owner.data("GET", f"/api/recoveries/{case.pk}/invoices")["invoices"]
    owner.data(
        "PUT",
        f"/api/recoveries/{case.pk}/invoices/{line['id']}",
        {"invoice_part_paid": True, "invoice_part_paid_amount": "1000.00"},
    )
    assert results(owner, company_id)["solvency_score"] > before
