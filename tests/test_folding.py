"""What a search sees of a text: the same for every way to type it, on every database, in old rows as in new ones."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from companies.models import Company
from invoicing.models import ProtectedInvoice
from legalcity.lib.migrations import search_texts_anew, search_texts_folded
from legalcity.lib.text import folded
from recoveries.models import Recovery
from tests.backoffice import browser_of, chief
from tests.factories import Api, CompanyBody, ProtectedInvoiceBody, bare_case_id, case_id

NAME = "Œuvres – L’Atelier Łódź"
TERMS = [
    "oeuvres",
    "ŒUVRES",
    "l'atelier",
    "l‘atelier",
    "L´ATELIER",
    "oeuvres - l",
    "œuvres — l",
    "lodz",
    "ate\u00adlier",
]


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Ærø", "aero"),
        ("Đorđe", "dorde"),
        ("Iğdır İzmir", "igdir izmir"),
        ("Straße", "strasse"),
        ("‐‑‒–—―−-﹘－", "-" * 10),
        ("\ufeffa\u200db\u202ec", "abc"),
        ("ﬁn № 1", "fin no 1"),
    ],
)
def test_letters_and_signs_that_are_typed_otherwise(text: str, seen: str) -> None:
    assert folded(text) == seen


@given(st.text())
def test_what_is_folded_stays_as_it_is(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(st.text(st.characters(max_codepoint=0x2FFF)), st.text(st.sampled_from("aéŒ’` ")))
def test_a_text_is_folded_character_by_character(strange: str, usual: str) -> None:
    text = f"{usual}{strange}{usual}"
    assert folded(text) == "".join(map(folded, text))


@pytest.mark.django_db
@pytest.mark.parametrize("term", TERMS)
def test_cases_companies_and_protected_invoices_are_found(term: str, owner: Api) -> None:
    recovery_id = case_id(owner, debtor={"company_name": NAME})
    owner.data("POST", "/api/protected-invoices", ProtectedInvoiceBody(description=NAME))
    for path, rows in (
        ("/api/recoveries", "recoveries"),
        (f"/api/recoveries/{recovery_id}/companies", "companies"),
        ("/api/protected-invoices", "invoices"),
    ):
        answer = owner.client.get(path, {"search": term}, headers={"Authorization": f"Bearer {owner.token}"})
        assert answer.json()["data"]["pagination"]["total"] == 1, (path, rows)
    page = browser_of(chief()).get("/admin/companies/company/", {"q": term.replace(" - l", "").replace(" — l", "")})
    assert [str(company) for company in page.context["cl"].result_list] == [NAME]


@pytest.mark.django_db
def test_a_company_is_found_by_its_new_name(owner: Api) -> None:
    path = f"/api/recoveries/{bare_case_id(owner)}/companies"
    made = owner.data("POST", path, {**CompanyBody(company_name="Before"), "relation_type": "debtor"})
    owner.data("PUT", f"{path}/{made['id']}", {"company_name": "Société Après"})
    assert owner.data("GET", f"{path}?search=societe")["pagination"]["total"] == 1
    assert owner.data("GET", f"{path}?search=before")["pagination"]["total"] == 0


@pytest.mark.django_db
def test_rows_that_were_folded_otherwise_are_folded_anew(owner: Api) -> None:
    path = f"/api/recoveries/{bare_case_id(owner)}/companies"  # Numbers of invoices came into the texts later.
    owner.data("POST", path, {**CompanyBody(company_name=NAME), "relation_type": "debtor"})
    owner.data("POST", "/api/protected-invoices", ProtectedInvoiceBody(description=NAME))
    tables: dict[Any, tuple[str, ...]] = {
        Company: (),  # As the column says by now.
        Recovery: ("recovery_reference", "debtor_name", "debtor_company", "customer_company"),
        ProtectedInvoice: ("invoice_number", "description"),
    }
    for model, sources in tables.items():
        right = dict(model.objects.values_list("pk", "search_text"))
        moments = dict(model.objects.values_list("pk", "updated_at"))
        model.objects.update(search_text="œuvres")
        here = (model._meta.app_label, model.__name__)
        fold = search_texts_folded(*here, *sources) if sources else search_texts_anew(*here)
        fold.code(apps, SimpleNamespace(connection=connection))
        assert dict(model.objects.values_list("pk", "search_text")) == right
        assert dict(model.objects.values_list("pk", "updated_at")) == moments
