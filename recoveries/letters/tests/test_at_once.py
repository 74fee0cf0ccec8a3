"""Letters by one click: the button says what leaves and where it goes, and the guard is asked as on the form."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from companies.models import Company
from law.vocabulary import Step
from legalcity.lib.clock import now
from recoveries.desk.tests.pages import assert_refused, case_of, opened, words
from recoveries.letters.channels.delivering import message_deliver
from recoveries.letters.party_facts import party_fact_enter
from recoveries.letters.scenarios.reading import facts_read
from recoveries.models import Message, Recovery
from tests.backoffice import act, browser_of, chief, page_of
from tests.factories import Api, move
from tests.letters import FREE

pytestmark = pytest.mark.django_db
TO = "debtor@example.com"


@pytest.fixture(autouse=True)
def firm(system_setting: Any) -> None:
    system_setting(**FREE)


@pytest.fixture
def office() -> Client:
    return browser_of(chief())


@pytest.fixture
def case(owner: Api) -> Recovery:
    return case_of(owner, debtor={"company_email": TO})


def test_the_button_names_the_letter_and_the_address(office: Client, case: Recovery) -> None:
    said = words(opened(office, case))
    assert f"Send Relance 1 to {TO}" in said
    assert f"Send the décompte to {TO}" in said


def test_the_next_reminder_moves_its_case_once_it_is_sent(office: Client, case: Recovery) -> None:
    assert act(office, case, "send-next-reminder").status_code == 302
    message = Message.objects.get()
    assert (message.kind, message.recipient, message.state) == ("relance_1", TO, "queued")
    message_deliver(message_id=message.pk, moment=now())
    assert Recovery.objects.get(pk=case.pk).status_id == Step.REMINDER_1
    assert f"Send Relance 2 to {TO}" in words(opened(office, case))


def named(office: Client, case: Recovery, name: str) -> dict[str, str]:
    """What the button of an act sends: on the page of the case as it is now."""
    form = opened(office, case).partition(f"/action/{name}/")[2].partition("</form>")[0]
    return dict(re.findall('name="(form_token|kind|to)" value="([^"]*)"', form))


@pytest.mark.parametrize("name", ["send-next-reminder", "send-decompte"])
def test_what_the_button_has_named_is_sent_or_nothing(office: Client, case: Recovery, name: str) -> None:
    """A page that was left open: the case has another reminder to come, or the debtor another address."""
    sent, address = named(office, case, name), page_of(Recovery, "action", case.pk, name)
    assert sent["to"] == TO
    for odd in ({"kind": "mise_en_demeure"}, {"to": "other@example.com"}, {"to": "\x00"}, {"kind": ""}):
        assert office.post(address, {**sent, **odd}).status_code == 200
    assert not Message.objects.exists()
    Company.objects.filter(company_email=TO).update(company_email="new@example.com")
    assert_refused(office.post(address, sent), "The case has changed since this page was shown.")
    assert not Message.objects.exists()
    assert office.post(address, named(office, case, name)).status_code == 302
    assert Message.objects.get().recipient == "new@example.com"


def test_another_reminder_than_the_named_one_is_not_sent(office: Client, case: Recovery) -> None:
    sent = named(office, case, "send-next-reminder")
    move(case.pk, Step.REMINDER_1)
    answer = office.post(page_of(Recovery, "action", case.pk, "send-next-reminder"), sent)
    assert_refused(answer, "The case has changed since this page was shown.")
    assert not Message.objects.exists()


def test_a_formal_notice_is_never_one_click_away(office: Client, case: Recovery) -> None:
    move(case.pk, Step.REMINDER_1)
    move(case.pk, Step.REMINDER_2)
    assert "send-next-reminder" not in opened(office, case)
    assert act(office, case, "send-next-reminder").status_code == 302
    assert not Message.objects.exists()


def test_the_decompte_leaves_with_its_figures_and_moves_nothing(office: Client, case: Recovery) -> None:
    assert act(office, case, "send-decompte").status_code == 302
    message = Message.objects.get()
    assert (message.kind, message.purpose, message.state) == ("decompte", "proposal", "queued")
    assert message.decompte is not None
    assert f"dossier {case.recovery_reference}" in message.subject
    message_deliver(message_id=message.pk, moment=now())
    assert [sent.to for sent in mail.outbox] == [[TO]]
    assert Recovery.objects.get(pk=case.pk).status_id == Step.CREATED


def test_a_decompte_is_no_reminder(office: Client, case: Recovery) -> None:
    act(office, case, "send-decompte")
    message_deliver(message_id=Message.objects.get().pk, moment=now())
    [(_case, facts)] = facts_read([case.pk], now()).values()
    assert facts.guard.reminders == 0
    assert facts.guard.first_on is not None  # It is a letter all the same.
    act(office, case, "send-next-reminder")
    reminder = Message.objects.get(kind="relance_1")
    assert reminder.state == "queued"
    assert "rappel" not in reminder.text.split("Objet de la créance")[0].lower()


@pytest.mark.parametrize("name", ["send-next-reminder", "send-decompte"])
def test_the_guard_is_asked(office: Client, case: Recovery, name: str) -> None:
    party_fact_enter(recovery_id=case.pk, kind="deceased", since=now().date(), by=None)
    assert_refused(act(office, case, name), "This letter may not leave.")
    assert not Message.objects.exists()


def test_nothing_is_offered_without_an_address(office: Client, owner: Api) -> None:
    page = opened(office, case_of(owner, debtor={"company_email": None}))
    assert "send-next-reminder" not in page
    assert "send-decompte" not in page
