"""Formal notices: what a letter leaves, what staff enter, what the case and the client are told."""

from collections.abc import Iterator
from datetime import date, timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models.signals import post_init
from django.test import Client

from accounts.models import AuditEvent
from legalcity.lib.clock import now, today
from legalcity.lib.errors import Forbidden, Invalid, NotFound
from recoveries.court.tests.transfers import transferable, transferred
from recoveries.desk.tests.pages import (
    act_page,
    assert_refused,
    case_of,
    followed,
    office_of,
    opened,
    ready_document,
    words,
)
from recoveries.letters.channels.delivering import message_deliver, messages_interrupted
from recoveries.letters.services import message_send
from recoveries.letters.tests.test_emails import Moody, firm, moods  # noqa: F401 - fixtures
from recoveries.models import FormalNotice, Message, Recovery
from recoveries.services.notices import notice_enter, notice_follow
from tests.backoffice import act, browser_of, chief, page_of
from tests.factories import Api, detail
from tests.noon import noon_of
from tests.races import at_once

pytestmark = pytest.mark.django_db
noon = noon_of(today())
commits = pytest.mark.django_db(transaction=True, serialized_rollback=True)
SENT, SEEN, GOT = date(2026, 1, 5), date(2026, 1, 7), date(2026, 1, 9)


@pytest.fixture
def office(db: None) -> Client:
    """The browser of a member of staff who may do everything."""
    return browser_of(chief(language="en"))


def written(case: Recovery, kind: str = "mise_en_demeure") -> Message:
    return message_send(case_id=case.pk, kind=kind, to="debtor@example.com", by=None)


def entered(case: Recovery, **values: Any) -> FormalNotice:
    sent = {"channel": "registered", "state": "sent", "sent_on": SENT, "by": None}
    return notice_enter(recovery_id=case.pk, **{**sent, **values})


# --- by e-mail -------------------------------------------------------------------------------------------------------
def test_one_that_was_sent_is_sent_and_not_received(owner: Api) -> None:
    case = case_of(owner)
    email = written(case)
    assert not FormalNotice.objects.exists()
    message_deliver(message_id=email.pk, moment=now())
    [notice] = detail(owner, case.pk)["formal_notices"]
    del notice["id"], notice["created_at"]
    assert notice == {
        **{"channel": "email", "state": "sent", "amount": str(email.total), "sent_on": today().isoformat()},
        **{"presented_on": None, "received_on": None},
    }


@pytest.mark.usefixtures("moods")
def test_one_that_failed_is_failed_and_has_no_day(owner: Api) -> None:
    case = case_of(owner)
    Moody.moods = [ValueError()]
    message_deliver(message_id=written(case).pk, moment=now())
    assert Message.objects.get().state == "failed"
    [notice] = detail(owner, case.pk)["formal_notices"]
    assert (notice["state"], notice["sent_on"], notice["received_on"]) == ("failed", None, None)


@pytest.mark.usefixtures("moods")
def test_one_that_is_tried_again_is_written_down_once(owner: Api) -> None:
    email = written(case_of(owner))
    Moody.moods = [ConnectionRefusedError()]
    message_deliver(message_id=email.pk, moment=now())
    assert not FormalNotice.objects.exists()
    for hours in (2, 4):
        message_deliver(message_id=email.pk, moment=now() + timedelta(hours=hours))
    assert [notice.state for notice in FormalNotice.objects.all()] == ["sent"]


def test_one_whose_worker_was_lost_is_failed(owner: Api) -> None:
    email = written(case_of(owner))
    lost = {"state": "sending", "provider": "smtp", "claimed_until": now() - timedelta(hours=1)}
    Message.objects.filter(pk=email.pk).update(**lost, attempts=1)
    assert messages_interrupted(moment=now()) == 1
    assert FormalNotice.objects.get().state == "failed"


def test_other_letters_leave_none(owner: Api) -> None:
    message_deliver(message_id=written(case_of(owner), "relance_1").pk, moment=now())
    assert Message.objects.get().state == "sent"
    assert not FormalNotice.objects.exists()


# --- entered by staff ------------------------------------------------------------------------------------------------
def test_staff_tell_what_became_of_one(office: Client, owner: Api) -> None:
    case = case_of(owner)
    notice, receipt = entered(case), ready_document(case, name="Receipt.pdf")
    assert "registered letter sent" in words(opened(office, case))
    assert "Receipt.pdf" in act_page(office, case, "notice-received", f"?notice={notice.pk}").content.decode()
    days = {"presented_on": "07/01/2026", "received_on": "09/01/2026"}
    told = {"notice": notice.pk, "state": "received", "proof": receipt.pk, **days}
    assert "The formal notice is now: received." in words(followed(office, case, "notice-received", **told))
    notice.refresh_from_db()
    assert (notice.state, notice.sent_on, notice.presented_on, notice.received_on) == ("received", SENT, SEEN, GOT)
    assert notice.proof == receipt
    event = AuditEvent.objects.get(action="changed", object_type="recoveries.formalnotice")
    assert (event.before["state"], event.after["received_on"]) == ("sent", "2026-01-09")
    assert "Receipt.pdf What became of it" in words(opened(office, case))
    assert office.get(page_of(FormalNotice, "change", notice.pk)).status_code == 200


def test_staff_enter_one_of_the_creditor(office: Client, owner: Api) -> None:
    case = case_of(owner)
    told = {"channel": "creditor", "sent_on": "05/01/2026", "received_on": "09/01/2026", "state": "received"}
    followed(office, case, "notice-received", amount="1 200,00", **told)
    notice = FormalNotice.objects.get()
    assert (notice.channel, notice.state, notice.received_on) == ("creditor", "received", GOT)
    assert (str(notice.amount), notice.by.email) == ("1200.00", "chief@example.com")


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"channel": ""}, "How did the notice go?"),
        ({"channel": "pigeon"}, "Select a valid choice."),
        ({"sent_on": ""}, "When was the notice sent?"),
        ({"received_on": ""}, "This day is needed for a notice in this state."),
        ({"received_on": "01/01/2026"}, "is before “sent on” (05/01/2026)"),
        ({"sent_on": "31/12/1989"}, "1990"),
        ({"received_on": f"{today() + timedelta(2):%d/%m/%Y}"}, "This day is still to come."),
        ({"received_on": "x"}, "Enter a valid date."),
        ({"channel": "email"}, "The receipt of an e-mail needs a proof."),
        ({"channel": "hand", "state": "refused", "received_on": "", "presented_on": "09/01/2026"}, "handed over"),
        ({"state": "failed"}, "Select a valid choice."),
        ({"notice": "99999999999999999999"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_is_refused(office: Client, owner: Api, sent: dict[str, str], sentence: str) -> None:
    case = case_of(owner)
    told = {"channel": "registered", "sent_on": "05/01/2026", "received_on": "09/01/2026", "state": "received"}
    assert_refused(act(office, case, "notice-received", **{**told, **sent}), sentence)
    assert not FormalNotice.objects.exists()


def test_what_belongs_to_another_case_is_refused(office: Client, owner: Api) -> None:
    case, other = case_of(owner), case_of(owner)
    mine, foreign, document = entered(case), entered(other), ready_document(other)
    outcome = {"state": "received", "received_on": "09/01/2026"}
    for told in ({"notice": foreign.pk}, {"notice": mine.pk, "proof": document.pk}):
        assert_refused(act(office, case, "notice-received", **outcome, **told), "Select a valid choice.")
    with pytest.raises(NotFound):
        notice_follow(recovery_id=case.pk, notice_id=foreign.pk, state="received", received_on=GOT, by=None)
    with pytest.raises(Invalid):
        entered(case, proof_id=document.pk)


def test_one_that_failed_stays_failed(owner: Api) -> None:
    case = case_of(owner)
    failed = FormalNotice.objects.create(recovery=case, channel="email", state="failed")
    with pytest.raises(Forbidden):
        notice_follow(recovery_id=case.pk, notice_id=failed.pk, state="received", received_on=GOT, by=None)


def test_an_accountant_sees_them_and_tells_nothing(owner: Api) -> None:
    case, browser = case_of(owner), office_of("accountant")
    entered(case)
    assert "registered letter" in words(opened(browser, case))
    assert act(browser, case, "notice-received", channel="hand").status_code == 403


def test_the_database_keeps_the_order_of_the_days(owner: Api) -> None:
    notice = entered(case_of(owner), state="received", received_on=GOT, presented_on=SEEN)
    for wrong in ({"presented_on": date(2026, 1, 4)}, {"received_on": SENT}, {"state": "sent"}, {"received_on": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            FormalNotice.objects.filter(pk=notice.pk).update(**wrong)


@commits
def test_two_who_tell_at_once_leave_one_story(owner: Api) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("locks of rows are PostgreSQL's")
    case = case_of(owner)
    notice = entered(case)

    def told(number: int) -> None:
        day = (SEEN, GOT)[number]
        notice_follow(recovery_id=case.pk, notice_id=notice.pk, state="received", received_on=day, by=None)

    at_once(2, told)
    notice.refresh_from_db()
    events = AuditEvent.objects.filter(action="changed", object_type="recoveries.formalnotice").order_by("id")
    assert events[1].after["received_on"] == notice.received_on.isoformat()
    assert events[1].before["received_on"] == events[0].after["received_on"]


# --- to court --------------------------------------------------------------------------------------------------------
def test_they_go_along_to_court_with_their_proofs(owner: Api) -> None:
    case = Recovery.objects.get(pk=transferable(owner))
    receipt = ready_document(case, name="Receipt.pdf")
    entered(case, state="received", received_on=GOT, proof_id=receipt.pk)
    entered(case)
    copy = transferred(owner, case.pk)
    got, sent = FormalNotice.objects.filter(recovery_id=copy).order_by("id")
    assert (got.state, got.received_on, got.proof.name, got.proof.recovery_id) == ("received", GOT, "Receipt.pdf", copy)
    assert (sent.state, sent.proof) == ("sent", None)
    with pytest.raises(Forbidden, match=Recovery.objects.get(pk=copy).recovery_reference):
        entered(case)


# --- what was there before -------------------------------------------------------------------------------------------
@pytest.fixture
def owners_known() -> Iterator[None]:
    """Rows had no owner yet when the migration was written: here each new one takes that of its case."""

    def take(instance: FormalNotice, **_: Any) -> None:
        if not instance.owner_id:
            instance.owner_id = instance.recovery.owner_id

    post_init.connect(take, sender=FormalNotice)
    yield
    post_init.disconnect(take, sender=FormalNotice)


@pytest.mark.usefixtures("owners_known")
def test_the_migration_enters_the_first_that_really_went_out(owner: Api) -> None:
    went, failed, court = case_of(owner), case_of(owner), Recovery.objects.get(pk=transferable(owner))
    for case, state, sent_at in [
        (went, "failed", None),
        (went, "sent", "2026-03-31T22:30:00Z"),
        (went, "sent", "2026-05-01T10:00:00Z"),
        (failed, "failed", None),
        (court, "sent", "2026-02-01T10:00:00Z"),
    ]:
        Message.objects.create(recovery=case, kind="mise_en_demeure", state=state, sent_at=sent_at, total=100)
    Message.objects.create(recovery=failed, kind="relance_1", state="sent", sent_at="2026-01-01T10:00:00Z")
    copy = transferred(owner, court.pk)
    migration = import_module("recoveries.migrations.0029_formal_notices")
    # The table is the same one under the name that it has now.
    then = SimpleNamespace(get_model=lambda app, name: apps.get_model(app, {"SentEmail": "Message"}.get(name, name)))
    migration.enter_sent(then, SimpleNamespace(connection=connection))
    told = FormalNotice.objects.order_by("recovery_id").values_list("recovery_id", "state", "sent_on", "received_on")
    assert list(told) == [
        (went.pk, "sent", date(2026, 4, 1), None),
        (court.pk, "sent", date(2026, 2, 1), None),
        (copy, "sent", date(2026, 2, 1), None),
    ]
