"""The décompte on paper: what stands on it, that it is always the same, that it stays legible when it is long."""

import io
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from pypdf import PdfReader

from law.account.facts import ClaimKind, Head
from recoveries.ledger.reductions import waiver_record
from recoveries.ledger.services import acompte_record
from recoveries.models import Recovery
from tests.factories import Api, case_id

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]
F1 = {
    "invoice_number": "F1",
    "invoice_date": "2026-02-13",
    "invoice_due_date": "2026-03-15",
    "invoice_amount": "6000.00",
}
F2 = {**F1, "invoice_number": "F2", "invoice_date": "2026-04-30", "invoice_due_date": "2026-05-30"}
LATER = {**F1, "invoice_number": "F-LATER", "invoice_due_date": "2027-06-30", "invoice_amount": "3200.00"}
TERMS = {"recovery_late_interest": True, "recovery_interest_rate": "no"}


@pytest.fixture(autouse=True)
def autumn(db: None) -> Any:
    with time_machine.travel("2026-11-28T10:00:00Z", tick=False):
        yield


@pytest.fixture
def case(owner: Api) -> int:
    parties = {"customer": {"company_name": "Ateliers Vidal"}, "debtor": {"company_name": "Transports Morel"}}
    invoices = [F1, {**F2, "invoice_amount": "2400.00"}]
    pk = case_id(owner, recovery=TERMS, invoices=invoices, **parties)
    acompte_record(recovery_id=pk, amount=Decimal("1500.00"), day=date(2026, 6, 10), reference="VIR 12", by=None)
    return pk


def paper(api: Api, case: int, query: str = "") -> bytes:
    answer = api.get(f"/api/recoveries/{case}/decompte.pdf{query}")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf"), answer.content[:300]
    return bytes(answer.content)


def said(content: bytes) -> str:
    """What the pages say, with one space for any white space."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def test_the_paper_explains_every_euro(owner: Api, case: int, system_setting: Callable[..., None]) -> None:
    system_setting(FIRM_NAME="Cabinet Lecourbe", FIRM_ADDRESS="12 rue Lecourbe", FIRM_CITY="Paris")
    told = owner.data("GET", f"/api/recoveries/{case}/decompte")
    page = said(paper(owner, case))
    for part in ("Cabinet Lecourbe", "12 rue Lecourbe", "Ateliers Vidal", "Transports Morel", "28 novembre 2026"):
        assert part in page, part
    for part in ("7 073,76 €", "418,77 €", "80,00 €", "7 572,53 €", "2,40 €"):
        assert part in page, part
    for part in ("16/03/2026 10/06/2026 87 6 000,00 € 12,15 % 173,76 € art. L441-10 C. com.", "VIR 12"):
        assert part in page, part
    assert "173,76 € 1 326,24 € 0,00 € 0,00 € 1 500,00 € F1 (art. 1342-10, 1343-1 C. civ.)" in page
    assert told["sha256"] in page
    assert "PROVISOIRE" not in page


def test_the_same_object_is_the_same_file_at_any_hour_and_in_any_language(owner: Api, case: int) -> None:
    before = paper(owner, case, "?on=2026-11-01")
    with time_machine.travel("2026-11-28T21:15:16Z", tick=False):
        again = owner.get(f"/api/recoveries/{case}/decompte.pdf?on=2026-11-01", headers={"Accept-Language": "en"})
        assert again.content == before
    assert paper(owner, case, "?on=2026-11-02") != before


def test_a_day_whose_rate_is_carried_on_is_provisional_in_sight(owner: Api, case: int) -> None:
    assert "PROVISOIRE" in said(paper(owner, case, "?on=2027-01-15"))


def test_what_is_not_due_and_what_was_given_up_stand_on_it(owner: Api) -> None:
    case = Recovery.objects.get(pk=case_id(owner, recovery=TERMS, invoices=[F1, LATER]))
    claim = (ClaimKind.INVOICE, case.invoices.get(invoice_number="F1").pk)
    day = date(2026, 11, 20)
    waiver_record(recovery_id=case.pk, head=Head.INDEMNITY, amount=Decimal(15), day=day, claim=claim, by=None)
    note = {"invoice_id": claim[1], "amount": "250.00", "date": "2026-05-04", "reference": "AV-7"}
    assert owner.post(f"/api/recoveries/{case.pk}/credit-notes", note).status_code == 201
    page = said(paper(owner, case.pk))
    assert "30/06/2027 3 200,00 € F-LATER" in page
    assert "04/05/2026 avoir sur le principal 250,00 € AV-7" in page
    assert "20/11/2026 abandonné par le créancier 15,00 €" in page


def test_names_are_text_on_it(owner: Api) -> None:
    hostile = "<img src=file:///etc/passwd>"
    pk = case_id(owner, recovery=TERMS, debtor={"company_name": hostile}, invoices=[{**F1, "invoice_number": hostile}])
    assert said(paper(owner, pk)).count(hostile) == 2


def test_whatever_a_number_is_it_stays_within_its_page(owner: Api) -> None:
    number = "Ω-Ж-ﬁ-" + "9" * 85 + "-語"
    words = said(paper(owner, case_id(owner, recovery=TERMS, invoices=[{**F1, "invoice_number": number}])))
    assert "Ω-Ж-ﬁ-99" in words
    assert "-\ufffd du 13/02/2026" in words  # A sign that the font has not is not left out in silence
    assert "15/03/2026" in words  # Beyond the width of the page, so on a line of its own


def test_a_long_account_keeps_every_invoice_and_its_sums(owner: Api) -> None:
    start = date(2026, 1, 1)
    invoices = [
        {
            "invoice_number": f"FA-{number:04}",
            "invoice_date": start.isoformat(),
            "invoice_due_date": (start + timedelta(1 + number % 90)).isoformat(),
            "invoice_amount": "120.00",
        }
        for number in range(120)
    ]
    pk = case_id(owner, recovery=TERMS, invoices=invoices)
    content = paper(owner, pk)
    page = said(content)
    assert all(f"{invoice['invoice_number']} du 01/01/2026" in page for invoice in invoices)
    due = Decimal(owner.data("GET", f"/api/recoveries/{pk}/decompte")["total"]["due"])
    assert f"{due:,.2f} €".replace(",", " ").replace(".", ",") in page
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
    assert 5 < len(pages) < 20
    assert all(f"{number} / {len(pages)}" in text and "SHA-256" in text for number, text in enumerate(pages, start=1))
    heads = [line for text in pages for line in text.splitlines()[-4:-3]]  # The last line above the foot
    assert not any("exigible le" in line or line.startswith("du ") for line in heads)
