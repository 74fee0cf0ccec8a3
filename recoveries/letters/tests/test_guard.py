"""What the guard makes of a letter to a debtor: when it is written, while it is held, and when it is about to leave."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import translation

from accounts.models import AuditEvent
from companies.linking import parties_link
from companies.models import Company
from events.models import Event
from legalcity.lib.append_only import door
from legalcity.lib.clock import now, today
from legalcity.lib.errors import Forbidden
from legalcity.lib.reading.identifiers import in_fours
from recoveries.court.hold import hold_lift, hold_restore
from recoveries.desk.tests.pages import act_page, case_of, office_of, opened, words
from recoveries.desk.tests.test_home_panels import panels
from recoveries.ledger.acknowledgements import acknowledgement_record
from recoveries.ledger.services import acompte_record, dette_record
from recoveries.letters.channels.delivering import message_deliver
from recoveries.letters.holding import message_lift, message_take_up
from recoveries.letters.party_facts import party_fact_enter, party_fact_withdraw
from recoveries.letters.services import message_send
from recoveries.letters.tasks import sweep_emails
from recoveries.models import ClientRhythm, CreditorReminder, LegalRate, Message, MessageFact, Recovery
from tests.backoffice import act, browser_of, chief, page_of
from tests.factories import Api, ApiUserFactory, move
from tests.letters import AT_ANY_HOUR, COMPLETE, FREE, IBAN
from tests.races import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_process"), pytest.mark.same_everywhere]
TO = "debtor@example.com"
STRANGER = {"company_email": "stranger@example.com", "company_phone": None}
SIRENS = ("542051180", "775670417")
PERSON = {"company_type": "particular", "company_legal_form": None, "company_siren": None, "company_name": None}


@pytest.fixture(autouse=True)
def firm(system_setting: Any) -> Iterator[None]:
    """Set up, on a working day."""
    system_setting(**COMPLETE, **AT_ANY_HOUR)
    with time_machine.travel("2026-11-25T10:00:00Z", tick=True):
        yield


@pytest.fixture
def office(db: None) -> Client:
    return browser_of(chief())


def written(case: Recovery, kind: str = "relance_1", **values: Any) -> Message:
    return message_send(**{"case_id": case.pk, "kind": kind, "to": TO, "by": None, **values})


def reasons(case: Recovery, kind: str = "relance_1") -> set[str]:
    """The codes of what forbids a letter for ever: there is no row of it."""
    before = Message.objects.count()
    with pytest.raises(Forbidden) as refused:
        written(case, kind)
    assert Message.objects.count() == before
    return {reason.code for reason in refused.value.extra["reasons"]}


def held(email: Message) -> set[str]:
    """The codes of what holds a letter, which has no words as long."""
    kept = fresh(email)
    assert (kept.state, kept.text, kept.html, kept.total, mail.outbox) == ("held", "", "", None, [])
    assert kept.guard
    assert kept.guard["verdict"] == "hold"
    return {reason["code"] for reason in kept.guard["reasons"]}


def fresh(email: Message) -> Message:
    return Message.objects.get(pk=email.pk)


def delivered(email: Message) -> Message:
    message_deliver(message_id=email.pk, moment=now())
    return fresh(email)


def due_in(days: int, **fields: Any) -> dict[str, Any]:
    due = today() + timedelta(days)
    dated = min(due, today()) - timedelta(30)
    return {"invoice_date": dated.isoformat(), "invoice_due_date": due.isoformat(), **fields}


def sent_days_ago(case: Recovery, days: int, kind: str = "relance_1") -> None:
    moment = datetime.now(UTC) - timedelta(days)
    Message.objects.create(
        recovery=case, kind=kind, recipient=TO, subject="x", text="x", html="x", state="sent", sent_at=moment,
        due_at=moment,
    )  # fmt: skip


def other_client_of_the_same_debtor(case: Recovery, name: str) -> Recovery:
    """A case of another account against the debtor of `case`, known by the same SIREN."""
    other = case_of(Api.of(ApiUserFactory(email=f"{name}@example.com")))
    siren = Company.objects.get(pk=case.debtor_id).company_siren
    assert siren
    Company.objects.filter(pk=other.debtor_id).update(company_siren=siren)
    return other


# --- never: no row ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", COMPLETE)
def test_a_firm_that_is_not_complete_writes_to_nobody(owner: Api, system_setting: Any, missing: str) -> None:
    case = case_of(owner)
    system_setting(**{missing: ""})
    assert ("funds" if missing == "FUNDS_IBAN" else "mentions") in reasons(case)


@pytest.mark.parametrize("missing", ["company_address", "company_postal", "company_city"])
def test_a_creditor_without_an_address_is_not_written_for(owner: Api, missing: str) -> None:
    case = case_of(owner)
    Company.objects.filter(pk=case.customer_id).update(**{missing: ""})
    assert "mentions" in reasons(case)


def test_what_is_not_due_or_paid_is_not_demanded(owner: Api) -> None:
    assert reasons(case_of(owner, invoices=[due_in(200)]), "mise_en_demeure") == {"not_due"}
    case = case_of(owner)
    acompte_record(recovery_id=case.pk, amount=Decimal("140.00"), day=today(), by=None)
    assert reasons(case) == {"nothing_due"}


@pytest.mark.parametrize("kind", ["particular", None])
def test_a_barred_claim_is_not_asked_for_from_a_consumer(owner: Api, kind: str | None) -> None:
    case = case_of(owner, debtor=PERSON, invoices=[due_in(-800)])
    Company.objects.filter(pk=case.debtor_id).update(company_type=kind)
    assert reasons(case) == {"barred"}


def test_a_debt_of_costs_that_the_client_has_filed_is_not_asked_of_a_consumer(owner: Api) -> None:
    case = case_of(owner, debtor=PERSON)
    dette_record(recovery_id=case.pk, label="Frais de dossier", amount=Decimal(150), day=today(), by=None)
    email = written(case)
    assert (email.state, email.total) == ("queued", Decimal("100.00"))
    assert "Frais de dossier" not in email.text
    assert [(one["number"], one["code"]) for one in email.guard["not_asked"]] == [("Frais de dossier", "costs")]


def test_costs_and_words_of_a_court_are_not_added_by_hand(owner: Api) -> None:
    case = case_of(owner, debtor=PERSON)
    for code, extra in (("costs", "S'ajoutent des frais de dossier."), ("look", "Une saisie-attribution suivra.")):
        with pytest.raises(Forbidden) as refused:
            written(case, extra=extra)
        assert [reason.code for reason in refused.value.extra["reasons"]] == [code]


def test_the_letter_names_the_account_for_creditors_money_alone(owner: Api, system_setting: Any) -> None:
    system_setting(FIRM_IBAN="FR7630001007941234567890185")
    email = written(case_of(owner))
    assert in_fours(IBAN) in email.text
    assert "FR7630001007941234567890185" not in (email.text + email.html).replace(" ", "")
    assert "art. 14 du RGPD" in email.text
    assert "art. 14 du RGPD" in email.html


def test_a_sum_that_is_not_that_of_the_account_is_not_added_by_hand(owner: Api) -> None:
    case = case_of(owner)
    with pytest.raises(Forbidden) as refused:
        written(case, extra="Le total à payer est de 999 EUR.")
    assert [reason.code for reason in refused.value.extra["reasons"]] == ["figures"]
    email = written(case, extra="Il reste un solde de 140,00 € à régler, par exemple en deux versements de 70 €.")
    assert email.state == "queued"
    acompte_record(recovery_id=case.pk, amount=Decimal("10.00"), day=today(), by=None)
    assert delivered(email).state == "cancelled"  # What was true when it was typed is so no more.


def test_a_sum_of_no_account_waits_for_a_manager_whatever_words_stand_around_it(owner: Api) -> None:
    other = case_of(owner)
    held = written(other, extra="Merci de nous adresser la somme de 500 €.")
    assert (held.state, {one["code"] for one in held.guard["reasons"]}) == ("held", {"figures"})
    assert message_lift(message_id=held.pk, reason="Agreed by phone.", by=None).state == "queued"
    paid = case_of(owner)
    acompte_record(recovery_id=paid.pk, amount=Decimal("10.00"), day=today(), by=None)
    assert written(paid, extra="Nous avons reçu 10,00 € et vous en remercions.").state == "queued"


# --- of several claims those that may be asked for -------------------------------------------------------------------


def test_what_may_not_be_asked_for_leaves_the_letter_and_is_listed_for_staff(office: Client, owner: Api) -> None:
    barred, due = due_in(-800, invoice_number="BARRED"), due_in(-30, invoice_number="DUE")
    later, disputed = due_in(30, invoice_number="LATER"), due_in(-30, invoice_number="DISPUTED")
    penalty = {"recovery_penalty": True, "recovery_penalty_type": "percent", "recovery_penalty_percent": "10"}
    case = case_of(
        owner, debtor=PERSON, invoices=[barred, due, later, disputed], recovery={"assign_to_me": False, **penalty}
    )
    case.invoices.filter(invoice_number="DISPUTED").update(is_disputed=True)
    email = written(case)
    assert "DUE du" in email.text
    assert "DISPUTED" not in email.text + email.html
    assert "BARRED" not in email.text + email.html
    assert "LATER" not in email.text + email.html
    assert email.total == Decimal("100.00")
    for page in (act_page(office, case, "send-reminder"), office.get(page_of(Message, "change", email.pk))):
        told = words(page.content.decode())
        assert "BARRED · 100.00" in told or "BARRED · €100.00" in told or "BARRED · 100,00" in told, told
        assert "time-barred (art. L218-2 C. conso.)" in told
        assert "not due yet (art. 1305-2 C. civ.)" in told
        assert "disputes it (art. 1412 CPC)" in told
    case.invoices.filter(invoice_number="DUE").update(is_disputed=True)
    delivered(email)
    assert held(email) == {"dispute"}


# --- hold: kept without words, until it may leave --------------------------------------------------------------------


def test_a_dispute_holds_a_letter_until_it_is_over(owner: Api) -> None:
    case = case_of(owner)
    move(case.pk, 2, 7)
    email = written(case)
    assert held(email) == {"dispute"}
    sweep_emails()
    assert held(email) == {"dispute"}
    move(case.pk, 3)  # Whatever happens on the case has it judged again.
    sweep_emails()
    ended = delivered(email)
    assert (ended.state, ended.error) == ("sent", "")
    assert ended.total == Decimal("140.00")
    assert len(mail.outbox) == 1


def test_a_claim_that_hangs_on_a_payment_is_held_until_a_manager_takes_it_on(office: Client, owner: Api) -> None:
    case = case_of(owner, debtor=PERSON, invoices=[due_in(-800)])
    acompte_record(recovery_id=case.pk, amount=Decimal("1.00"), day=today() - timedelta(500), by=None)
    email = written(case)
    assert held(email) == {"barred"}
    Message.objects.filter(pk=email.pk).delete()
    hold_lift(recovery_id=case.pk, reason="Wrote that it would pay.", by=None)
    assert "a manager has lifted the hold" in words(act_page(office, case, "send-reminder").content.decode())
    email = written(case)
    assert email.total == Decimal("99.00")
    hold_restore(recovery_id=case.pk, reason="It was the bank's money.", by=None)
    assert delivered(email).state == "held"
    assert "art. 2233, 2240 C. civ." in fresh(email).error


def test_a_claim_that_the_debtor_recognised_is_asked_for(owner: Api) -> None:
    case = case_of(owner, debtor=PERSON, invoices=[due_in(-800)])
    acknowledgement_record(recovery_id=case.pk, day=today() - timedelta(500), note="Asked for time.", by=None)
    assert written(case).total == Decimal("100.00")


def test_a_company_is_asked_for_an_old_claim_once_a_manager_says_so(owner: Api) -> None:
    assert written(case_of(owner, invoices=[due_in(-800)])).state == "queued"
    email = written(case_of(owner, invoices=[due_in(-2000)]))
    assert held(email) == {"barred"}


@pytest.mark.parametrize(
    ("held_at", "judged_at"),
    [
        ("2026-11-25T22:30:00Z", "2026-11-26T04:00:00Z"),
        ("2026-11-25T23:59:51Z", "2026-11-26T04:00:00Z"),  # After midnight in Paris: in the same night.
        ("2026-11-26T03:59:59Z", "2026-11-26T04:00:00Z"),
        ("2026-11-26T04:00:00Z", "2026-11-27T04:00:00Z"),
        ("2027-03-27T23:30:00Z", "2027-03-28T03:00:00Z"),  # The clocks go forward in that night,
        ("2026-10-24T22:30:00Z", "2026-10-25T04:00:00Z"),  # and back in this one.
    ],
)
def test_what_is_held_without_a_day_is_judged_again_at_the_next_five_in_paris(held_at: str, judged_at: str) -> None:
    terms = {"recovery_late_interest": True, "recovery_interest_rate": "yes 3", "assign_to_me": False}
    with time_machine.travel(held_at, tick=False):
        email = written(case_of(Api.of(ApiUserFactory()), recovery=terms, invoices=[due_in(-30)]))
        assert "rates" in held(email)
    assert fresh(email).due_at == datetime.fromisoformat(judged_at)


def test_a_rate_that_is_not_confirmed_is_lifted_once_for_all_letters(owner: Api) -> None:
    terms = {"recovery_late_interest": True, "recovery_interest_rate": "yes 3", "assign_to_me": False}
    email = written(case_of(owner, recovery=terms, invoices=[due_in(-30)]))
    assert "rates" in held(email)
    shown = panels(office_of("manager"))
    assert [row.text for row in shown["Letters held"].rows] == [f"{email.recovery} · Relance 1"]
    assert shown["Rates to confirm"].count == LegalRate.objects.filter(is_confirmed=False).count()
    with pytest.raises(Forbidden):
        message_lift(message_id=email.pk, reason="It will be right.", by=None)
    for rate in LegalRate.objects.filter(is_confirmed=False):
        rate.is_confirmed = True
        rate.save()
    Message.objects.update(due_at=now())
    sweep_emails()
    assert fresh(email).state == "queued"


def test_letters_keep_their_distance_and_leave_by_themselves_on_their_day(owner: Api) -> None:
    case = case_of(owner)
    sent_days_ago(case, 6)
    email = written(case, "relance_2")
    assert held(email) == {"rhythm"}
    assert email.guard
    assert email.guard["until"] == "2026-11-25T23:00:00.000000Z"
    told = Event.objects.get(type="message.held")
    assert told.data["current"] == {
        "channel": "email", "kind": "relance_2", "reasons": ["rhythm"], "until": "2026-11-26",
    }  # fmt: skip
    with time_machine.travel("2026-11-26T10:00:00Z", tick=False):
        sweep_emails()
        ended = delivered(email)
        assert (ended.state, ended.day) == ("sent", date(2026, 11, 26))
        assert "Malgré notre premier rappel" in ended.text
        assert "Décompte au 26/11/2026" in ended.text


def test_a_debtor_is_written_to_so_often_for_all_clients_together(owner: Api, office: Client) -> None:
    case = case_of(owner)
    for number, days in enumerate((2, 4)):
        sent_days_ago(other_client_of_the_same_debtor(case, f"other{number}"), days)
    email = written(case)
    assert held(email) == {"rhythm"}
    told = words(office.get(page_of(Message, "change", email.pk)).content.decode())
    assert "The firm writes to a debtor 2 times within 7 days at most" in told
    assert "other0" not in told
    Message.objects.filter(state="sent").update(sent_at=now() - timedelta(8))
    assert message_take_up(message_id=email.pk, case_id=case.pk, moment=now())
    assert fresh(email).state == "queued"


def test_rows_that_staff_have_linked_are_one_debtor_by_the_caps(owner: Api) -> None:
    case = case_of(owner)
    strangers = [case_of(Api.of(ApiUserFactory()), debtor={**STRANGER, "company_siren": siren}) for siren in SIRENS]
    for days, other in enumerate(strangers, 2):
        sent_days_ago(other, days)
    assert written(case).state == "queued"
    Message.objects.filter(state="queued").delete()
    for other in strangers:
        parties_link(company_id=case.debtor_id or 0, other_id=other.debtor_id or 0, by=None)
    assert held(written(case)) == {"rhythm"}


def test_a_client_may_be_gentler_and_no_harder(owner: Api, system_setting: Any) -> None:
    case = case_of(owner)
    sent_days_ago(other_client_of_the_same_debtor(case, "other"), 2)
    rhythm = ClientRhythm.objects.create(owner=owner.user, per_week=1)
    email = written(case)
    assert held(email) == {"rhythm"}
    Message.objects.filter(pk=email.pk).delete()
    rhythm.per_week = 50
    rhythm.save()
    assert written(case).state == "queued"


def test_nobody_is_written_to_on_a_sunday(owner: Api, system_setting: Any) -> None:
    system_setting(CONTACT_DAYS="1,2,3,4,5", CONTACT_FROM_HOUR=8, CONTACT_UNTIL_HOUR=20)
    case = case_of(owner)
    with time_machine.travel("2026-11-29T10:00:00Z", tick=False):
        email = written(case)
        assert email.guard
        assert email.guard["until"] == "2026-11-30T07:00:00.000000Z"


def test_an_address_that_is_not_the_debtors_waits_for_a_manager_or_for_the_debtors_record(
    owner: Api, office: Client
) -> None:
    case = case_of(owner)
    act(office, case, "send-reminder", channel="email", kind="relance_1", to="somebody@example.com", extra="")
    email = Message.objects.get()
    assert held(email) == {"addressee"}
    message_lift(message_id=email.pk, reason="Told by the debtor on the phone.", by=None)
    assert delivered(email).state == "sent"
    assert mail.outbox[0].to == ["somebody@example.com"]
    mail.outbox.clear()
    other = case_of(owner, debtor={"company_siren": "552100554"})
    waits = written(other, to="new@example.com")
    assert held(waits) == {"addressee"}
    debtor = Company.objects.get(pk=other.debtor_id)
    owner.data("PUT", f"/api/recoveries/{other.pk}/companies/{debtor.pk}", {"company_email": "New@example.com"})
    sweep_emails()
    assert delivered(waits).state == "sent"


@pytest.mark.parametrize("to", ["jane@xyz.com", "Jane+relance@XYZ.com"])
def test_the_creditor_is_not_written_to_in_any_spelling(owner: Api, to: str) -> None:
    case = case_of(owner)
    with pytest.raises(Forbidden) as refused:
        written(case, to=to)
    assert "addressee" in {reason.code for reason in refused.value.extra["reasons"]}


def test_a_letter_is_judged_again_when_another_one_was_sent_or_the_debtor_has_recognised(owner: Api) -> None:
    """A hold without a day ends when something happens on the case, not at night alone."""
    case = case_of(owner, debtor=PERSON, invoices=[due_in(-800)])
    acompte_record(recovery_id=case.pk, amount=Decimal("1.00"), day=today() - timedelta(500), by=None)
    email = written(case)
    assert held(email) == {"barred"}
    acknowledgement_record(recovery_id=case.pk, day=today() - timedelta(400), note="Asked for time.", by=None)
    sweep_emails()
    assert fresh(email).state == "queued"


def test_what_is_known_of_a_person_no_more_frees_letters_in_every_account(owner: Api) -> None:
    case = case_of(owner)
    fact = party_fact_enter(recovery_id=case.pk, kind="lawyer", value="maitre@example.com", since=today(), by=None)
    other = other_client_of_the_same_debtor(case, "other")
    move(other.pk, 2, 7)
    email = written(other, to="maitre@example.com")
    assert held(email) == {"dispute"}
    party_fact_withdraw(fact_id=fact.pk, recovery_id=case.pk, by=None)
    sweep_emails()
    assert held(email) == {"dispute", "addressee"}


def test_the_same_letter_does_not_wait_twice(owner: Api) -> None:
    case = case_of(owner)
    written(case)
    with translation.override("en"), pytest.raises(Forbidden, match="waits already") as refused:
        written(case)
    with translation.override("fr"):  # Scenarios keep it in both languages.
        assert str(refused.value.message) == "Cette lettre attend déjà."
    Message.objects.update(state="failed")
    assert written(case).state == "queued"


@pytest.mark.parametrize(
    ("sent", "words_of_it"),
    [
        ([], "Les sommes ci-dessous restent impayées"),
        (["relance_1"], "Malgré notre rappel, les sommes"),
        (["relance_1", "relance_2"], "Malgré nos rappels, les sommes"),
        (["mise_en_demeure"], "Les sommes ci-dessous restent impayées"),
    ],
)
@pytest.mark.same_everywhere
def test_a_letter_speaks_of_reminders_that_were_sent(owner: Api, sent: list[str], words_of_it: str) -> None:
    case = case_of(owner)
    for kind in sent:
        sent_days_ago(case, 20, kind)
    email = written(case, "mise_en_demeure")
    assert words_of_it in email.text
    assert words_of_it in email.html
    assert written(case, "relance_2").state == "held"  # The one that waits counts.


@pytest.mark.same_everywhere
def test_a_letter_speaks_of_what_the_creditor_has_sent(owner: Api, office: Client) -> None:
    case = case_of(owner)
    for day in ("2026-01-05", "2026-02-05", "2026-02-05"):
        act(office, case, "creditor-reminder", sent_on=day)
    assert "Malgré nos rappels" in written(case, "mise_en_demeure").text
    withdrawn = CreditorReminder.objects.earliest("sent_on")
    act(office, case, "creditor-reminder", withdrawn=withdrawn.pk)
    Message.objects.all().delete()
    assert "Malgré notre rappel" in written(case, "mise_en_demeure").text


# --- lifting, and giving up ------------------------------------------------------------------------------------------


def test_a_manager_lifts_a_hold_with_a_reason_and_nobody_else(owner: Api) -> None:
    case = case_of(owner)
    sent_days_ago(case, 2)
    email = written(case, "relance_2")
    handler, manager = office_of("handler", email="handler@example.com"), office_of("manager")
    Recovery.objects.filter(pk=case.pk).update(user=None)
    assert act(handler, email, "lift-letter", reason="Urgent.").status_code in (302, 403)
    assert held(email) == {"rhythm"}
    assert act(manager, email, "lift-letter", reason="").status_code == 200
    act(manager, email, "lift-letter", reason="The debtor has asked for it.")
    ended = fresh(email)
    assert ended.state == "queued"
    assert [one["code"] for one in ended.lifted] == ["rhythm"]
    assert AuditEvent.objects.filter(action="hold_lifted", reason="The debtor has asked for it.").exists()
    page = words(manager.get(page_of(Message, "change", email.pk)).content.decode())
    assert "art. L121-6 C. conso.). – lifted" in page


def test_lifting_does_not_let_through_what_may_never_leave(owner: Api) -> None:
    case = case_of(owner)
    move(case.pk, 2, 7)
    email = written(case)
    acompte_record(recovery_id=case.pk, amount=Decimal("140.00"), day=today(), by=None)
    message_lift(message_id=email.pk, reason="It pays all the same.", by=None)
    assert (fresh(email).state, mail.outbox) == ("cancelled", [])


def test_a_letter_that_waits_is_given_up(office: Client, owner: Api) -> None:
    case = case_of(owner)
    move(case.pk, 2, 7)
    email = written(case)
    assert act(office, email, "cancel-letter").status_code == 302
    assert fresh(email).state == "cancelled"
    move(case.pk, 3)
    sweep_emails()
    assert (fresh(email).state, mail.outbox) == ("cancelled", [])


# --- when it is about to leave ---------------------------------------------------------------------------------------


def test_a_payment_that_comes_in_between_is_in_the_words_that_leave(owner: Api) -> None:
    case = case_of(owner)
    email = written(case)
    assert email.guard
    assert (email.guard["verdict"], email.total) == ("send", Decimal("140.00"))
    acompte_record(recovery_id=case.pk, amount=Decimal("10.00"), day=today(), by=None)
    sent = delivered(email)
    assert (sent.state, sent.total) == ("sent", Decimal("130.00"))
    assert "130,00" in mail.outbox[0].body
    assert (mail.outbox[0].body, mail.outbox[0].alternatives[0][0]) == (sent.text, sent.html)


def test_a_payment_of_all_that_comes_in_between_ends_the_letter_with_the_verdict(owner: Api) -> None:
    case = case_of(owner)
    email = written(case)
    acompte_record(recovery_id=case.pk, amount=Decimal("140.00"), day=today(), by=None)
    ended = delivered(email)
    assert (ended.state, ended.claimed_until, mail.outbox) == ("cancelled", None, [])
    assert ended.guard
    assert ended.guard["verdict"] == "never"
    assert "nothing_due" in {reason["code"] for reason in ended.guard["reasons"]}


def test_a_dispute_that_comes_in_between_holds_the_letter_and_staff_see_why(office: Client, owner: Api) -> None:
    case = case_of(owner)
    email = written(case)
    move(case.pk, 2, 7)
    delivered(email)
    assert held(email) == {"dispute"}
    page = words(opened(office, case))
    assert "kept back debtor@example.com (Le débiteur conteste la créance (art. 1412 CPC).)" in page


def test_a_firm_whose_address_went_away_sends_nothing(owner: Api, system_setting: Any) -> None:
    email = written(case_of(owner))
    system_setting(FIRM_ADDRESS="")
    assert delivered(email).state == "cancelled"


def test_no_demand_leaves_in_a_name_that_nobody_has_entered(owner: Api, system_setting: Any) -> None:
    system_setting(FIRM_NAME="")
    with pytest.raises(Forbidden) as refused:
        written(case_of(owner))
    assert next(str(reason) for reason in refused.value.extra["reasons"]) == (
        "The firm's name and address are not complete: enter them in the system settings (art. R124-4 CPCE)."
    )


def test_the_html_of_a_letter_answers_for_itself(owner: Api) -> None:
    email = written(case_of(owner))
    Message.objects.update(html=email.html.replace(in_fours(IBAN), "FR76-3000-1007-9412-3456-7890-185"))
    ended = delivered(email)
    assert (ended.state, mail.outbox) == ("cancelled", [])
    assert ended.guard
    assert {reason["code"] for reason in ended.guard["reasons"]} == {"funds"}


def test_of_two_that_wait_the_first_leaves(owner: Api, system_setting: Any) -> None:
    case = case_of(owner)
    first = written(case)
    system_setting(REMINDER_DAYS=0)
    second = written(case, "relance_2")
    system_setting(REMINDER_DAYS=7)
    Message.objects.filter(pk=second.pk).update(claimed_until=now() + timedelta(minutes=5))  # by a quicker worker
    assert delivered(first).state == "sent"
    Message.objects.update(state="queued", sent_at=None, claimed_until=None)
    assert delivered(second).state == "held"


def test_a_letter_that_nothing_speaks_against_leaves_though_the_day_has_passed(owner: Api) -> None:
    email = written(case_of(owner))
    Message.objects.update(created_at=now() - timedelta(2), day=today() - timedelta(2))
    assert delivered(email).state == "sent"


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="races need PostgreSQL")
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_workers_write_to_one_debtor_once(owner: Api, system_setting: Any) -> None:
    """Two clients, one debtor, one letter a week: when two are written at once, and when two that wait are sent."""
    system_setting(CONTACTS_PER_WEEK=1)
    case = case_of(owner)
    cases = [case, other_client_of_the_same_debtor(case, "other")]
    letters = at_once(2, lambda number: written(cases[number]))
    assert sorted(fresh(letter).state for letter in letters) == ["held", "sent"]
    assert len(mail.outbox) == 1
    mail.outbox.clear()
    with door(MessageFact, reason="The test begins anew."):
        Message.objects.all().delete()
    system_setting(**FREE)
    waiting = [written(one) for one in cases]
    Message.objects.update(state="queued", sent_at=None, claimed_until=None, attempts=0)
    mail.outbox.clear()
    system_setting(CONTACTS_PER_WEEK=1)
    at_once(2, lambda number: message_deliver(message_id=waiting[number].pk, moment=now()))
    assert len(mail.outbox) == 1
    assert sorted(fresh(letter).state for letter in waiting) == ["held", "sent"]


# --- what staff see --------------------------------------------------------------------------------------------------


@pytest.mark.same_everywhere
def test_the_act_says_which_letters_may_not_leave_and_why(office: Client, owner: Api) -> None:
    case = case_of(owner, debtor={"company_email": TO})
    sent_days_ago(case, 7)
    page = words(act_page(office, case, "send-reminder").content.decode())
    assert "Relance 2: Second rappel de paiement" in page
    assert "Mise en demeure: not now The last letter is of" in page
    answer = act(office, case, "send-reminder", channel="email", kind="mise_en_demeure", to=TO, extra="")
    assert answer.status_code == 302
    assert held(Message.objects.get(state="held")) == {"rhythm"}


@pytest.mark.same_everywhere
def test_each_reason_has_its_article(office: Client, owner: Api, system_setting: Any) -> None:
    case = case_of(owner, invoices=[due_in(20)])
    system_setting(FIRM_CITY="")
    page = words(act_page(office, case, "send-reminder").content.decode())
    for article in ("(art. R124-4 CPCE)", "(art. 1305-2 C. civ.)"):
        assert article in page
    answer = act(office, case, "send-reminder", channel="email", kind="relance_1", to=TO, extra="")
    assert "This letter may not leave." in words(answer.content.decode())
