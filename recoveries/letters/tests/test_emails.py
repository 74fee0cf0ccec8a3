"""Reminders to debtors: written on the page of a case, frozen, sent once, whatever the mail server does."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, transaction
from django.test import Client

from accounts.models import AuditEvent
from companies.models import Company
from legalcity.lib.claims import left_behind
from legalcity.lib.clock import now
from recoveries.desk.tests.pages import assert_refused, case_of, office_of, opened, words
from recoveries.letters.channels.delivering import message_deliver
from recoveries.letters.jobs import JOB
from recoveries.letters.services import message_send
from recoveries.letters.tasks import send_email, sweep_emails
from recoveries.models import Message, Recovery, StatusChange
from recoveries.services.cases import recovery_delete, recovery_lock
from tests.backoffice import act, browser_of, chief, page_of
from tests.factories import Api, add_status, move
from tests.letters import FREE
from tests.races import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_process")]
commits = pytest.mark.django_db(transaction=True, serialized_rollback=True)
TO = "debtor@example.com"


class Moody(EmailBackend):
    """A mail server that answers as `moods` says, then as it should."""

    moods: list[Exception] = []

    def send_messages(self, messages: Any) -> int:
        if self.moods:
            raise self.moods.pop(0)
        return super().send_messages(messages)


@pytest.fixture
def moods(settings: Any) -> Iterator[list[Exception]]:
    settings.EMAIL_BACKEND = f"{__name__}.Moody"
    Moody.moods = []
    yield Moody.moods
    Moody.moods = []


@pytest.fixture(autouse=True)
def firm(system_setting: Any) -> None:
    """A firm that may write, as often as it likes: what the guard refuses is proved beside this (test_guard.py)."""
    system_setting(**FREE)


@pytest.fixture
def office(db: None) -> Client:
    return browser_of(chief())


def reminded(case: Recovery, **values: Any) -> Message:
    return message_send(**{"case_id": case.pk, "kind": "relance_1", "to": TO, "by": None, **values})


def steps_of(case: Recovery) -> list[tuple[Any, ...]]:
    """The history of a case: from, to, who, why; and the case is where it ends."""
    steps = StatusChange.objects.filter(recovery=case).order_by("id")
    told = list(steps.values_list("from_status_id", "to_status_id", "user__email", "comment"))
    assert Recovery.objects.get(pk=case.pk).status_id == told[-1][1]
    return told


def fresh(email: Message) -> Message:
    return Message.objects.get(pk=email.pk)


# --- written ---------------------------------------------------------------------------------------------------------


@commits
def test_a_reminder_goes_out_and_stands_in_the_timeline(owner: Api, system_setting: Any) -> None:
    office, case = browser_of(chief()), case_of(owner, debtor={"company_email": TO})
    system_setting(FIRM_NAME="Cabinet Dupont")
    page = office.get(page_of(Recovery, "action", case.pk, "send-reminder"))
    assert (page.context["form"].initial["to"], page.context["form"].initial["kind"]) == (TO, "relance_1")
    assert "mettons en demeure" in page.content.decode()
    answer = act(
        office, case, "send-reminder", channel="email", kind="relance_1", to=TO, extra="Merci d'avance.", move="on"
    )
    assert answer.status_code == 302
    [message] = mail.outbox
    assert message.to == [TO]
    assert message.subject == f"Rappel de paiement – dossier {case.recovery_reference}"
    for said in (
        "Cabinet Dupont",
        "FR76 3000 6000 0112 3456 7890 189",
        "100,00 €",
        "L111-8",
        "Merci d'avance.",
        "20/11/2025",
    ):
        assert said in message.body, said
    assert "L111-8" in message.alternatives[0][0]
    email = Message.objects.get()
    assert (email.state, email.text, email.user.email) == ("sent", message.body, "chief@example.com")
    assert email.sent_at is not None
    assert steps_of(case)[-1] == (1, 2, "chief@example.com", "Relance 1\xa0: envoi par e-mail.")
    assert "E-mail to the debtor" in words(opened(office, case, "?kind=email"))
    assert AuditEvent.objects.get(action="send-reminder").succeeded
    assert office.get(page_of(Message, "change", email.pk)).status_code == 200


@pytest.mark.same_everywhere
def test_a_letter_ends_with_the_legal_form_of_the_firm(owner: Api, system_setting: Any) -> None:
    case = case_of(owner)
    system_setting(
        FIRM_NAME="Cabinet Dupont", FIRM_LEGAL_FORM="SELARL", FIRM_CAPITAL="10 000 EUR", FIRM_SIREN="732829320",
        FIRM_RCS="Paris", FIRM_VAT_NUMBER="FR44732829320",
    )  # fmt: skip
    letter = reminded(case)
    for told in (letter.text, letter.html):
        assert "Cabinet Dupont, SELARL au capital de 10 000 EUR – 12 rue de la Paix, 75002 Paris" in told
        assert "SIREN 732829320 – RCS Paris – N° TVA FR44732829320" in told


def test_later_reminders_name_the_first_one(owner: Api) -> None:
    case = case_of(owner)
    first = reminded(case)
    Message.objects.filter(pk=first.pk).update(state="sent", sent_at=datetime(2026, 3, 2, 9, tzinfo=UTC))
    assert "lettre du 02/03/2026" in reminded(case, kind="mise_en_demeure").text
    assert "lettre du" not in first.text


@pytest.mark.same_everywhere
def test_figures_are_those_of_the_statement(owner: Api) -> None:
    case = case_of(
        owner, recovery={"assign_to_me": False, "recovery_late_interest": True, "recovery_interest_rate": "no"}
    )
    with time_machine.travel(datetime(2026, 12, 30, 9, tzinfo=UTC)):  # Later rates are staff's to enter.
        text = reminded(case).text
    assert "intérêts de retard (art. L441-10 C. com.)" in text
    assert "indemnités forfaitaires pour frais de recouvrement (art. D441-5 C. com.) : 40,00 €" in text


@pytest.mark.same_everywhere
def test_a_long_list_of_invoices_is_cut(owner: Api) -> None:
    case = case_of(owner, invoices=[{"invoice_number": f"F-{n}"} for n in range(60)])
    email = reminded(case)
    assert email.text.count("reste dû") == 50
    assert "et 10 autres créances" in email.text
    assert "principal : 6 000,00 €" in email.text.replace("\xa0", " ").replace("\u202f", " ")


@pytest.mark.same_everywhere
def test_hostile_names_are_words(owner: Api) -> None:
    case = case_of(owner)
    Company.objects.filter(pk=case.debtor_id).update(company_name="<b>A</b>\r\nBcc: x@example.com {{ case }}")
    email = reminded(case, extra="<script>1</script>")
    assert "<b>" not in email.html
    assert "<script>" not in email.html
    assert "<b>A</b>" in email.text
    assert "\n" not in email.subject


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("to", ""),
        ("to", "x"),
        ("to", "a@example.com\nBcc: b@example.com"),
        ("to", "a@example.com,b@example.com"),
        ("to", "a" * 300 + "@example.com"),
        ("kind", "relance_9"),
        ("channel", ""),
        ("channel", "pigeon"),
        ("extra", "x" * 2001),
        ("extra", "a\x00b"),
    ],
)
def test_what_cannot_be_sent_comes_back(office: Client, owner: Api, field: str, value: str) -> None:
    case = case_of(owner)
    sent = {"kind": "relance_1", "channel": "email", "to": TO, "extra": ""}
    answer = act(office, case, "send-reminder", **{**sent, field: value})
    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    assert not Message.objects.exists()


def test_a_move_that_the_life_cycle_does_not_have_sends_nothing(office: Client, owner: Api) -> None:
    case = case_of(owner)
    move(case.pk, 2, 3, 4)
    answer = act(office, case, "send-reminder", channel="email", kind="relance_1", to=TO, extra="", move="on")
    assert answer.status_code == 200
    assert answer.context["form"].non_field_errors()
    assert not Message.objects.exists()


def test_who_may_not_move_cases_is_not_asked_to(owner: Api) -> None:
    case = case_of(owner)
    form = office_of("handler").get(page_of(Recovery, "action", case.pk, "send-reminder")).context["form"]
    assert "move" in form.fields
    assert office_of("accountant").get(page_of(Recovery, "action", case.pk, "send-reminder")).status_code in (302, 403)


def test_a_closed_case_is_not_reminded(office: Client, owner: Api) -> None:
    case = case_of(owner)
    Recovery.objects.filter(pk=case.pk).update(status_id=9)
    assert act(office, case, "send-reminder", channel="email", kind="relance_1", to=TO, extra="").status_code == 302
    assert not Message.objects.exists()


def test_a_consumer_is_not_asked_for_what_is_time_barred(office: Client, owner: Api) -> None:
    old = {"invoice_date": "2020-01-01", "invoice_due_date": "2020-02-01"}
    case = case_of(owner, debtor={"company_type": "particular"}, invoices=[old])
    assert_refused(
        act(office, case, "send-reminder", channel="email", kind="relance_1", to=TO, extra=""),
        "What is due is time-barred and may not be asked for from a consumer",
    )
    assert not Message.objects.exists()
    assert (
        act(
            office, case_of(owner, invoices=[old]), "send-reminder", channel="email", kind="relance_1", to=TO
        ).status_code
        == 302
    )


# --- sent ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "before", "status"), [("relance_1", (), 2), ("relance_2", (2,), 3)])
def test_the_case_moves_when_its_letter_was_sent_and_not_before(
    owner: Api, kind: str, before: tuple[int, ...], status: int
) -> None:
    case = case_of(owner)
    move(case.pk, *before)
    steps = steps_of(case)
    email = reminded(case, kind=kind, by=chief(), moves_case=True)
    assert steps_of(case) == steps
    message_deliver(message_id=email.pk, moment=now())
    reason = f"{email.get_kind_display()}\xa0: envoi par e-mail."
    assert steps_of(case) == [*steps, (status - 1, status, "chief@example.com", reason)]


def test_a_formal_notice_by_email_moves_no_case_since_nothing_proves_it(owner: Api) -> None:
    case = case_of(owner)
    move(case.pk, 2, 3)
    steps = steps_of(case)
    message_deliver(message_id=reminded(case, kind="mise_en_demeure", moves_case=True).pk, moment=now())
    assert (Message.objects.get().state, steps_of(case)) == ("sent", steps)


def test_a_letter_that_was_not_to_move_its_case_leaves_it(owner: Api) -> None:
    case = case_of(owner)
    message_deliver(message_id=reminded(case).pk, moment=now())
    assert len(steps_of(case)) == 1


@pytest.mark.parametrize("mood", [SMTPDataError(554, b"spam"), TimeoutError()])
def test_a_letter_that_fails_leaves_the_case_where_it_is(owner: Api, moods: list[Exception], mood: Exception) -> None:
    case = case_of(owner)
    email = reminded(case, moves_case=True)
    moods += [mood] * 6
    for _attempt in range(6):
        Message.objects.update(due_at=now())
        sweep_emails()
    assert fresh(email).state == "failed"
    assert len(steps_of(case)) == 1


def test_a_case_that_went_elsewhere_meanwhile_stays_there(owner: Api) -> None:
    case = case_of(owner)
    email = reminded(case, moves_case=True)
    move(case.pk, 2, 3)
    message_deliver(message_id=email.pk, moment=now())
    assert (fresh(email).state, fresh(email).error) == ("sent", "")
    assert steps_of(case)[-1][1] == 3


@pytest.mark.parametrize("meanwhile", [8, 9, 10, 200])
def test_the_letter_of_a_case_that_was_closed_meanwhile_stays_in(owner: Api, meanwhile: int) -> None:
    add_status(200, group=7, is_closing=True)
    case = case_of(owner)
    email = reminded(case, moves_case=True)
    move(case.pk, meanwhile)
    message_deliver(message_id=email.pk, moment=now())
    assert (fresh(email).state, mail.outbox) == ("cancelled", [])
    assert steps_of(case)[-1][1] == meanwhile


def test_a_case_that_was_moved_there_by_hand_meanwhile_moves_once(owner: Api) -> None:
    case = case_of(owner)
    email = reminded(case, kind="mise_en_demeure", moves_case=True)
    move(case.pk, 4)
    message_deliver(message_id=email.pk, moment=now())
    assert len(steps_of(case)) == 2


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="races need PostgreSQL")
@commits
def test_a_letter_that_was_sent_and_the_deletion_of_its_case_do_not_wait_for_each_other(owner: Api) -> None:
    for _round in range(5):
        case = case_of(owner)
        email = reminded(case, moves_case=True)
        Message.objects.update(state="queued", sent_at=None)
        Recovery.objects.filter(pk=case.pk).update(status_id=1)

        def deleted(pk: int = case.pk) -> None:
            with transaction.atomic():
                recovery_delete(recovery=recovery_lock(recovery_id=pk), by=None)

        acts = [partial(message_deliver, message_id=email.pk, moment=now()), deleted]
        at_once(2, lambda number, acts=acts: acts[number]())
        assert not Recovery.objects.filter(pk=case.pk).exists()


def test_it_says_that_no_person_typed_it_and_where_it_comes_from(owner: Api, settings: Any) -> None:
    settings.EMAIL_DOMAIN = "cabinet.example.fr"
    email = reminded(case_of(owner))
    message_deliver(message_id=email.pk, moment=now())
    [message] = mail.outbox
    sent = message.message()
    assert sent["Auto-Submitted"] == "auto-generated"
    assert sent["Message-ID"].endswith("@cabinet.example.fr>")


def test_a_server_that_is_away_is_tried_again(owner: Api, moods: list[Exception], caplog: Any) -> None:
    email = reminded(case_of(owner))
    moods += [ConnectionRefusedError(), SMTPDataError(451, b"later debtor@example.com"), SMTPServerDisconnected()]
    pauses = [message_deliver(message_id=email.pk, moment=now()) for _attempt in range(4)]
    assert pauses == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4), None]
    assert (fresh(email).state, fresh(email).attempts, fresh(email).error) == ("sent", 4, "")
    assert len(mail.outbox) == 1
    assert TO not in caplog.text


def test_a_long_pause_is_kept_by_the_row_and_ended_by_the_sweep(owner: Api, moods: list[Exception]) -> None:
    email = reminded(case_of(owner))
    Message.objects.update(attempts=2)
    moods.append(TimeoutError())
    assert message_deliver(message_id=email.pk, moment=now()) == timedelta(minutes=4)
    assert left_behind(JOB, moment=now() + timedelta(minutes=3, seconds=55)) == []
    assert left_behind(JOB, moment=now() + timedelta(minutes=4, seconds=5)) == [email.pk]


def test_a_server_that_is_away_is_left_to_the_clock_where_letters_leave_in_the_process(
    owner: Api, moods: list[Exception]
) -> None:
    email = reminded(case_of(owner))
    moods += [TimeoutError()] * 20
    send_email.delay(email.pk)
    assert (fresh(email).state, fresh(email).attempts) == ("queued", 1)
    moods.clear()
    Message.objects.update(due_at=now())
    assert sweep_emails() == 1
    assert (fresh(email).state, fresh(email).attempts) == ("sent", 2)


def test_a_server_that_stays_away_is_given_up(owner: Api, moods: list[Exception]) -> None:
    email = reminded(case_of(owner))
    moods += [TimeoutError()] * 20
    for _attempt in range(8):
        Message.objects.update(due_at=now())
        sweep_emails()
    assert (fresh(email).state, fresh(email).error, fresh(email).attempts) == ("failed", "TimeoutError", 6)
    assert mail.outbox == []


@pytest.mark.parametrize(
    "refusal", [SMTPRecipientsRefused({TO: (550, b"no such user")}), SMTPDataError(554, b"spam"), ValueError("x")]
)
def test_a_refusal_is_final(owner: Api, moods: list[Exception], refusal: Exception) -> None:
    email = reminded(case_of(owner))
    moods.append(refusal)
    assert message_deliver(message_id=email.pk, moment=now()) is None
    assert (fresh(email).state, fresh(email).error) == ("failed", type(refusal).__name__)
    assert message_deliver(message_id=email.pk, moment=now()) is None
    assert mail.outbox == []


def test_what_was_left_behind_is_sent_by_the_sweep(owner: Api) -> None:
    email = reminded(case_of(owner))
    assert left_behind(JOB, moment=now()) == []
    Message.objects.update(due_at=now() - timedelta(minutes=6))
    assert sweep_emails() == 1
    assert fresh(email).state == "sent"
    assert sweep_emails() == 0
    assert len(mail.outbox) == 1


def test_what_a_lost_worker_may_have_sent_is_not_sent_again(owner: Api) -> None:
    email = reminded(case_of(owner))
    lost = {"claimed_until": now() - timedelta(minutes=1), "due_at": now() - timedelta(minutes=16)}
    Message.objects.update(state="sending", provider="smtp", **lost)
    assert sweep_emails() == 0
    assert (fresh(email).state, fresh(email).error) == ("failed", "Interrupted")
    assert mail.outbox == []


def test_what_a_worker_was_lost_with_before_it_was_sending_is_begun_anew(owner: Api) -> None:
    email = reminded(case_of(owner))
    Message.objects.update(claimed_until=now() - timedelta(minutes=1), due_at=now() - timedelta(minutes=16))
    assert sweep_emails() == 1
    assert (fresh(email).state, len(mail.outbox)) == ("sent", 1)


@commits
def test_nothing_is_sent_before_the_commit_and_never_after_a_rollback(owner: Api) -> None:
    case = case_of(owner)
    with transaction.atomic():
        reminded(case)
        assert mail.outbox == []
        transaction.set_rollback(True)
    assert mail.outbox == []
    assert not Message.objects.exists()


def test_an_email_that_is_gone_is_passed_over() -> None:
    send_email.delay(10**9)
    assert mail.outbox == []


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="races need PostgreSQL")
@commits
def test_two_workers_never_send_twice(owner: Api) -> None:
    case = case_of(owner)
    email = reminded(case)
    Message.objects.update(state="queued", sent_at=None)
    mail.outbox.clear()
    at_once(6, lambda _number: message_deliver(message_id=email.pk, moment=now()))
    assert len(mail.outbox) == 1
    assert fresh(email).state == "sent"


def test_a_page_of_a_letter_that_somebody_has_kept_leads_to_where_it_stands_now(client: Client) -> None:
    answer = client.get("/admin/recoveries/sentemail/12/change/?_changelist_filters=x")

    assert (answer.status_code, answer["Location"]) == (
        301,
        "/admin/recoveries/message/12/change/?_changelist_filters=x",
    )
