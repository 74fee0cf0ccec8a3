"""The form of a reminder offers the channels that lead to the debtor, and says of each what the guard says."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from legalcity.lib.clock import now
from recoveries.desk.tests.pages import act_page, case_of
from recoveries.letters.channels.delivering import message_deliver
from recoveries.letters.channels.tests.conftest import DEBTOR
from recoveries.letters.party_facts import address_is_wrong
from recoveries.letters.services import message_send
from recoveries.models import Message, Recovery
from tests.backoffice import act, browser_of, chief
from tests.factories import Api
from tests.letters import FREE

pytestmark = pytest.mark.django_db
ACT = "send-reminder"


@pytest.fixture(autouse=True)
def firm(system_setting: Any) -> None:
    system_setting(**FREE, FIRM_PHONE="01 23 45 67 89")


@pytest.fixture
def office() -> Client:
    return browser_of(chief())


def channels(page: Any) -> list[str]:
    form = page.context["form"]
    return [channel for channel, _label in form.fields["channel"].choices]


def said_of(page: Any) -> dict[str, str]:
    """What the page says of each channel."""
    shown = page.content.decode()
    parts = {channel: shown.split(f'data-by="{channel}"')[1] for channel in channels(page)}
    return {channel: part.split('class="lc-by"')[0].split("<option")[0] for channel, part in parts.items()}


def first_letter(case: Recovery) -> None:
    message = message_send(case_id=case.pk, kind="relance_1", to="debtor@example.com", by=None)
    message_deliver(message_id=message.pk, moment=now())


def test_a_debtor_without_an_address_is_written_to_by_e_mail_alone(office: Client, owner: Api) -> None:
    case = case_of(owner, debtor={**DEBTOR, "company_address": None})
    page = act_page(office, case, ACT)
    assert channels(page) == ["email"]
    assert "phone" not in page.context["form"].fields
    answer = act(office, case, ACT, kind="relance_1", channel="letter", to="")
    assert "channel" in answer.context["form"].errors
    assert not Message.objects.exists()


def test_each_channel_shows_its_letters(office: Client, owner: Api) -> None:
    page = act_page(office, case_of(owner, debtor=DEBTOR), ACT)
    assert channels(page) == ["email", "letter", "registered"]
    by = said_of(page)
    assert all("Relance 2" in by[channel] for channel in ("email", "letter"))
    assert "Relance 1" not in by["registered"]
    assert "Mise en demeure" in by["registered"]


def test_a_letter_by_post_waits_to_be_posted(office: Client, owner: Api) -> None:
    case = case_of(owner, debtor=DEBTOR)
    answer = act(office, case, ACT, kind="relance_1", channel="letter", to="", extra="")
    message = Message.objects.get()
    assert (message.state, message.channel, message.recipient) == ("to_post", "letter", "")
    assert message.address.splitlines()[-1] == "69001 LYON"
    assert "Letters to post" in office.get(answer["Location"]).content.decode()


def test_a_registered_letter_is_a_formal_notice(office: Client, owner: Api) -> None:
    case = case_of(owner, debtor=DEBTOR)
    assert "No template" in act(office, case, ACT, kind="relance_1", channel="registered", to="").content.decode()
    assert not Message.objects.exists()
    assert act(office, case, ACT, kind="mise_en_demeure", channel="registered", to="").status_code == 302
    assert Message.objects.get().channel == "registered"


def test_a_text_message_is_offered_once_a_letter_was_sent(
    office: Client, owner: Api, settings: Any, tmp_path: Path
) -> None:
    settings.SMS_CARRIER, settings.SMS_FILE_PATH = "file", tmp_path
    case = case_of(owner, debtor=DEBTOR)
    assert "sms" not in channels(act_page(office, case, ACT))
    first_letter(case)
    page = act_page(office, case, ACT)
    assert "sms" in channels(page)
    assert page.context["form"].initial["phone"]
    wrong = act(office, case, ACT, kind="relance_2", channel="sms", to="", phone="01 23 45 67 89")
    assert "phone" in wrong.context["form"].errors
    assert act(office, case, ACT, kind="relance_2", channel="sms", to="", phone="06 12 34 56 78").status_code == 302
    assert Message.objects.get(kind="relance_2").recipient == "+33612345678"
    settings.SMS_CARRIER = "none"
    assert "sms" not in channels(act_page(office, case, ACT))


def test_what_the_guard_says_of_a_channel_stands_there(office: Client, owner: Api) -> None:
    """The postal address is known as wrong: letters there may never leave, e-mails may."""
    case = case_of(owner, debtor=DEBTOR)
    message = message_send(case_id=case.pk, kind="relance_1", channel="letter", to="", by=None)
    assert "never" not in said_of(act_page(office, case, ACT))["letter"]
    address_is_wrong(message=message)
    said = said_of(act_page(office, case, ACT))
    assert "never" in said["letter"]
    assert "never" not in said["email"]
