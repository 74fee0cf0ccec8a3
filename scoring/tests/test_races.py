"""What many do at the same moment: on PostgreSQL, each in a thread with a connection of its own."""

import re
from collections import Counter

import pytest
from django.db import connection
from django.db.models import Sum

from legalcity.lib.clock import now, today
from scoring.models import Alert, ScoringOrder, Surveillance, TokenBalance, TokenEntry
from scoring.services.pipeline import Outcome, order_process, order_retry
from scoring.services.tokens import tokens_grant
from scoring.services.watching import surveillance_check
from scoring.tests.people import ORDER, TOKENS, debtor
from tests.factories import Api, ApiUserFactory, OrderBody
from tests.races import at_once, statuses_at_once, twin

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="row locks and races need PostgreSQL"),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]

MANY = 20


@pytest.fixture(autouse=True)
def nobody_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """Orders stay as they were placed: the worker is called by the tests."""
    monkeypatch.setattr("scoring.services.orders.queue", lambda *_: None)


@pytest.fixture
def rival() -> Api:
    """A client of the firm."""
    return Api.of(ApiUserFactory(email="owner@example.com"))


def one_report(company_id: int) -> dict:
    return OrderBody(company_id=company_id, services=["solvency_report"])


def assert_balance_is_the_ledger(api: Api) -> None:
    lines = TokenEntry.objects.filter(user=api.user).aggregate(n=Sum("amount"))["n"]
    assert TokenBalance.objects.get(user=api.user).tokens == lines


def test_two_orders_race_for_the_last_token(rival: Api) -> None:
    company_id = debtor(rival)
    tokens_grant(user=rival.user, amount=1)

    def order(_number: int) -> tuple[int, str]:
        answer = twin(rival).post(ORDER, one_report(company_id))
        return answer.status_code, answer.json()["message"]

    assert Counter(at_once(2, order)) == {
        (201, "Scoring order placed successfully"): 1,
        (403, "Not enough tokens available"): 1,
    }
    assert rival.data("GET", TOKENS) == {"remaining_tokens": 0}
    assert ScoringOrder.objects.count() == 1
    assert_balance_is_the_ledger(rival)


def test_many_orders_race_for_few_tokens(rival: Api) -> None:
    company_id = debtor(rival)
    tokens_grant(user=rival.user, amount=7)
    answers = statuses_at_once(MANY, rival, lambda api, _n: api.post(ORDER, OrderBody(company_id=company_id)))
    assert answers == {201: 3, 403: MANY - 3}
    assert rival.data("GET", TOKENS) == {"remaining_tokens": 1}
    assert_balance_is_the_ledger(rival)


def test_orders_placed_at_once_are_numbered_without_a_gap() -> None:
    """Each client orders once with a token and once without: a refusal uses up no number."""
    clients = [Api.of(ApiUserFactory()) for _ in range(MANY)]
    companies = [debtor(client) for client in clients]
    for client in clients:
        tokens_grant(user=client.user, amount=1)

    def order(number: int) -> list[int]:
        api = twin(clients[number])
        return [api.post(ORDER, one_report(companies[number])).status_code for _ in range(2)]

    assert at_once(MANY, order) == [[201, 403]] * MANY
    numbers = ScoringOrder.objects.values_list("order_id", flat=True)
    assert all(re.fullmatch(r"SCR-\d{4}-\d{3}", number) for number in numbers)
    assert sorted(int(number.rpartition("-")[2]) for number in numbers) == list(range(1, MANY + 1))


def test_first_grants_at_once_all_count(rival: Api) -> None:
    at_once(MANY, lambda _n: tokens_grant(user=rival.user, amount=1))
    assert rival.data("GET", TOKENS) == {"remaining_tokens": MANY}
    assert_balance_is_the_ledger(rival)


def test_an_order_is_done_by_one_worker(rival: Api) -> None:
    tokens_grant(user=rival.user, amount=2)
    rival.data("POST", ORDER, OrderBody(company_id=debtor(rival)))
    order = ScoringOrder.objects.get()
    outcomes = Counter(at_once(8, lambda _n: order_process(order_pk=order.pk, moment=now())))
    assert outcomes == {Outcome.DONE: 1, Outcome.NOT_MINE: 7}
    assert Surveillance.objects.count() == 1


def test_a_failed_order_is_begun_again_once(rival: Api) -> None:
    tokens_grant(user=rival.user, amount=9)
    rival.data("POST", ORDER, OrderBody(company_id=debtor(rival)))
    ScoringOrder.objects.update(status="failed")
    order = ScoringOrder.objects.get()

    def retry(_number: int) -> str:
        try:
            order_retry(order=order, by=rival.user)
        except Exception as error:
            return type(error).__name__
        return "queued"

    assert Counter(at_once(6, retry)) == {"queued": 1, "Forbidden": 5}
    assert rival.data("GET", TOKENS) == {"remaining_tokens": 5}
    assert_balance_is_the_ledger(rival)


def test_a_change_is_recorded_once(rival: Api) -> None:
    tokens_grant(user=rival.user, amount=2)
    rival.data("POST", ORDER, OrderBody(company_id=debtor(rival)))
    order_process(order_pk=ScoringOrder.objects.get().pk, moment=now())
    Surveillance.objects.update(checked_on="2020-01-01", known={"level": "low"})
    watch = Surveillance.objects.get()
    found = at_once(8, lambda _n: surveillance_check(surveillance_id=watch.pk, today=today(), moment=now()))
    assert sorted(found) == [0] * 7 + [1]
    assert Alert.objects.count() == 1
