"""What clients are told of, when, and that each event is told once whoever was stopped or came second."""

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection, connections, transaction

from accounts.models import User
from documents.tests.conftest import in_process  # noqa: F401 - a fixture
from events.models import Event, Notice, Preference, Recipient, Round, Waiting
from events.notices.delivery import notice_resend, recipient_hold
from events.notices.groups import RULES, UNTOLD, group_of
from events.notices.ports import notice_writers
from events.notices.reading import events_read
from events.notices.tasks import sweep_notices, tell_notices
from events.notices.telling import last_round
from events.types import Seen, event_types
from legalcity.lib.clock import now, today
from legalcity.lib.dates import PARIS
from legalcity.lib.errors import Forbidden
from recoveries.agenda.follow_ups import promise_note
from recoveries.agenda.services import task_open
from recoveries.desk.tests.pages import case_of, person
from recoveries.ledger.services import acompte_record
from recoveries.letters.tests.test_emails import Moody, moods  # noqa: F401 - fixtures
from recoveries.models import Message, Recovery
from recoveries.services.comments import comment_create
from recoveries.services.handlers import case_assign
from tests.backoffice import browser_of
from tests.factories import Api, move
from tests.races import at_once

# What is read along is what was committed.
commits = pytest.mark.django_db(transaction=True, serialized_rollback=True)
needs_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's writers take turns")
UNREADABLE = {"object": {"type": "recovery", "id": 1}, "current": {"amount": "many", "promised": "soon"}}
START = datetime(2026, 11, 25, 9, tzinfo=PARIS)


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    """A Wednesday, nine in the morning in Paris; moved on by the test."""
    with time_machine.travel(START.astimezone(UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def case(owner: Api, clock: Any, in_process: None) -> Recovery:  # noqa: F811
    """A case that its owner has filed."""
    return case_of(owner)


def at(clock: Any, day: int, hour: int, minute: int = 0) -> None:
    clock.move_to(datetime(2026, 11, day, hour, minute, tzinfo=PARIS).astimezone(UTC))


def told() -> list[tuple[list[str], str]]:
    """To whom what went out since the last time."""
    letters = [(message.to, message.subject) for message in mail.outbox]
    mail.outbox.clear()
    return letters


# --- which, and when -------------------------------------------------------------------------------------------------
def test_every_event_that_clients_may_hear_of_has_a_group_or_a_reason() -> None:
    for code, declared in event_types().items():
        family = f"{code.partition('.')[0]}.*"
        is_untold = bool({code, family} & UNTOLD.keys())
        assert (group_of(code) is None) == is_untold or not declared.audience & Seen.CLIENT, code
    assert not {code for rule in RULES.values() for code in rule.events} & UNTOLD.keys()


def test_the_two_groups_of_the_law_are_never_off() -> None:
    legal = {group.value: [mode.value for mode in rule.modes] for group, rule in RULES.items() if rule.is_legal}
    assert legal == {"money_received": ["instant"], "debtor_proposals": ["instant", "daily"]}
    assert all(rule.default in rule.modes for rule in RULES.values())


@pytest.mark.parametrize(
    ("moment", "day", "monday"),
    [
        ("2026-11-30T06:29:59Z", 29, 23),
        ("2026-11-30T06:30:00Z", 30, 30),
        ("2026-11-29T12:00:00Z", 29, 23),
        ("2026-10-25T06:29:00Z", 24, 19),  # The night in which an hour is added
        ("2026-10-25T06:30:00Z", 25, 19),
    ],
)
def test_rounds_are_gone_by_the_clock_of_paris(moment: str, day: int, monday: int) -> None:
    at_half_past_seven = datetime(2026, 1, 1, 7, 30).time()
    asked = datetime.fromisoformat(moment)
    assert last_round(asked, at_half_past_seven).day == day
    assert last_round(asked, at_half_past_seven, weekday=0).day == monday


@commits
def test_an_account_that_cannot_be_told_keeps_no_other_from_being_told(
    owner: Api, case: Recovery, stranger: Api, clock: Any
) -> None:
    """Of an event that this version cannot read; it waits, and is not lost."""
    about = {"object_type": "recovery", "object_id": str(case.pk), "audience": Seen.STAFF.value, "data": UNREADABLE}
    moments = {"xact": 0, "effective_at": now(), "recorded_at": now()}
    for group, mode in (("debtor_proposals", "instant"), ("documents_and_comments", "daily")):
        odd = Event.objects.create(owner=case.owner, type="promise.made", **about, **moments)
        Waiting.objects.create(event_id=odd.pk, owner=case.owner, group=group, mode=mode, recorded_at=now())
    other = case_of(stranger)
    assert other.owner_id > case.owner_id  # It comes behind.
    promise_note(recovery_id=other.pk, amount=Decimal(50), promised=date(2026, 12, 4), by=None)
    tell_notices()
    assert [to for to, _subject in told()] == [[stranger.user.email]]
    move(other.pk, 2)
    at(clock, 26, 8)
    tell_notices()
    assert [to for to, _subject in told()] == [[stranger.user.email]]
    assert Waiting.objects.filter(owner=case.owner).count() >= 2


@commits
def test_a_day_is_told_in_one_email(owner: Api, case: Recovery, clock: Any) -> None:
    other = case_of(owner)
    move(case.pk, 2, 3)
    comment_create(recovery=other, values={"comment": "<p>Jane Smith called</p>", "visible_to_user": True}, by=None)
    tell_notices()
    at(clock, 26, 7, 29)
    tell_notices()
    assert told() == []
    at(clock, 26, 7, 30)
    assert tell_notices() == 1
    [letter] = mail.outbox
    assert (letter.to, letter.subject) == (
        [owner.user.email],
        "Vos dossiers au 26/11/2026\xa0: du nouveau sur 2 dossiers",
    )
    for said in (
        case.recovery_reference,
        other.recovery_reference,
        "Statut\xa0: Relance 2",
        "Un commentaire a été écrit.",
    ):
        assert said in letter.body, said
        assert said in letter.alternatives[0][0].replace("&nbsp;", "\xa0"), said
    assert "dû à ce jour\xa0: 140,00 €" in letter.body
    for name in ("Jane", "Smith", "Oak", str(case.debtor)):
        assert name not in letter.body + letter.alternatives[0][0]
    sent = letter.message()
    assert sent["List-Unsubscribe"].startswith("<http")
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert sent["Auto-Submitted"] == "auto-generated"
    tell_notices()
    assert len(mail.outbox) == 1
    assert not Waiting.objects.exists()


@commits
def test_what_a_client_did_and_what_it_hears_from_letters_is_not_told_again(owner: Api, case: Recovery) -> None:
    acompte_record(recovery_id=case.pk, amount=Decimal(10), day=date(2026, 11, 24), method="Virement", by=None)
    assert [letter for letter in told() if letter[0] == [owner.user.email]] == [
        ([owner.user.email], f"Paiement reçu – dossier {case.recovery_reference}")
    ]
    happened = list(Event.objects.order_by("id").values_list("type", flat=True))
    assert {"recovery.created", "payment.recorded"} <= set(happened)
    assert events_read() == len(happened)
    assert not Waiting.objects.exists()


@commits
def test_a_promise_of_the_debtor_is_told_at_once_and_cannot_be_left(owner: Api, case: Recovery) -> None:
    promise_note(recovery_id=case.pk, amount=Decimal("50.00"), promised=date(2026, 12, 15), by=None)
    assert tell_notices() == 1
    [letter] = mail.outbox
    assert (letter.to, letter.message()["List-Unsubscribe"]) == ([owner.user.email], None)
    assert "Le débiteur promet de payer 50,00 € d’ici au 15/12/2026." in letter.body.replace("\xa0", " ")


@commits
def test_a_group_is_told_at_once_to_those_who_have_confirmed(owner: Api, case: Recovery, system_setting: Any) -> None:
    recipients = ["one@example.com", "two@example.com", "held@example.com"]
    Preference.objects.create(
        owner=owner.user, group="status_and_court", mode="instant", recipients=recipients, language="en"
    )
    for email in recipients[::2]:
        Recipient.objects.create(owner=owner.user, email=email, confirmed_at=START)
    recipient_hold(owner_id=owner.user.pk, email="Held@example.com", reason="x")
    move(case.pk, 2)
    tell_notices()
    assert told() == [(["one@example.com"], f"Status and court – {case.recovery_reference}")]
    system_setting(SEND_CLIENT_NOTICES=False)
    move(case.pk, 3)
    tell_notices()
    assert told() == []


@commits
def test_a_group_that_was_switched_off_meanwhile_is_not_sent(
    owner: Api,
    case: Recovery,
    moods: list[Exception],  # noqa: F811
) -> None:
    Preference.objects.create(
        owner=owner.user, group="status_and_court", mode="instant", recipients=[owner.user.email], language="fr"
    )
    move(case.pk, 2)
    moods += [TimeoutError()] * 2
    tell_notices()
    notice = Notice.objects.get()
    assert notice.state == "queued"
    Preference.objects.update(mode="off")
    Notice.objects.update(due_at=START, claimed_until=None)
    moods.clear()
    sweep_notices()
    notice.refresh_from_db()
    assert (notice.state, notice.error, told()) == ("cancelled", "Left", [])


# --- once, whatever happens ------------------------------------------------------------------------------------------
@commits
@needs_postgresql
def test_the_event_of_a_slow_transaction_is_not_passed_by(stranger: Api, case: Recovery) -> None:
    told_first, may_commit = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                move(case.pk, 2)
                told_first.set()
                may_commit.wait(20)
        finally:
            connections.close_all()

    other = case_of(stranger)  # The counts of cases of one account are one row.
    events_read()
    thread = threading.Thread(target=slow)
    thread.start()
    assert told_first.wait(20)
    move(other.pk, 2)
    events_read()
    assert not Waiting.objects.exists()  # What came later waits too: order is that of the transactions.
    may_commit.set()
    thread.join()
    events_read()
    assert events_read() == 0
    waiting = set(Waiting.objects.values_list("event_id", flat=True))
    assert waiting == set(Event.objects.filter(type="recovery.status_changed").values_list("pk", flat=True))
    assert len(waiting) == 2


@commits
@needs_postgresql
def test_many_workers_tell_each_event_once(owner: Api, case: Recovery, clock: Any) -> None:
    for _one in range(5):
        move(case_of(owner).pk, 2)
    Preference.objects.create(
        owner=owner.user, group="documents_and_comments", mode="instant", recipients=[owner.user.email], language="fr"
    )
    comment_create(recovery=case, values={"comment": "<p>A</p>", "visible_to_user": True}, by=None)
    at(clock, 26, 8)
    at_once(6, lambda _number: tell_notices())
    assert sorted(Notice.objects.values_list("group", "state")) == [
        ("digest", "sent"),
        ("documents_and_comments", "sent"),
    ]
    assert len(told()) == 2
    ids = [pk for notice in Notice.objects.all() for pk in notice.event_ids]
    assert len(ids) == len(set(ids)) == 6


@commits
def test_who_is_stopped_while_writing_has_told_nothing_and_the_next_one_tells_all(
    case: Recovery, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    move(case.pk, 2)
    at(clock, 26, 8)
    real = notice_writers.clients.news

    def stopped(*args: Any) -> Any:
        real(*args)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(notice_writers.clients, "news", stopped)
        with pytest.raises(KeyboardInterrupt):
            tell_notices()
    assert (Notice.objects.count(), Waiting.objects.count()) == (0, 1)
    tell_notices()
    assert (Notice.objects.get().state, Waiting.objects.count()) == ("sent", 0)


# --- addresses that refuse -------------------------------------------------------------------------------------------
@commits
def test_an_address_that_a_mail_server_refuses_is_held(
    owner: Api,
    case: Recovery,
    clock: Any,
    moods: list[Exception],  # noqa: F811
) -> None:
    move(case.pk, 2)
    at(clock, 26, 8)
    moods.append(SMTPRecipientsRefused({owner.user.email: (550, b"no such user")}))
    tell_notices()
    held, notice = Recipient.objects.get(), Notice.objects.get()
    assert (held.email, held.held_reason, notice.state) == (owner.user.email, "SMTPRecipientsRefused", "failed")
    move(case.pk, 3)
    at(clock, 26, 23)
    tell_notices()
    clock.shift(timedelta(days=1))
    tell_notices()
    assert told() == []
    acompte_record(recovery_id=case.pk, amount=Decimal(10), day=date(2026, 11, 24), method="Virement", by=None)
    assert [owner.user.email] in [to for to, _subject in told()]  # The law has it told.
    with pytest.raises(Forbidden):
        notice_resend(notice_id=notice.pk + 1000, by=None)


# --- by itself -------------------------------------------------------------------------------------------------------
@commits
def test_the_week_is_told_on_monday(owner: Api, case: Recovery, clock: Any) -> None:
    tell_notices()  # The first round of an installation is not gone.
    acompte_record(recovery_id=case.pk, amount=Decimal(10), day=date(2026, 11, 24), method="Virement", by=None)
    told()
    at(clock, 30, 7, 30)
    Round.objects.update(claimed_until=now() + timedelta(minutes=9))  # Whoever has begun it is stopped.
    tell_notices()
    assert told() == []
    clock.shift(timedelta(minutes=10))
    tell_notices()
    [letter] = mail.outbox
    assert letter.subject == "Vos dossiers, semaine du 23/11/2026 au 29/11/2026"
    for said in ("Dossiers ouverts dans la semaine\xa0: 1", "Argent reçu\xa0: 10,00 €", "Dossiers ouverts\xa0: 1"):
        assert said in letter.body, said
    assert "List-Unsubscribe" in letter.message()
    clock.shift(timedelta(days=3))
    tell_notices()
    assert len(mail.outbox) == 1


@commits
def test_the_morning_tells_what_passed_and_what_is_held_and_is_silent_on_days_off(
    owner: Api, case: Recovery, clock: Any
) -> None:
    handler = person("handler")
    case_assign(recovery_id=case.pk, handler=handler, by=None)
    Recovery.objects.filter(pk=case.pk).update(next_deadline=date(2026, 11, 20))
    Round.objects.create(name="my_cases", day=date(2026, 11, 27))
    for day in (28, 29):  # a Saturday and a Sunday
        at(clock, day, 7)
        tell_notices()
    assert told() == []
    at(clock, 30, 7)
    tell_notices()
    [letter] = mail.outbox
    assert "Legal dates passed: 1\n" in letter.body
    assert "?deadline=overdue&handler=me" in letter.body.replace("&amp;", "&")


@commits
def test_the_morning_counts_what_its_links_show(owner: Api, case: Recovery, clock: Any) -> None:
    manager, colleague = person("manager"), person("handler")
    others = case_of(owner)
    for one, who in ((case, manager), (others, colleague)):
        case_assign(recovery_id=one.pk, handler=who, by=None)
        Message.objects.create(recovery=one, kind="relance_1", state="held", recipient="x@example.com")
    facts = {"who": "Lise Arnaud", "about": "Fictive"}
    task_open(
        kind="read_note", recovery_id=others.pk, due_on=today(), sentence_facts=facts, subject="1", assignee=manager
    )
    Round.objects.create(name="my_cases", day=date(2026, 11, 25))
    at(clock, 26, 7)
    tell_notices()
    [letter] = [message for message in mail.outbox if message.to == [manager.email]]
    assert "Letters held: 1\n" in letter.body
    assert "Of these, notes that mention you: 1\n" in letter.body
    assert "Fictive" not in letter.body
    urls = [line.strip().partition("/admin/")[2] for line in letter.body.replace("&amp;", "&").splitlines()]
    browser = browser_of(manager)
    [held] = [url for url in urls if "state__exact=held" in url]
    assert [row.recovery for row in browser.get(f"/admin/{held}").context["cl"].result_list] == [case]
    [notes] = [url for url in urls if "read_note" in url]
    assert others.recovery_reference in browser.get(f"/admin/{notes}").content.decode()


@commits
def test_handlers_are_told_in_the_morning_how_much_waits(owner: Api, case: Recovery, clock: Any) -> None:
    handler = person("handler")
    case_assign(recovery_id=case.pk, handler=handler, by=None)
    Recovery.objects.filter(pk=case.pk).update(next_deadline=date(2026, 11, 26))
    Round.objects.create(name="my_cases", day=date(2026, 11, 25))
    at(clock, 26, 6, 59)
    tell_notices()
    assert told() == []
    at(clock, 26, 7)
    tell_notices()
    [letter] = mail.outbox
    assert (letter.to, letter.subject) == ([handler.email], "1 case to act on today")
    assert "/admin/recoveries/recovery/?work=today" in letter.body
    assert "Legal dates passed: 1\n" not in letter.body
    assert case.recovery_reference not in letter.body
    tell_notices()
    User.objects.filter(pk=handler.pk).update(morning_mail=False)
    clock.shift(timedelta(days=1))
    tell_notices()
    assert [message.to for message in mail.outbox].count([handler.email]) == 1
