"""Every search finds the same for every way to type a thing; nothing looks into text by another rule."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client

from accounts.models import User
from companies.models import Company
from documents.models import Document, StoredFile
from invoicing.models import BillingClient, Invoice, ProtectedInvoice
from recoveries.models import Recovery
from tests.backoffice import browser_of, chief, page_of
from tests.factories import Api, ProtectedInvoiceBody, case_id

ROOT = Path(__file__).parent.parent
RULE = {"legalcity/lib/searching.py", "backoffice/admins.py"}
LOOK_UPS = re.compile(r"__(i?contains|i?startswith|i?endswith|i?regex)\b")
# Where staff search columns that are not folded, and why.
OTHERWISE = {
    "accounts.auditevent": "rows that were written stay as they are",
    "axes.accessattempt": "a table of a library; addresses and e-mails",
    "accounts.historicalconstance": "names of settings",
    "auth.group": "a table of a library, a few rows",
    "events.endpoint": "hosts of addresses",
    "invoicing.vatrule": "places and sources, a few rows",
    "recoveries.clientstatement": "by its client and its number",
    "recoveries.ecbrate": "sources, a few rows",
    "recoveries.formalnotice": "by the reference of its case",
    "recoveries.legalfact": "articles and sources, a few rows",
    "recoveries.legalrate": "sources, a few rows",
    "recoveries.remittance": "by the e-mail of the client",
    "recoveries.template": "codes and names, some dozens of rows",
    "recoveries.templateversion": "by the code and name of its template",
}
NAME = "Œuvres de l’Atelier"
TERMS = ["oeuvres", "œuvres", "ŒUVRES", "l'atelier", "L’ATELIER", "l‘atelier", "ate\u00adlier"]


def sources() -> list[Path]:
    """Our modules, without tests and migrations."""
    rooms = ("accounts", "backoffice", "companies", "documents", "invoicing", "legalcity", "recoveries", "scoring")
    files = [path for room in rooms for path in (ROOT / room).rglob("*.py")]
    return [path for path in files if not {"tests", "migrations"} & set(path.parts)]


def test_no_other_look_up_reads_text() -> None:
    found = {path.relative_to(ROOT).as_posix() for path in sources() if LOOK_UPS.search(path.read_text())}
    assert found <= RULE


def test_the_back_office_searches_folded_columns_and_whole_identifiers() -> None:
    others = {
        model._meta.label_lower
        for model, page in admin.site._registry.items()
        for name in page.search_fields
        if not name.endswith(("search_text", "__exact", "__iexact"))
    }
    assert others == set(OTHERWISE)


@pytest.fixture
def named(owner: Api) -> int:
    """A case whose things have the name in the reach of each search."""
    case = case_id(owner, debtor={"company_name": NAME}, invoices=[{"invoice_number": NAME}])
    file = StoredFile.objects.create(key="a", filename=f"{NAME}.pdf", mime="application/pdf", size=1, sha256="0" * 64)
    Document.objects.create(recovery_id=case, name="x", file=file, state="ready", author=owner.user)
    owner.data("POST", "/api/protected-invoices", ProtectedInvoiceBody(description=NAME))
    return case


@pytest.mark.django_db
@pytest.mark.parametrize("term", TERMS)
def test_a_client_finds_it_however_it_is_typed(owner: Api, named: int, term: str) -> None:
    for path in (
        "/api/recoveries",
        f"/api/recoveries/{named}/companies",
        f"/api/recoveries/{named}/invoices",
        f"/api/recoveries/{named}/docs",
        "/api/protected-invoices",
    ):
        answer = owner.client.get(path, {"search": term}, headers={"Authorization": f"Bearer {owner.token}"})
        [rows] = (value for value in answer.json()["data"].values() if isinstance(value, list))
        assert len(rows) == 1, path


@pytest.fixture
def office(db: None) -> Client:
    return browser_of(chief())


def listed(office: Client, model: Any, term: str) -> int:
    """How many rows of a list a search finds."""
    return int(office.get(page_of(model, "changelist"), {"q": term}).context["cl"].result_count)


@pytest.mark.parametrize("term", TERMS)
def test_staff_find_it_however_it_is_typed(owner: Api, named: int, office: Client, term: str) -> None:
    User.objects.create_user("art@example.com", first_name="Zoé", last_name="Ærø", entreprise=NAME)
    for model in (Recovery, Company, Invoice, Document, ProtectedInvoice, User):
        assert listed(office, model, term) == 1, model


def test_staff_find_people_without_their_accents(office: Client) -> None:
    user = User.objects.create_user("zoe@example.com", first_name="Zoé", last_name="Ærø")
    for term in ("zoe", "ZOÉ aero", "Zoe@Example"):
        assert listed(office, User, term) == 1
    user.last_name = "Łódź"
    user.save()
    assert (listed(office, User, "lodz"), listed(office, User, "aero")) == (1, 0)


def test_a_short_or_an_empty_search_is_answered_too(owner: Api, named: int, office: Client) -> None:
    for model, term in ((Company, "œu"), (Invoice, "e"), (Document, "\u200b")):
        assert listed(office, model, term) == 1, model


def test_lists_of_bills_are_searched_by_the_same_rule(office: Client) -> None:
    assert listed(office, BillingClient, "société") == 0
