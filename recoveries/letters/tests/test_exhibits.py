"""What was sent serves as an exhibit: among the documents of its case, and linked where the case is before a court."""

from typing import Any

import pytest
from django.urls import reverse

from documents.models import Document, StoredFile
from documents.services.documents import document_delete
from legalcity.lib.clock import now
from recoveries.court.tests.transfers import transferable, transferred
from recoveries.desk.tests.pages import office_of, opened
from recoveries.letters.channels.facts import fact_record
from recoveries.letters.channels.tests.conftest import DEBTOR
from recoveries.letters.services import message_send
from recoveries.letters.wording.papers import papers_keep
from recoveries.models import Message, Recovery
from recoveries.services.cases import recovery_delete
from tests.backoffice import act, page_of
from tests.factories import Api
from tests.letters import FREE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_process")]


@pytest.fixture
def message(owner: Api, system_setting: Any) -> Message:
    """A letter of a case that may go to court, posted."""
    system_setting(**FREE)
    case = transferable(owner, debtor=DEBTOR)
    sent = message_send(case_id=case, kind="relance_1", channel="letter", to="", by=None)
    papers_keep(sent)
    fact_record(message_id=sent.pk, kind="sent", at=now(), source="staff")
    return Message.objects.get(pk=sent.pk)


def filed(message: Message) -> Document:
    assert act(office_of("handler"), message, "file-message").status_code == 302
    return Document.objects.get(recovery=message.recovery)


def test_a_letter_is_filed_once_with_the_same_bytes_for_staff_alone(message: Message, owner: Api) -> None:
    files = StoredFile.objects.count()
    document = filed(message)
    assert (document.file, document.name) == (message.pdf, message.pdf and message.pdf.filename)
    assert not any(Document.visibility.shows(document, audience) for audience in Document.visibility.columns)
    assert StoredFile.objects.count() == files
    assert owner.data("GET", f"/api/recoveries/{message.recovery_id}/docs")["documents"] == []
    again = act(office_of("manager"), message, "file-message")
    assert "already" in again.content.decode()
    assert Document.objects.count() == 1


def test_what_has_not_left_is_no_exhibit(message: Message) -> None:
    Message.objects.filter(pk=message.pk).update(state="to_post", sent_at=None)
    act(office_of("handler"), message, "file-message")
    assert not Document.objects.exists()


def test_who_only_looks_files_nothing(message: Message) -> None:
    act(office_of("auditor"), message, "file-message")
    assert not Document.objects.exists()


def test_the_letter_keeps_its_paper_when_the_document_goes(message: Message) -> None:
    document_delete(document=filed(message), by=None)
    assert Message.objects.get().pdf is not None
    shown = office_of("manager").get(reverse("admin:recoveries_message_paper", args=[message.pk]))
    assert b"".join(shown.streaming_content).startswith(b"%PDF")


def test_a_case_with_an_exhibit_can_be_deleted(message: Message) -> None:
    filed(message)
    recovery_delete(recovery=Recovery.objects.get(pk=message.recovery_id), by=None)
    assert not Message.objects.exists()
    assert not Document.objects.exists()


def test_the_court_case_links_the_letters_and_has_the_exhibit(message: Message, owner: Api) -> None:
    held = Message.objects.create(recovery=message.recovery, kind="relance_2", recipient="a@example.com", state="held")
    document = filed(message)
    court = transferred(owner, message.recovery_id)
    assert Document.objects.get(recovery=court).file == document.file
    assert not Message.objects.filter(recovery=court).exists()
    office = office_of("manager")
    page = opened(office, Recovery.objects.get(pk=court))
    assert "Letters before the court" in page
    for address in (
        page_of(Message, "change", message.pk),
        reverse("admin:recoveries_message_paper", args=[message.pk]),
    ):
        assert f'href="{address}"' in page
    assert page_of(Message, "change", held.pk) not in page.split('id="earlier-letters"')[1].split("</section>")[0]
    assert "Letters before the court" not in opened(office, Recovery.objects.get(pk=message.recovery_id))
