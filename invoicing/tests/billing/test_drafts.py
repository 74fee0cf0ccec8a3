"""A new invoice in the back-office: what it begins with, and what its items are billed for, by name."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from invoicing.billing.services.clients import client_of
from invoicing.models import Currency, FirmInvoice, FirmInvoiceItem, InvoiceType, ProductType, TokenPack
from invoicing.tests.billing.papers import client_user, draft, issued, item, tax
from legalcity.lib.clock import today
from recoveries.models import Recovery
from tests.backoffice import browser_of, chief
from tests.factories import Api, case_id

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]

ADD = "/admin/invoicing/firminvoice/add/"


@pytest.fixture
def office() -> Client:
    return browser_of(chief(language="en"))


def sent(user: User | None = None, **values: Any) -> dict[str, Any]:
    """The form of a new invoice of one item to the client of `user`, with `values` of the item."""
    of_item = {
        "name": "Consultation",
        "product_type": ProductType.objects.get(code="service").pk,
        "currency_units": "99.90",
        "quantity": 2,
        "position": 1,
        "taxes": [tax().pk],
        **values,
    }
    return {
        "invoice_type": InvoiceType.objects.get(code=1).pk,
        "client": client_of(user or client_user()).pk,
        "currency": Currency.objects.get(name_short="EUR").pk,
        **{f"{part}-{name}_FORMS": 0 for part in ("items", "payments") for name in ("TOTAL", "INITIAL")},
        "items-TOTAL_FORMS": 1,
        **{f"items-0-{name}": value for name, value in of_item.items()},
    }


def errors(answer: Any) -> dict[str, list[str]]:
    [formset] = [each.formset for each in answer.context["inline_admin_formsets"] if each.formset.prefix == "items"]
    return dict(formset.errors[0])


def test_a_new_invoice_begins_with_what_is_usual(office: Client) -> None:
    page = office.get(ADD)
    initial = page.context["adminform"].form.initial
    assert initial["currency"] == Currency.objects.get(name_short="EUR").pk
    assert initial["performed_on"] == today()
    [formset] = [each.formset for each in page.context["inline_admin_formsets"] if each.formset.prefix == "items"]
    assert len(formset.forms) == 1
    assert formset.forms[0]["taxes"].initial == [tax("vat-20").pk]
    text = page.content.decode()
    assert "backoffice/invoice_totals" in text
    assert "0.00 without VAT + 0.00 of VAT = 0.00" in text


def test_the_totals_of_what_was_saved_are_there_without_a_script(office: Client) -> None:
    invoice = draft(None, item("100", 2, tax()))
    text = office.get(f"/admin/invoicing/firminvoice/{invoice.pk}/change/").content.decode()
    assert "200.00 without VAT + 40.00 of VAT = 240.00" in text


def test_an_item_is_billed_for_a_case_by_its_reference(office: Client, owner: Api) -> None:
    case = Recovery.objects.get(pk=case_id(owner))
    reference = f" {case.recovery_reference.lower()} "
    answer = office.post(ADD, sent(owner.user, invoice_entity_type="recovery", invoice_entity_id=reference))
    assert answer.status_code == 302, errors(answer)
    assert FirmInvoiceItem.objects.get().invoice_entity_id == str(case.pk)
    page = office.get(f"/admin/invoicing/firminvoice/{FirmInvoice.objects.get().pk}/change/").content.decode()
    assert f'value="{case.recovery_reference}"' in page


def test_what_an_issued_item_is_billed_for_is_read_by_its_name(office: Client, owner: Api) -> None:
    case = Recovery.objects.get(pk=case_id(owner))
    new = item("100", 1, tax(), entity_type="recovery", entity_id=str(case.pk))
    invoice = issued(client_of(owner.user), new)
    page = office.get(f"/admin/invoicing/firminvoice/{invoice.pk}/change/").content.decode()
    assert f"case {case.recovery_reference}" in page
    assert "billed for (id)" not in page.lower()


def test_an_item_is_billed_for_a_pack_by_its_name(office: Client, owner: Api) -> None:
    pack = TokenPack.objects.create(code="hiver", name="Lot d’hiver", tokens=7, price=Decimal(70))
    TokenPack.objects.create(code="odd", name="<img src=x>", tokens=1, price=Decimal(1))
    form = office.get(ADD).content.decode()
    assert "Lot d’hiver" in form
    assert "<img src=x>" not in form
    assert "&lt;img src=x&gt;" in form
    answer = office.post(ADD, sent(owner.user, invoice_entity_type="token_pack", invoice_entity_id=" lot d'hiver "))
    assert answer.status_code == 302, errors(answer)
    assert FirmInvoiceItem.objects.get().invoice_entity_id == str(pack.pk)
    page = office.get(f"/admin/invoicing/firminvoice/{FirmInvoice.objects.get().pk}/change/").content.decode()
    assert 'value="Lot d’hiver"' in page


def test_a_case_of_another_client_is_not_billed(office: Client, owner: Api) -> None:
    reference = Recovery.objects.get(pk=case_id(owner)).recovery_reference
    answer = office.post(ADD, sent(invoice_entity_type="recovery", invoice_entity_id=reference))
    assert "another client" in str(errors(answer)["invoice_entity_id"])
    assert not FirmInvoice.objects.exists()


def test_a_draft_whose_case_was_deleted_is_still_saved(office: Client, owner: Api) -> None:
    new = item("100", 1, tax(), entity_type="recovery", entity_id="987654321")
    kept = draft(client_of(owner.user), new).items.get()
    form = sent(owner.user, id=kept.pk, invoice=kept.invoice_id, name="Conseil")
    form |= {"items-INITIAL_FORMS": 1, "items-0-invoice_entity_type": "recovery", "items-0-invoice_entity_id": ""}
    answer = office.post(f"/admin/invoicing/firminvoice/{kept.invoice_id}/change/", form)
    assert answer.status_code == 302, errors(answer)
    kept.refresh_from_db()
    assert (kept.name, kept.invoice_entity_id) == ("Conseil", "987654321")


@pytest.mark.parametrize(
    ("kind", "name", "field"),
    [
        ("recovery", "REC-NOBODYS", "invoice_entity_id"),
        ("recovery", "", "invoice_entity_id"),
        ("", "REC-NOBODYS", "invoice_entity_type"),
        ("odd", "1", "invoice_entity_type"),
        ("token_pack", "Nobody's", "invoice_entity_id"),
        ("recovery", "a\x00b", "invoice_entity_id"),
    ],
)
def test_a_name_that_nothing_has_is_told(office: Client, kind: str, name: str, field: str) -> None:
    answer = office.post(ADD, sent(invoice_entity_type=kind, invoice_entity_id=name))
    assert answer.status_code == 200
    assert field in errors(answer)
    assert not FirmInvoice.objects.exists()
