"""One case with all that hangs on it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from recoveries.ledger.services import acompte_record, dette_record
from recoveries.models import Comment
from recoveries.services.life import status_move
from tests.factories import Api, case_id, detail, move

CASES = "/api/recoveries"
DOCUMENTED = [
    *("id", "recovery_reference", "recovery_status", "amount", "amount_torecover", "user", "customer", "debtor"),
    *("status", "statusHistory", "invoices", "docs", "comments", "acomptes", "dettes", "all_docs"),
]
STORED = [
    *("type", "recovery_service_object", "recovery_due_date", "recovery_late_interest", "recovery_interest_rate"),
    *("recovery_interest_rate_percent", "recovery_penalty", "recovery_penalty_type", "recovery_penalty_amount"),
    *("recovery_penalty_percent", "recovery_raison_notpaid", "recovery_observations"),
]


def test_the_documented_keys_come_first_and_every_stored_field_follows(owner: Api) -> None:
    shown = detail(owner, case_id(owner))
    assert list(shown)[: len(DOCUMENTED)] == DOCUMENTED
    assert set(STORED) <= set(shown)
    assert shown["recovery_status"] == shown["recovery_last_status"] == shown["status"]["id"] == 1


def test_the_status_and_its_history(owner: Api, staff: Api) -> None:
    recovery_id = case_id(owner)
    status_move(recovery_id=recovery_id, to_status=2, by=staff.user, comment="No answer by telephone")
    move(recovery_id, 3)
    shown = detail(owner, recovery_id)
    first, second, third = shown["statusHistory"]
    assert list(first) == ["id", "from", "to", "status", "user", "comment", "created_at"]
    assert [(step["from"], step["to"]) for step in (first, second, third)] == [(None, 1), (1, 2), (2, 3)]
    assert second["status"] == {"id": 2, "name": "Relance 1", "description": "First reminder sent to the debtor"}
    assert second["user"] == {"id": staff.user.pk, "first_name": "John", "last_name": "Doe"}
    assert (second["comment"], first["comment"], third["user"]) == ("No answer by telephone", None, None)
    assert first["id"] < second["id"] < third["id"]
    assert shown["status"]["name"] == "Relance 2"


def test_moving_to_the_same_status_writes_no_history(owner: Api) -> None:
    recovery_id = case_id(owner)
    move(recovery_id, 2, 2, 2)
    assert len(detail(owner, recovery_id)["statusHistory"]) == 2


def test_invoices_are_those_of_the_list_without_the_block_of_their_case(owner: Api) -> None:
    recovery_id = case_id(
        owner,
        invoices=[
            {"invoice_date": "2025-10-01"},
            {"invoice_date": "2025-10-03", "invoice_part_paid": True, "invoice_part_paid_amount": "100.00"},
            {"invoice_date": "2025-10-02", "invoice_due_date": None, "api_invoice_id": "CLIENT-1"},
        ],
    )
    listed = owner.data("GET", f"{CASES}/{recovery_id}/invoices")["invoices"]
    assert [{key: value for key, value in row.items() if key != "recovery"} for row in listed] == detail(
        owner, recovery_id
    )["invoices"]
    assert [row["invoice_date"] for row in listed] == ["2025-10-03", "2025-10-02", "2025-10-01"]


def test_comments_are_those_that_the_client_sees(owner: Api) -> None:
    recovery_id = case_id(owner)
    comments = f"{CASES}/{recovery_id}/comments"
    for text in ("first", "hidden", "third"):
        owner.data("POST", comments, {"comment": f"<p>{text}</p>"})
    Comment.objects.filter(text="hidden").update(visible_to_user=False)
    shown = detail(owner, recovery_id)["comments"]
    assert [comment["comment"] for comment in shown] == ["first", "third"]
    assert shown == owner.data("GET", comments)["comments"]


def test_payments_and_debts_have_their_keys(owner: Api) -> None:
    recovery_id = case_id(owner)
    acompte_record(
        recovery_id=recovery_id,
        amount=Decimal("10.50"),
        day=date(2025, 11, 2),
        method="virement",
        reference="VIR-1",
        comment="By Anne",
        by=None,
    )
    acompte_record(recovery_id=recovery_id, amount=Decimal(5), day=date(2025, 11, 1), by=None)
    dette_record(recovery_id=recovery_id, label="Costs", amount=Decimal("40.00"), day=date(2025, 11, 3), by=None)
    shown = detail(owner, recovery_id)
    earlier, later = shown["acomptes"]
    assert list(later) == ["id", "amount", "date", "method", "reference", "comment", "created_at", "reversed_at"]
    assert (later["amount"], later["date"], later["method"]) == ("10.50", "2025-11-02", "virement")
    assert (later["reference"], later["comment"]) == ("VIR-1", "By Anne")
    assert (earlier["amount"], earlier["method"], earlier["reference"], earlier["comment"]) == (
        "5.00",
        None,
        None,
        None,
    )
    [dette] = shown["dettes"]
    assert list(dette) == ["id", "label", "amount", "date", "comment", "created_at", "reversed_at", "head"]
    assert dette["head"] == "principal"
    assert (dette["label"], dette["amount"], dette["date"], dette["comment"]) == ("Costs", "40.00", "2025-11-03", None)


def test_moments_are_utc_with_six_decimals(owner: Api) -> None:
    moment = datetime(2025, 7, 1, 23, 30, 0, 123456, tzinfo=UTC)
    with time_machine.travel(moment, tick=False):
        owner.login()
        recovery_id = case_id(owner, invoices=[{"invoice_date": "2025-06-01", "invoice_due_date": None}])
        owner.data("POST", f"{CASES}/{recovery_id}/comments", {"comment": "Called"})
        acompte_record(recovery_id=recovery_id, amount=Decimal(1), day=date(2025, 7, 1), by=None)
        shown = detail(owner, recovery_id)
    moments = [
        shown["created_at"],
        shown["statusHistory"][0]["created_at"],
        shown["comments"][0]["created_at"],
        shown["comments"][0]["updated_at"],
        shown["acomptes"][0]["created_at"],
    ]
    assert moments == ["2025-07-01T23:30:00.123456Z"] * 5


def test_a_whole_second_has_its_six_zeros(owner: Api) -> None:
    with time_machine.travel(datetime(2025, 7, 1, 12, tzinfo=UTC), tick=False):
        owner.login()
        recovery_id = case_id(owner)
        shown = detail(owner, recovery_id)
    assert shown["created_at"] == "2025-07-01T12:00:00.000000Z"
    assert shown["statusHistory"][0]["created_at"] == "2025-07-01T12:00:00.000000Z"


@pytest.mark.parametrize(
    ("moment", "days"),
    [
        # 23:30 in Paris on the due date, half past midnight there on the next day (summer: UTC+2).
        (datetime(2025, 7, 1, 21, 30, tzinfo=UTC), 0),
        (datetime(2025, 7, 1, 22, 30, tzinfo=UTC), 1),
        (datetime(2025, 7, 11, 12, tzinfo=UTC), 10),
    ],
)
def test_days_overdue_are_counted_in_paris(moment: datetime, days: int, owner: Api) -> None:
    recovery_id = case_id(owner, invoices=[{"invoice_date": "2025-06-01", "invoice_due_date": "2025-07-01"}])
    with time_machine.travel(moment, tick=False):
        owner.login()
        [invoice] = detail(owner, recovery_id)["invoices"]
    assert invoice["days_overdue"] == days


def test_a_paid_invoice_is_never_overdue(owner: Api) -> None:
    paid = {"invoice_part_paid": True, "invoice_part_paid_amount": "100.00"}
    recovery_id = case_id(owner, invoices=[{**paid, "invoice_due_date": "2025-11-01"}])
    with time_machine.travel(datetime.now(UTC) + timedelta(days=400)):
        owner.login()
        [invoice] = detail(owner, recovery_id)["invoices"]
    assert (invoice["is_paid"], invoice["days_overdue"]) == (True, 0)


def test_another_account_s_case_is_403_and_none_404(owner: Api, stranger: Api) -> None:
    recovery_id = case_id(owner)
    theirs, none = stranger.get(f"{CASES}/{recovery_id}"), stranger.get(f"{CASES}/987654")
    assert (theirs.status_code, theirs.json()["message"]) == (403, "Unauthorized access to this recovery")
    assert (none.status_code, none.json()["message"]) == (404, "Recovery not found")
