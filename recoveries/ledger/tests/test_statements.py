"""Statements of clients: what a month tells, that it is made once, numbered without a gap, and kept as it was made."""

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from pypdf import PdfReader
from structlog.testing import capture_logs

from documents.services.storage import bytes_open
from documents.tests.conftest import folder, in_process  # noqa: F401 - fixtures
from legalcity.lib.errors import Conflict, Invalid
from recoveries.desk.tests.pages import case_of, person
from recoveries.ledger import statements
from recoveries.ledger.client_accounts import ClientAccount, client_account
from recoveries.ledger.remittances import remittance_record, remittance_reverse
from recoveries.ledger.services import acompte_record
from recoveries.ledger.statements import statement_make, statements_make
from recoveries.models import ClientStatement, Recovery
from tests.backoffice import browser_of, page_of
from tests.factories import Api

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]

MAKE = "/admin/recoveries/clientstatement/make/"
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(datetime(2026, 10, 12, 9, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def case(owner: Api, clock: Any) -> Recovery:
    """A case of which 100.00 came in October, and 60.00 in November, when 100.00 were handed over."""
    case = case_of(owner, invoices=[{"invoice_amount": "900.00"}])
    pay(case, 100, date(2026, 10, 10))
    clock.move_to(datetime(2026, 11, 5, 9, tzinfo=UTC))
    hand_over(owner, 100, fees=10)
    pay(case, 60, date(2026, 10, 31))
    clock.move_to(datetime(2026, 12, 2, 9, tzinfo=UTC))
    return case


def pay(case: Recovery, amount: int, day: date) -> None:
    acompte_record(recovery_id=case.pk, amount=Decimal(amount), day=day, confirmed=True, by=None)


def hand_over(owner: Api, held: int, *, fees: int = 0) -> int:
    day = date(2026, 11, 5)
    made = remittance_record(
        owner_id=owner.user.pk, expected=Decimal(held), fees=Decimal(fees), paid_on=day, reference="VIR 7", by=None
    )
    return made.pk


def sums(statement: ClientStatement) -> tuple[str, ...]:
    names = ("opening", "received", "fees", "handed_over", "closing")
    return tuple(str(getattr(statement, name)) for name in names)


def test_each_month_begins_with_what_the_one_before_left(case: Recovery, owner: Api) -> None:
    first = statement_make(owner=owner.user, month=OCTOBER, by=None)
    second = statement_make(owner=owner.user, month=NOVEMBER, by=None)
    assert sums(first) == ("0.00", "100.00", "0.00", "0.00", "100.00")
    assert sums(second) == ("100.00", "60.00", "10.00", "90.00", "60.00")
    assert second.number == first.number + 1


def test_the_paper_says_what_the_ledger_says_and_is_kept(case: Recovery, owner: Api) -> None:
    made = statement_make(owner=owner.user, month=NOVEMBER, by=None)
    with bytes_open(key=made.paper.key) as file:
        text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(file.read())).pages)
    said = " ".join(text.split())
    for words in ("novembre 2026", made.reference, case.recovery_reference, "31/10/2026", "VIR 7", "60,00", "90,00"):
        assert words in said, words


def test_a_statement_is_made_once_of_a_month_that_has_ended(case: Recovery, owner: Api, stranger: Api) -> None:
    with pytest.raises(Invalid):
        statement_make(owner=owner.user, month=date(2026, 12, 1), by=None)
    with pytest.raises(Conflict):
        statement_make(owner=stranger.user, month=NOVEMBER, by=None)
    statement_make(owner=owner.user, month=NOVEMBER, by=None)
    with pytest.raises(Conflict):
        statement_make(owner=owner.user, month=NOVEMBER, by=None)
    assert statements_make(month=NOVEMBER, by=None) == 0
    assert ClientStatement.objects.count() == 1


def test_within_an_hour_of_its_end_a_month_may_still_get_postings(case: Recovery, owner: Api, clock: Any) -> None:
    accountant = browser_of(person("accountant"))
    clock.move_to(datetime(2026, 11, 30, 23, 59, tzinfo=UTC))  # 00:59 in Paris
    with pytest.raises(Invalid):
        statement_make(owner=owner.user, month=NOVEMBER, by=None)
    with pytest.raises(Invalid):
        statements_make(month=NOVEMBER, by=None)
    assert "less than an hour ago" in accountant.post(MAKE, follow=True).content.decode()
    clock.move_to(datetime(2026, 12, 1, tzinfo=UTC))
    assert statements_make(month=NOVEMBER, by=None) == 1


def test_one_that_fails_keeps_no_other_back(
    case: Recovery, owner: Api, stranger: Api, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pay(case_of(stranger), 10, date(2026, 12, 2))
    clock.move_to(datetime(2027, 1, 2, 9, tzinfo=UTC))
    first, second = sorted((owner.user.pk, stranger.user.pk))

    def account_of(owner_id: int, month: date) -> ClientAccount:
        if owner_id == first:
            raise RuntimeError("Mme Fictive")
        return client_account(owner_id, month)

    monkeypatch.setattr(statements, "client_account", account_of)
    with capture_logs() as logs:
        assert statements_make(month=date(2026, 12, 1), by=None) == 1
    assert ClientStatement.objects.get().owner_id == second
    [told] = [entry for entry in logs if entry["event"] == "statement_failed"]
    assert told["user_id"] == first
    assert "Fictive" not in str(told)


def test_a_reversed_remittance_is_held_again_in_the_month_in_which_it_was_reversed(
    case: Recovery, owner: Api, clock: Any
) -> None:
    remittance_reverse(remittance_id=hand_over(owner, 60), reason="Wrong account", by=None)
    account = client_account(owner.user.pk, date(2026, 12, 1))
    assert (account.opening, account.handed_over, account.closing) == (Decimal(60), Decimal(0), Decimal(60))
    assert [one.amount for one in account.went] == [Decimal(60), Decimal(-60)]


def test_it_is_never_changed(case: Recovery, owner: Api) -> None:
    made = statement_make(owner=owner.user, month=NOVEMBER, by=None)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        ClientStatement.objects.filter(pk=made.pk).update(closing=1)


@pytest.mark.parametrize(
    ("role", "seen", "makes"), [("handler", 403, 403), ("auditor", 200, 403), ("accountant", 200, 302)]
)
def test_who_sees_and_makes_them(
    case: Recovery,
    owner: Api,
    role: str,
    seen: int,
    makes: int,
    in_process: None,  # noqa: F811
    django_capture_on_commit_callbacks: Any,
) -> None:
    browser = browser_of(staff := person(role))
    with django_capture_on_commit_callbacks(execute=True):
        assert browser.post(MAKE).status_code == makes
    assert set(ClientStatement.objects.values_list("by", flat=True)) <= {staff.pk}
    assert ClientStatement.objects.count() == (1 if makes == 302 else 0)
    made = ClientStatement.objects.first() or statement_make(owner=owner.user, month=NOVEMBER, by=None)
    assert browser.get(page_of(ClientStatement, "changelist")).status_code == seen
    paper = browser.get(f"/admin/recoveries/clientstatement/{made.pk}/paper/")
    assert paper.status_code in ((200,) if seen == 200 else (302, 403, 404))
    if seen == 200:
        assert b"".join(paper.streaming_content).startswith(b"%PDF")
