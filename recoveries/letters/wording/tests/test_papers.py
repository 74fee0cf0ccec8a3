"""The papers of messages: the letter in the window of an envelope, the account behind it, kept as they left."""

import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core import mail
from pypdf import PdfReader

from companies.models import Company
from documents.services.storage import bytes_open
from invoicing.models import Invoice
from law.account.canonical import fingerprint
from law.account.demand import enclosed
from legalcity.lib.clock import now, today
from legalcity.lib.errors import Conflict
from recoveries.desk.tests.pages import case_of
from recoveries.ledger.gathering import with_terms
from recoveries.ledger.services import acompte_record
from recoveries.letters.channels.delivering import message_deliver
from recoveries.letters.gathering import demand_of
from recoveries.letters.services import message_send
from recoveries.letters.wording.papers import papers_keep, pdf_of
from recoveries.letters.wording.rendering import day_in_full
from recoveries.models import Message, Recovery
from tests.factories import Api
from tests.letters import FREE
from tests.noon import noon_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_process"), pytest.mark.same_everywhere]
noon = noon_of(today())
TO = "debtor@example.com"
LIVES = {"company_address": "18 avenue Foch", "company_postal": "33000", "company_city": "Bordeaux"}


@pytest.fixture(autouse=True)
def firm(system_setting: Any) -> None:
    system_setting(**{**FREE, "FIRM_NAME": "Cabinet Dupont"})


def letter_of(owner: Api, channel: str = "letter", **parts: Any) -> Message:
    case = case_of(owner, debtor=LIVES, **parts)
    return message_send(case_id=case.pk, kind="mise_en_demeure", channel=channel, to="", by=None)


def pages_of(paper: bytes) -> list[Any]:
    return list(PdfReader(io.BytesIO(paper)).pages)


def test_the_same_message_has_the_same_bytes(owner: Api) -> None:
    """Whenever it is drawn: the same inputs give the same PDF."""
    with time_machine.travel("2026-06-01T08:00:00Z", tick=False) as clock:
        owner.login()
        message = letter_of(owner)
        first = pdf_of(message)
        for _turn in range(2):
            clock.shift(timedelta(hours=7))
            assert pdf_of(Message.objects.get(pk=message.pk)) == first


def test_papers_are_made_to_be_kept(owner: Api) -> None:
    """PDF/A-3b: it says so, has its colour profile and all fonts within, and nothing that the standard forbids."""
    case = case_of(owner, debtor={**LIVES, "company_email": TO})
    email = message_send(case_id=case.pk, kind="relance_1", to=TO, by=None)
    for message in (letter_of(owner), email):
        reader = PdfReader(io.BytesIO(pdf_of(message)))
        catalog: Any = reader.trailer["/Root"]
        told = catalog["/Metadata"].get_object().get_data().decode()
        assert 'pdfaid:part="3"' in told
        assert 'pdfaid:conformance="B"' in told
        [intent] = catalog["/OutputIntents"]
        assert intent["/S"] == "/GTS_PDFA1"
        assert intent["/DestOutputProfile"].get_object().get_data()
        assert reader.trailer["/ID"]
        assert "/JavaScript" not in catalog.get("/Names", {})
        fonts = {font.get_object()["/BaseFont"]: font for page in reader.pages for font in _fonts(page)}
        assert fonts
        for name, font in fonts.items():
            [descendant] = font.get_object()["/DescendantFonts"]
            descriptor = descendant.get_object()["/FontDescriptor"]
            assert {"/FontFile2", "/FontFile3"} & set(descriptor), name
            assert "/ToUnicode" in font.get_object(), name


def _fonts(page: Any) -> list[Any]:
    return list(page["/Resources"]["/Font"].values())


def test_a_letter_is_signed_and_says_whose_it_is(owner: Api, system_setting: Any) -> None:
    system_setting(FIRM_SIREN="998009018", LETTERS_SIGNATORY="Camille Morvan, gérante")
    message = letter_of(owner)
    pages = [page.extract_text() for page in pages_of(pdf_of(message))]
    assert "Camille Morvan, gérante" in pages[0]
    assert f"Paris, le {day_in_full(f'{today():%d/%m/%Y}', 'fr')}" in pages[0]
    assert "FR76 3000 6000 0112 3456 7890 189" in pages[0]
    for number, page in enumerate(pages, start=1):
        assert "SIREN 998009018" in page
        assert f"{number} / {len(pages)}" in page
    case = case_of(owner, debtor={**LIVES, "company_email": TO})
    email = message_send(case_id=case.pk, kind="relance_1", to=TO, by=None)
    assert "Camille Morvan, gérante\nCabinet Dupont" in email.text
    assert "Camille Morvan, gérante<br>Cabinet Dupont" in email.html


def test_a_letter_has_its_parties_its_law_and_the_account_behind_it(owner: Api) -> None:
    message = letter_of(owner)
    first, *others = [page.extract_text() for page in pages_of(pdf_of(message))]
    for said in ("Cabinet Dupont", "33000 BORDEAUX", "Mise en demeure de payer", "Pièce jointe", "L111-8", "Total dû"):
        assert said in first, said
    account = "\n".join(others)
    assert "Décompte au" in account
    assert message.decompte_sha256 in account
    assert message.decompte["sha256"] == message.decompte_sha256
    assert message.template_version.template.channel == "letter"


@pytest.mark.parametrize(
    ("day", "language", "told"),
    [
        ("29/11/2026", "fr", "29 novembre 2026"),
        ("01/12/2026", "fr", "1er décembre 2026"),
        ("11/12/2026", "fr", "11 décembre 2026"),
        ("01/12/2026", "en", "1 December 2026"),
    ],
)
def test_a_letter_is_dated_in_full(day: str, language: str, told: str) -> None:
    assert day_in_full(day, language) == told


def test_the_address_stands_behind_the_window(owner: Api) -> None:
    """Of a DL envelope: 100 to 190 mm from the left, 45 to 79 mm from above, however the sheet has slid."""
    found: list[tuple[float, float]] = []

    def seen(text: str, outer: Any, inner: Any, _font: Any, _size: Any) -> None:
        if any(line in text for line in ("18 avenue Foch", "33000 BORDEAUX")):
            x, y = (inner[4] * outer[at] + inner[5] * outer[at + 2] + outer[at + 4] for at in (0, 1))
            found.append((x * 25.4 / 72, 297 - y * 25.4 / 72))

    pages_of(pdf_of(letter_of(owner)))[0].extract_text(visitor_text=seen)
    assert found
    assert all(100 <= left <= 190 and 45 <= down <= 79 for left, down in found), found


def test_what_is_not_asked_for_is_not_enclosed(owner: Api) -> None:
    case = case_of(owner, debtor=LIVES, invoices=[{"invoice_number": "F-1"}, {"invoice_number": "F-2"}])
    Invoice.objects.filter(recovery=case, invoice_number="F-2").update(is_disputed=True)
    message = message_send(case_id=case.pk, kind="relance_1", channel="letter", to="", by=None)
    said = "\n".join(page.extract_text() for page in pages_of(pdf_of(message)))
    assert "F-1" in said
    assert "F-2" not in said
    assert [claim["number"] for claim in message.decompte["claims"]] == ["F-1"]
    demand = demand_of(with_terms(Recovery.objects.all()).get(pk=case.pk), today())
    account = enclosed(demand.told, demand.account)
    assert (account.total, fingerprint(account)) == (demand.account.amounts, message.decompte_sha256)


def test_an_email_encloses_its_account_and_keeps_it(owner: Api) -> None:
    case = case_of(owner, debtor={"company_email": TO})
    message = message_send(case_id=case.pk, kind="relance_1", to=TO, by=None)
    message_deliver(message_id=message.pk, moment=now())
    message.refresh_from_db()
    [sent] = mail.outbox
    [attached] = sent.attachments
    with bytes_open(key=message.pdf.key) as file:
        assert file.read() == attached.content
    assert attached.filename == f"decompte-{case.recovery_reference}-{today().isoformat()}.pdf"
    assert (message.state, message.template_version.number) == ("sent", 1)


def test_a_paper_is_kept_once_and_read_as_it_was(owner: Api) -> None:
    message = letter_of(owner)
    papers_keep(message)
    kept = message.pdf
    Company.objects.update(company_name="Autre")
    papers_keep(message)
    message.refresh_from_db()
    assert message.pdf == kept
    assert b"%PDF" in pdf_of(message)[:10]


def test_no_paper_is_made_of_another_account(owner: Api) -> None:
    message = letter_of(owner)
    acompte_record(recovery_id=message.recovery_id, amount=Decimal("50.00"), day=today(), confirmed=True, by=None)
    with pytest.raises(Conflict):
        pdf_of(message)


def test_debtors_abroad_are_written_to_in_english(owner: Api) -> None:
    case = case_of(owner, debtor={**LIVES, "company_country": "Allemagne", "company_email": TO})
    message = message_send(case_id=case.pk, kind="relance_1", to=TO, by=None)
    assert (message.language, message.subject) == ("en", f"Payment reminder – case {case.recovery_reference}")
    assert "Les frais de recouvrement entrepris sans titre exécutoire" in message.text
