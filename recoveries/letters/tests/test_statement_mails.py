"""Statements by e-mail: by the button, each month for who wants them; to whom, with what, and what staff see of it."""

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEvent
from documents.services.storage import bytes_open
from documents.tests.conftest import folder, in_process  # noqa: F401 - fixtures
from events.models import Notice, Recipient
from events.notices.delivery import notice_deliver, recipient_hold
from events.notices.groups import Group, Mode
from events.notices.preferences import Wanted, preferences_set
from events.notices.tokens import leaving_address
from legalcity.lib.clock import now
from recoveries.desk.tests.pages import case_of, person
from recoveries.ledger.services import acompte_record
from recoveries.ledger.statements import statement_make
from recoveries.letters.statement_mails import statement_mail, statements_mail
from recoveries.letters.tasks import make_statements
from recoveries.models import ClientStatement
from tests.backoffice import act, browser_of
from tests.factories import Api

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]

OCTOBER = date(2026, 10, 1)
CHANGE = "/admin/recoveries/clientstatement/{}/change/"


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(datetime(2026, 10, 12, 9, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def statement(owner: Api, clock: Any) -> ClientStatement:
    case = case_of(owner, invoices=[{"invoice_amount": "900.00"}])
    acompte_record(recovery_id=case.pk, amount=Decimal(100), day=date(2026, 10, 10), confirmed=True, by=None)
    clock.move_to(datetime(2026, 11, 2, 9, tzinfo=UTC))
    return statement_make(owner=owner.user, month=OCTOBER, by=None)


def choose(owner: Api, **values: Any) -> None:
    preferences_set(owner_id=owner.user.pk, wanted=[Wanted(group=Group.CLIENT_STATEMENTS, **values)])


def delivered() -> Any:
    """The latest notice, sent."""
    notice_deliver(notice_id=Notice.objects.latest("pk").pk, moment=now())
    return mail.outbox[-1]


def sending(browser: Client, statement: ClientStatement) -> str:
    """What staff read after they have sent it."""
    answer = act(browser, statement, "send-statement")
    return (browser.get(answer.url) if answer.status_code == 302 else answer).text  # type: ignore[attr-defined]


def test_staff_send_it_with_its_paper_and_see_that_it_went(statement: ClientStatement, owner: Api) -> None:
    browser = browser_of(person("accountant"))
    assert f"{statement.reference} is on its way to {owner.user.email}." in sending(browser, statement)
    sent = delivered()
    assert sent.to == [owner.user.email]
    assert "octobre 2026" in sent.subject
    assert statement.reference in sent.body
    [(name, content, mime)] = sent.attachments
    with bytes_open(key=statement.paper.key) as file:
        assert (name, content, mime) == (f"{statement.reference}.pdf", file.read(), "application/pdf")
    shown = browser.get(CHANGE.format(statement.pk)).text
    assert f"/admin/events/notice/{Notice.objects.get().pk}/change/" in shown
    assert "sent, 02/11/2026 10:00" in shown or "sent, Nov" in shown or "sent, 11/02/2026" in shown
    assert AuditEvent.objects.get(action="statement_mailed").details["number"] == 1


def test_a_storage_that_is_away_is_waited_for(statement: ClientStatement, folder: Path) -> None:  # noqa: F811
    [notice] = statement_mail(statement_id=statement.pk, by=None)
    paper = folder / statement.paper.key
    paper.rename(aside := paper.with_suffix(".aside"))
    paper.mkdir()
    assert notice_deliver(notice_id=notice.pk, moment=now()) is not None
    assert (Notice.objects.get().state, mail.outbox) == ("queued", [])
    paper.rmdir()
    aside.rename(paper)
    assert len(delivered().attachments) == 1


def test_the_list_says_of_each_when_it_left_and_asks_once(statement: ClientStatement, clock: Any, owner: Api) -> None:
    statement_mail(statement_id=statement.pk, by=None)
    delivered()
    clock.move_to(datetime(2026, 12, 2, 9, tzinfo=UTC))
    statement_mail(statement_id=statement.pk, by=None)
    statement_make(owner=owner.user, month=date(2026, 11, 1), by=None)
    browser = browser_of(person("accountant"))

    def shown() -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            page = browser.get(reverse("admin:recoveries_clientstatement_changelist")).text
        assert sum("events_notice" in one["sql"] for one in queries) == 1
        return re.findall(r'field-sent_shown">([^<]*)<', page)

    assert shown() == ["–", "queued"]
    delivered()
    november, october = shown()
    assert (november, "2026" in october) == ("–", True)


def test_it_may_be_sent_again(statement: ClientStatement) -> None:
    periods = [notice.period for _ in range(2) for notice in statement_mail(statement_id=statement.pk, by=None)]
    assert periods == [f"{statement.reference}.1", f"{statement.reference}.2"]


def test_it_goes_by_itself_to_who_wants_it_and_once(statement: ClientStatement, owner: Api) -> None:
    make_statements()
    assert not Notice.objects.exists()
    choose(owner, mode=Mode.INSTANT, language="en")
    for _ in range(2):
        make_statements()
    notice = Notice.objects.get()
    assert notice.subject == f"Statement of account, October 2026 – {statement.reference}"
    assert delivered().extra_headers["List-Unsubscribe"]


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="workers at once need PostgreSQL")
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_it_goes_by_itself_once_also_where_the_clock_and_a_person_have_it_made(
    statement: ClientStatement, owner: Api
) -> None:
    choose(owner, mode=Mode.INSTANT)

    def turn(_number: int) -> int:
        try:
            return statements_mail(month=OCTOBER)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            ClientStatement.objects.select_for_update().get()
            turns = [pool.submit(turn, number) for number in range(2)]
            for _look in range(200):
                if waiting_for_locks() == len(turns):
                    break
                time.sleep(0.05)
        assert sorted(each.result() for each in turns) == [0, 1]
    assert Notice.objects.count() == 1


def waiting_for_locks() -> int:
    """How many sessions wait for a row now: what the server told before is forgotten."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(waiting)
        return int(cursor.fetchone()[0])


def test_who_leaves_is_sent_nothing_by_itself(statement: ClientStatement, owner: Api, client: Client) -> None:
    choose(owner, mode=Mode.INSTANT)
    email = owner.user.email
    address = leaving_address(owner_id=owner.user.pk, group="client_statements", email=email)
    client.post("/notices/" + address.rpartition("/notices/")[2])
    assert statements_mail(month=OCTOBER) == 0
    assert [notice.recipient for notice in statement_mail(statement_id=statement.pk, by=None)] == [email]


def test_an_address_that_is_named_no_more_is_sent_nothing_that_waited(statement: ClientStatement, owner: Api) -> None:
    other = "books@example.com"
    choose(owner, mode=Mode.INSTANT, recipients=[other])
    Recipient.objects.filter(email=other).update(confirmed_at=now())
    [notice] = statement_mail(statement_id=statement.pk, by=None)
    assert notice.recipient == other
    choose(owner, recipients=[owner.user.email])
    notice_deliver(notice_id=notice.pk, moment=now())
    assert (Notice.objects.get(pk=notice.pk).state, mail.outbox) == ("cancelled", [])


def test_an_address_that_refuses_is_told(statement: ClientStatement, owner: Api) -> None:
    recipient_hold(owner_id=owner.user.pk, email=owner.user.email, reason="SMTPRecipientsRefused")
    assert "No address of this client may be written to" in sending(browser_of(person("accountant")), statement)
    assert not Notice.objects.exists()


@pytest.mark.parametrize("role", ["handler", "auditor"])
def test_who_may_not(statement: ClientStatement, role: str) -> None:
    assert act(browser_of(person(role)), statement, "send-statement").status_code == 403
