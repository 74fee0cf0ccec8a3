"""The page of a message shows its paper and its proofs, to who may see the case."""

from typing import Any

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from documents.services.storage import file_keep
from law.vocabulary import Step
from legalcity.lib.clock import now
from recoveries.desk.tests.pages import case_of, office_of, opened, person, words
from recoveries.letters.channels.facts import fact_record
from recoveries.letters.channels.tests.conftest import DEBTOR
from recoveries.letters.services import message_send
from recoveries.letters.wording.papers import papers_keep
from recoveries.models import Message, MessageFact, Recovery
from tests.backoffice import browser_of, chief, page_of
from tests.factories import Api
from tests.letters import FREE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_process")]
PROOF = b"%PDF-1.4 proof of deposit"


@pytest.fixture
def message(owner: Api, system_setting: Any) -> Message:
    """A registered letter that was deposited, with its proof."""
    system_setting(**FREE)
    case = case_of(owner, debtor=DEBTOR)
    sent = message_send(case_id=case.pk, kind="mise_en_demeure", channel="registered", to="", by=None)
    papers_keep(sent)
    proof = file_keep(content=PROOF, name="depot.pdf", mime="application/pdf")
    fact_record(message_id=sent.pk, kind="deposited", at=now(), source="staff", proof_id=proof.pk)
    return Message.objects.get(pk=sent.pk)


def content(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def addresses(message: Message) -> list[str]:
    fact = MessageFact.objects.get(message=message)
    return [
        reverse("admin:recoveries_message_paper", args=[message.pk]),
        reverse("admin:recoveries_message_proof", args=[message.pk, fact.pk]),
    ]


def test_the_page_leads_to_the_paper_and_its_proofs(message: Message) -> None:
    office = office_of("handler")
    page = office.get(page_of(Message, "change", message.pk)).content.decode()
    assert message.pdf is not None
    for said in (message.pdf.filename, message.pdf.sha256, message.decompte_sha256, str(message.template_version)):
        assert said in page, said
    paper, proof = addresses(message)
    for address in (paper, proof):
        assert f'href="{address}' in page
    shown = office.get(paper)
    assert content(shown).startswith(b"%PDF")
    assert shown["Content-Disposition"].startswith("inline")
    assert "sandbox" in shown["Content-Security-Policy"]
    downloaded = office.get(f"{proof}?download=1")
    assert content(downloaded) == PROOF
    assert downloaded["Content-Disposition"].startswith("attachment")
    assert AuditEvent.objects.filter(action="viewed", object_id=str(message.pk)).exists()


def test_who_may_not_see_the_case_gets_no_paper(message: Message) -> None:
    Recovery.objects.filter(pk=message.recovery_id).update(user=person("handler"))
    other, manager = office_of("handler"), office_of("manager")
    for address in addresses(message):
        assert other.get(address).status_code == 404
        assert content(manager.get(address))


def test_a_proof_is_served_with_its_own_message_alone(message: Message, owner: Api) -> None:
    fact = MessageFact.objects.get(message=message)
    other = Message.objects.create(recovery=message.recovery, kind="relance_1", recipient="a@example.com")
    office = office_of("manager")
    assert office.get(reverse("admin:recoveries_message_proof", args=[other.pk, fact.pk])).status_code == 404
    assert office.get(reverse("admin:recoveries_message_paper", args=[other.pk])).status_code == 404
    assert "None is kept." in office.get(page_of(Message, "change", other.pk)).content.decode()


def test_the_list_says_in_few_words_why_a_letter_waits(owner: Api, system_setting: Any) -> None:
    system_setting(**FREE)
    office = browser_of(chief())
    case = case_of(owner, debtor=DEBTOR)
    Recovery.objects.filter(pk=case.pk).update(status_id=Step.DISPUTE)
    message_send(case_id=case.pk, kind="relance_1", to="debtor@example.com", by=None)
    page = words(office.get(page_of(Message, "changelist")).content.decode())
    assert "Relance 1 e-mail debtor@example.com kept back disputed" in page


def test_a_message_shows_what_it_has(owner: Api, system_setting: Any) -> None:
    system_setting(**FREE)
    office = browser_of(chief())
    case = case_of(owner, debtor=DEBTOR)
    message = message_send(case_id=case.pk, kind="relance_1", channel="letter", to="", by=None)
    page = words(office.get(page_of(Message, "change", message.pk)).content.decode())
    assert "Postal address:" in page
    assert "Message-ID" not in page
    assert "Recipient:" not in page


def test_the_timeline_calls_a_letter_by_its_name(owner: Api, system_setting: Any) -> None:
    system_setting(**FREE)
    office = browser_of(chief())
    case = case_of(owner, debtor=DEBTOR)
    Recovery.objects.filter(pk=case.pk).update(status_id=Step.DISPUTE)
    message_send(case_id=case.pk, kind="mise_en_demeure", channel="registered", to="", by=None)
    page = words(opened(office, case))
    assert "Letter to the debtor: Mise en demeure" in page
    assert "mise_en_demeure" not in page
