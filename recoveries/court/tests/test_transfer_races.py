"""Transfers among other things that happen at the same moment, each in a thread with a connection of its own."""

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections, transaction

from companies.models import Company
from legalcity.lib.clock import today
from legalcity.lib.errors import Forbidden
from recoveries.court.tests.transfers import (
    ALREADY,
    assert_counts_are_exact,
    assert_history_replays,
    assert_transferred_once,
    transfer_path,
    transferable,
)
from recoveries.court.transfer import transfer_carry_out, transfer_fail
from recoveries.models import Injunction, Recovery, TransferRequest
from recoveries.services.life import status_move
from tests.factories import Api, ApiUserFactory, InvoiceBody, detail
from tests.races import at_once, statuses_at_once, twin

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="row locks and races need PostgreSQL"),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.usefixtures("in_process"),
]

MANY = 20


@pytest.fixture
def race_owner() -> Api:
    """A client of the firm."""
    return Api.of(ApiUserFactory(email="owner@example.com"))


def transfer(api: Api, case: int) -> tuple[int, Any]:
    """Status, and the reasons or the data."""
    answer = twin(api).post(transfer_path(case))
    body = answer.json()
    return answer.status_code, body.get("reasons") or body.get("data") or body["message"]


def test_a_case_is_transferred_once(race_owner: Api) -> None:
    case = transferable(race_owner)
    answers = at_once(MANY, lambda _number: transfer(race_owner, case))
    assert Counter(status for status, _said in answers) == {200: 1, 403: MANY - 1}
    assert all(said == ALREADY for status, said in answers if status == 403)
    assert Injunction.objects.count() == 1
    assert set(TransferRequest.objects.values_list("state", flat=True)) <= {"done", "refused"}
    assert_transferred_once(case)


def test_cases_of_an_account_transferred_at_once_are_all_counted(race_owner: Api) -> None:
    cases = [transferable(race_owner) for _number in range(8)]
    answers = at_once(MANY, lambda number: transfer(race_owner, cases[number % len(cases)])[0])
    assert Counter(answers) == {200: len(cases), 403: MANY - len(cases)}
    for case in cases:
        assert_transferred_once(case)
    assert race_owner.data("GET", "/api/recoveries?status=11")["pagination"]["total"] == len(cases)


def test_invoices_that_come_during_a_transfer_are_in_both_cases_or_refused(race_owner: Api) -> None:
    case = transferable(race_owner)

    def act(number: int) -> int:
        if number == 5:
            return transfer(race_owner, case)[0]
        body = InvoiceBody(invoice_number=f"LATE-{number}")
        return twin(race_owner).post(f"/api/recoveries/{case}/invoices", body).status_code

    answers = Counter(at_once(12, act))
    assert (answers[200], answers[201] + answers[403]) == (1, 11)
    assert_transferred_once(case)
    original, copy = (detail(race_owner, each) for each in (case, Injunction.objects.get().recovery_id))
    assert original["invoices_count"] == answers[201] + 1
    for name in ("invoices_count", "amount", "amount_torecover"):
        assert copy[name] == original[name]


@pytest.mark.parametrize("to_status", [4, 9])
def test_a_move_and_a_transfer_follow_one_another(race_owner: Api, to_status: int) -> None:
    cases = [transferable(race_owner) for _number in range(6)]

    def move(case: int) -> int:
        try:
            return status_move(recovery_id=case, to_status=to_status, by=None).status_id
        except Forbidden:
            return 0

    def act(number: int) -> int:
        case = cases[number // 2]
        return transfer(race_owner, case)[0] if number % 2 else move(case)

    answers = at_once(2 * len(cases), act)
    for case, moved, transferred in zip(cases, answers[::2], answers[1::2], strict=True):
        history = list(Recovery.objects.get(pk=case).status_history.values_list("to_status", flat=True))
        if transferred == 200:
            assert history in ([1, 10], [1, 4, 10])
            assert (moved == 0) == (history == [1, 10])
            assert_transferred_once(case)
        else:  # Closed before: nothing to transfer.
            assert (transferred, moved, history) == (403, 9, [1, 9])
        assert_history_replays(case)
    assert_counts_are_exact()


def test_a_case_that_is_deleted_is_not_transferred(race_owner: Api) -> None:
    cases = [transferable(race_owner) for _number in range(5)]

    def act(api: Api, number: int) -> Any:
        case = cases[number // 4]
        return api.post(transfer_path(case)) if number % 4 else api.delete(f"/api/recoveries/{case}")

    answers = statuses_at_once(MANY, race_owner, act)
    assert set(answers) <= {200, 403, 404}
    assert Recovery.objects.filter(type=1).count() == Recovery.objects.filter(type=2).count()
    assert Company.objects.count() == 2 * Recovery.objects.count()
    assert_counts_are_exact()


def somebody_waits() -> bool:
    """Whether a session waits for a lock that this one holds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
        )
        return cursor.fetchone()[0] > 0


def while_it_waits(call: Callable[[], Any], change: Callable[[], Any]) -> Any:
    """What `call`, in a thread, gives when it has to wait for this transaction, which makes `change` meanwhile."""

    def run() -> Any:
        try:
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            change()
            running = pool.submit(run)
            deadline = time.monotonic() + 20
            while not somebody_waits() and time.monotonic() < deadline:
                time.sleep(0.02)
            assert somebody_waits()
        return running.result(timeout=20)


def test_a_party_that_changes_just_before_the_transfer_is_copied_as_it_is_then(race_owner: Api) -> None:
    case = transferable(race_owner, debtor={"company_name": "Before"})
    debtor = detail(race_owner, case)["debtor"]["id"]

    def change() -> None:
        answer = race_owner.put(f"/api/recoveries/{case}/companies/{debtor}", {"company_name": "After"})
        assert answer.status_code == 200

    request = TransferRequest.objects.create(recovery_id=case, user=race_owner.user)
    assert while_it_waits(lambda: transfer_carry_out(request_id=request.pk, today=today()), change) == "done"
    copy = Injunction.objects.get().recovery
    assert (copy.debtor.company_name, copy.debtor_company) == ("After", "After")


def test_a_request_that_two_workers_have_ends_once(race_owner: Api) -> None:
    case = transferable(race_owner)
    request = TransferRequest.objects.create(recovery_id=case, user=race_owner.user)
    # One worker gives up while the other one, which has it too, is about to commit.
    while_it_waits(
        lambda: transfer_fail(request_id=request.pk),
        lambda: transfer_carry_out(request_id=request.pk, today=today()),
    )
    request.refresh_from_db()
    assert request.state == "done"
    assert_transferred_once(case)
