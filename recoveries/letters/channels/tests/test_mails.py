"""What comes back to the mailbox is put on its message and its case, over the wire."""

from decimal import Decimal
from pathlib import Path
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from events.notices.delivery import notice_deliver
from events.notices.groups import Group
from events.notices.models import Notice, Preference, Recipient
from events.notices.ports import Words
from events.notices.recipients import legal_recipients
from events.notices.telling import notice_write
from legalcity.lib.clock import now, today
from legalcity.lib.emails.returning import return_token
from legalcity.lib.emails.rows import Email
from legalcity.lib.emails.smtp import AnswerLost
from recoveries.court.tests.transfers import refusing_rows
from recoveries.desk.tests.pages import opened, words
from recoveries.ledger.services import acompte_record
from recoveries.letters.channels.delivering import message_deliver
from recoveries.letters.channels.facts import fact_record
from recoveries.letters.channels.mail_intake import mail_take
from recoveries.letters.channels.tasks import poll_mailboxes
from recoveries.letters.channels.tests.imap_server import Mails, imap_server
from recoveries.letters.creditor_notices import creditor_notice_deliver
from recoveries.letters.services import message_send
from recoveries.letters.tests.test_emails import Moody, moods  # noqa: F401 - fixtures
from recoveries.models import (
    Comment,
    CreditorNotice,
    FormalNotice,
    InboundMail,
    Message,
    MessageFact,
    PartyFact,
    Recovery,
    StaffTask,
)
from tests.backoffice import act, page_of
from tests.told import last_event, told_since

FIXTURES = Path(__file__).parent / "mails"
TOKEN = "0f8fad5bd9cb469fa16570867728950e"
TO = "debtor@example.com"


@pytest.fixture
def mailbox(settings: Any):
    with imap_server() as (box, mails):
        settings.BOUNCE_MAILBOX = box
        settings.REPLY_MAILBOX = box._replace(address="reponses@firm.example")
        yield mails


def sent(case: Recovery, kind: str = "relance_1") -> Message:
    message = message_send(case_id=case.pk, kind=kind, to=TO, by=None)
    message_deliver(message_id=message.pk, moment=now())
    message.refresh_from_db()
    assert message.state == "sent"
    return message


def written(name: str, message: Message, recipient: str = TO) -> bytes:
    """A mail of the fixtures, about a message of ours."""
    raw = (FIXTURES / name).read_bytes().replace(TOKEN.encode(), message.client_token.hex.encode())
    return raw.replace(b"inconnu@societe.example", recipient.encode())


def test_each_message_has_a_name_and_addresses_of_its_own(case: Recovery, mailbox: Mails) -> None:
    message = sent(case)
    [out] = mail.outbox
    token = message.client_token.hex
    assert out.from_email == f"retours+{token}@firm.example"
    assert out.reply_to == [f"reponses+{token}@firm.example"]
    assert out.message()["From"] == "Cabinet Morvan <noreply@localhost>"
    assert out.message()["Message-ID"] == message.header_id == f"<{token}@localhost>"
    assert out.message()["Auto-Submitted"] == "auto-generated"


def test_without_mailboxes_the_firm_is_answered(case: Recovery, system_setting: Any) -> None:
    system_setting(FIRM_EMAIL="cabinet@firm.example")
    sent(case)
    assert mail.outbox[0].reply_to == ["cabinet@firm.example"]
    assert mail.outbox[0].from_email == "Cabinet Morvan <noreply@localhost>"


@pytest.mark.parametrize("server", ["postfix", "exim", "exchange", "gmail", "qmail"])
def test_a_bounce_is_put_on_its_message_and_the_address_is_wrong(case: Recovery, mailbox: Mails, server: str) -> None:
    message = sent(case, "mise_en_demeure")
    assert FormalNotice.objects.get().state == "sent"
    mailbox.put(written(f"{server}.eml", message))
    last = last_event()
    assert poll_mailboxes() == 1
    message.refresh_from_db()
    assert message.state == "bounced"
    assert [(fact.kind, fact.source) for fact in message.facts.all()] == [("sent", "smtp"), ("bounced", "smtp")]
    assert PartyFact.objects.get().value == TO
    assert FormalNotice.objects.get().state == "failed"
    task = StaffTask.objects.get()
    assert (task.kind, task.recovery_id) == ("message_bounced", case.pk)
    assert told_since(last) == ["message.bounced"]


def test_the_same_mail_is_taken_once(case: Recovery, mailbox: Mails) -> None:
    raw = written("postfix.eml", sent(case))
    mailbox.put(raw)
    mailbox.hangs_up_at = "STORE"
    poll_mailboxes()
    poll_mailboxes()
    assert mail_take(raw) is None
    assert (InboundMail.objects.count(), MessageFact.objects.filter(kind="bounced").count()) == (1, 1)


def test_a_mail_that_the_database_refuses_stays_unread_for_a_person(case: Recovery, mailbox: Mails) -> None:
    """Whatever it refuses it for, but that the mail was taken before."""
    raw = written("postfix.eml", sent(case))
    mailbox.put(raw)
    with refusing_rows(MessageFact._meta.db_table):
        assert poll_mailboxes() == 0
    assert [each.subject for each in InboundMail.objects.all()] == ["A mail that could not be read"]
    assert mail_take(raw) is not None


def test_a_full_mailbox_and_one_that_is_late_leave_the_address_alone(case: Recovery, mailbox: Mails) -> None:
    message = sent(case)
    mailbox.put(written("postfix_delayed.eml", message))
    poll_mailboxes()
    message.refresh_from_db()
    assert (message.state, [fact.kind for fact in message.facts.all()]) == ("sent", ["sent", "delayed"])
    mailbox.put(written("exim_report.eml", message))
    poll_mailboxes()
    message.refresh_from_db()
    assert message.state == "bounced"
    assert not PartyFact.objects.exists()


def test_an_answer_is_a_note_for_staff_alone(case: Recovery, mailbox: Mails, office: Client) -> None:
    message = sent(case)
    mailbox.put(written("reply.eml", message))
    poll_mailboxes()
    message.refresh_from_db()
    assert (message.state, [fact.kind for fact in message.facts.all()]) == ("sent", ["sent", "replied"])
    note = Comment.objects.get()
    assert "la facture a été réglée le 2 mars. Voir le <b>relevé</b> joint." in note.text
    assert "&lt;b&gt;" in note.html
    assert [note.visible_to_user, note.visible_to_debtor, note.visible_to_bailiff] == [False] * 3
    assert "jean.martin@societe.example" in words(opened(office, case))
    task = StaffTask.objects.get()
    assert (task.kind, task.recovery_id) == ("reply_received", case.pk)
    assert office.get(task.fix_url).status_code == 200


def test_machines_are_not_listened_to_and_strangers_wait_for_staff(
    case: Recovery, mailbox: Mails, office: Client
) -> None:
    message = sent(case)
    mailbox.put(written("absence.eml", message), (FIXTURES / "stranger.eml").read_bytes())
    assert poll_mailboxes() == 2
    assert [fact.kind for fact in message.facts.all()] == ["sent"]
    assert not Comment.objects.exists()
    [stranger] = InboundMail.objects.unread()
    assert (stranger.sender, stranger.text) == ("quelquun@ailleurs.example", "Je n'ai rien commandé.")
    assert "Votre courrier" in office.get("/admin/").content.decode()
    assert "Je n&#x27;ai rien commandé" in office.get(page_of(InboundMail, "change", stranger.pk)).content.decode()
    assert act(office, stranger, "mail-handled").status_code == 302
    stranger.refresh_from_db()
    assert (stranger.handled_by.email, InboundMail.objects.unread().count()) == ("chief@example.com", 0)


def test_a_mail_that_cannot_be_read_waits_for_staff_and_stops_no_other(
    case: Recovery, mailbox: Mails, office: Client
) -> None:
    mailbox.put(b"Subject: lost", written("reply.eml", sent(case)))
    mailbox.broken.add(1)
    assert poll_mailboxes() == 1
    assert (mailbox.seen, mailbox.flagged) == ({2}, {1})
    [aside] = InboundMail.objects.unread()
    page = office.get(page_of(InboundMail, "change", aside.pk)).content.decode()
    assert "A mail that could not be read" in page
    assert "once the flag is taken away, it is tried again" in page
    act(office, aside, "mail-handled")
    mailbox.flagged.clear()
    poll_mailboxes()  # Still broken: staff are told once more.
    assert list(InboundMail.objects.unread()) == [aside]
    mailbox.flagged.clear()
    mailbox.broken.clear()
    assert poll_mailboxes() == 1


def test_news_that_come_late_undo_nothing(case: Recovery) -> None:
    message = sent(case)
    for kind in ("delivered", "sent", "bounced", "delayed"):
        fact_record(message_id=message.pk, kind=kind, at=now(), source="provider", provider_id=kind)
    assert fact_record(message_id=message.pk, kind="opened", at=now(), source="provider", provider_id="sent") is None
    message.refresh_from_db()
    assert message.state == "delivered"
    assert message.facts.count() == 5


def test_an_answer_that_is_lost_after_the_data_is_left_to_a_person_and_keeps_its_name(
    case: Recovery,
    office: Client,
    moods: list[Exception],  # noqa: F811
) -> None:
    Moody.moods = [AnswerLost()]
    message = message_send(case_id=case.pk, kind="relance_1", to=TO, by=None)
    assert message_deliver(message_id=message.pk, moment=now()) is None
    message.refresh_from_db()
    assert (message.state, message.error, mail.outbox) == ("failed", "Interrupted", [])
    assert StaffTask.objects.get().kind == "message_unknown"
    assert "Messages that did not arrive" in office.get("/admin/").content.decode()
    name = message.header_id
    assert act(office, message, "resend-message").status_code == 302
    message_deliver(message_id=message.pk, moment=now())
    message.refresh_from_db()
    assert (message.state, message.header_id) == ("sent", name)
    assert mail.outbox[0].message()["Message-ID"] == name


def test_a_server_that_hangs_up_before_the_data_is_tried_again(
    case: Recovery,
    moods: list[Exception],  # noqa: F811
) -> None:
    Moody.moods = [SMTPServerDisconnected("x")]
    message = message_send(case_id=case.pk, kind="relance_1", to=TO, by=None)
    assert message_deliver(message_id=message.pk, moment=now()) is not None
    message.refresh_from_db()
    assert message.state == "queued"


# --- notices to clients ----------------------------------------------------------------------------------------------
@pytest.fixture
def notice(case: Recovery, mailbox: Mails) -> Notice:
    """A notice to the client that went out."""
    found = notice_write(case.owner_id, Group.SCORING.value, "1", TO, Words("Scoring", "text", "<p>text</p>"))
    Preference.objects.create(owner_id=case.owner_id, group=Group.SCORING, mode="instant", recipients=[TO])
    Recipient.objects.create(owner_id=case.owner_id, email=TO, asked_at=now(), confirmed_at=now())
    notice_deliver(notice_id=found.pk, moment=now())
    found.refresh_from_db()
    assert found.state == "sent"
    return found


def returned(name: str, notice: Email) -> bytes:
    """A mail of the fixtures, about a notice."""
    raw = (FIXTURES / name).read_bytes().replace(TOKEN.encode(), return_token(notice).hex.encode())
    return raw.replace(b"inconnu@societe.example", notice.recipient.encode())


def test_a_notice_leaves_under_a_name_of_its_own(notice: Notice) -> None:
    [out] = mail.outbox
    assert out.from_email == f"retours+{return_token(notice).hex}@firm.example"
    assert out.message()["From"] == "Cabinet Morvan <noreply@localhost>"


def test_the_address_of_a_notice_that_bounces_is_held(notice: Notice, mailbox: Mails) -> None:
    mailbox.put(returned("postfix_delayed.eml", notice))
    poll_mailboxes()
    assert not Recipient.objects.filter(held_at__isnull=False).exists()
    mailbox.put(returned("postfix.eml", notice))
    poll_mailboxes()
    held = Recipient.objects.get(held_at__isnull=False)
    assert (held.owner_id, held.email, held.held_reason) == (notice.owner_id, TO, "Bounced 5.1.1")
    notice.refresh_from_db()
    assert (notice.state, notice.error) == ("failed", "Bounced")
    assert InboundMail.objects.filter(handled_at=None).count() == 0


def test_a_full_mailbox_of_a_client_is_written_to_again(notice: Notice, mailbox: Mails) -> None:
    mailbox.put(returned("exim_report.eml", notice))
    poll_mailboxes()
    notice.refresh_from_db()
    assert (notice.state, Recipient.objects.filter(held_at__isnull=False).count()) == ("failed", 0)


def test_the_answer_of_a_person_to_a_notice_waits_for_staff(notice: Notice, mailbox: Mails) -> None:
    mailbox.put(returned("reply.eml", notice))
    poll_mailboxes()
    answer = InboundMail.objects.get()
    assert (answer.sort, answer.message, answer.handled_at) == ("reply", None, None)
    notice.refresh_from_db()
    assert notice.state == "sent"


def test_a_name_that_we_did_not_give_holds_nobody(notice: Notice, mailbox: Mails) -> None:
    made_up = (FIXTURES / "postfix.eml").read_bytes().replace(b"inconnu@societe.example", TO.encode())
    mailbox.put(made_up)
    poll_mailboxes()
    notice.refresh_from_db()
    assert (notice.state, InboundMail.objects.filter(handled_at=None).count()) == ("sent", 1)
    mailbox.put(returned("exim.eml", notice).replace(TO.encode(), b"forwarded@example.com"))
    poll_mailboxes()
    notice.refresh_from_db()
    assert (notice.state, Recipient.objects.filter(held_at__isnull=False).count()) == ("failed", 0)


def test_what_tells_of_money_bounces_to_the_account_itself(case: Recovery, mailbox: Mails) -> None:
    choice = {"group": Group.MONEY_RECEIVED, "mode": "instant", "recipients": [TO], "language": "fr"}
    Preference.objects.create(owner_id=case.owner_id, **choice)
    Recipient.objects.create(owner_id=case.owner_id, email=TO, asked_at=now(), confirmed_at=now())
    acompte_record(recovery_id=case.pk, amount=Decimal(10), day=today(), method="Virement", by=None)
    told = CreditorNotice.objects.get(recipient=TO)
    creditor_notice_deliver(notice_id=told.pk, moment=now())
    mailbox.put(returned("postfix.eml", told))
    poll_mailboxes()
    told.refresh_from_db()
    assert (told.state, Recipient.objects.get(email=TO).held_at is not None) == ("failed", True)
    assert legal_recipients(case.owner, Group.MONEY_RECEIVED).recipients == (case.owner.email,)


def test_a_mail_with_a_nul_in_its_name_is_taken_as_any_other(case: Recovery, mailbox: Mails) -> None:
    message = sent(case)
    mailbox.put(
        b"Message-ID: <a\x00b@c.example>\r\nFrom: a@b.example\r\n\r\nhello",
        f"Message-ID: <x@y>\r\nFrom: {TO}\r\nIn-Reply-To: {message.header_id}\r\n\r\nI pay.".encode(),
    )
    poll_mailboxes()
    assert InboundMail.objects.count() == 2
    assert InboundMail.objects.get(message=message).text == "I pay."
