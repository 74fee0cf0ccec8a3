"""Protected invoices in the back-office: looked at, and given another status through the service."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import User
from invoicing.models import ProtectedInvoice, ProtectedInvoiceChange
from tests.factories import Api, ApiUserFactory, ProtectedInvoiceBody

pytestmark = pytest.mark.django_db
LIST = reverse("admin:invoicing_protectedinvoice_changelist")


def staff_with(*codenames: str) -> Client:
    """A browser of a member of staff who has these permissions."""
    user = ApiUserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(user)
    client.user = user
    return client


@pytest.fixture
def invoice(owner: Api) -> ProtectedInvoice:
    """A protected invoice of a client."""
    body = ProtectedInvoiceBody(api_invoice_id="INV-1", invoice_number="FACT-77")
    return ProtectedInvoice.objects.get(pk=owner.data("POST", "/api/protected-invoices", body)["id"])


def page(invoice: ProtectedInvoice) -> str:
    """The address of its page."""
    return reverse("admin:invoicing_protectedinvoice_change", args=[invoice.pk])


def act(client: Client, invoice: ProtectedInvoice, name: str) -> Any:
    """Confirm an act on its page."""
    address = reverse("admin:invoicing_protectedinvoice_action", args=[invoice.pk, name])
    asked = client.get(address)
    if asked.status_code != 200:
        return asked
    return client.post(address, {"form_token": asked.context["token"]}, follow=True)


VIEW = ("view_protectedinvoice", "view_protectedinvoicechange")
CHANGE = (*VIEW, "change_protectedinvoice")


@pytest.mark.parametrize("term", ["FACT-77", "123456789", "owner@example.com"])
def test_staff_find_an_invoice(term: str, invoice: ProtectedInvoice) -> None:
    client = staff_with(*VIEW)
    assert "fyn_INV-1" in client.get(LIST, {"q": term, "status": "pending"}).content.decode()
    assert "fyn_INV-1" not in client.get(LIST, {"q": term, "status": "paid"}).content.decode()
    assert "fyn_INV-1" not in client.get(LIST, {"q": "nothing"}).content.decode()


def test_staff_record_a_payment(invoice: ProtectedInvoice, owner: Api) -> None:
    client = staff_with(*CHANGE)
    User.objects.filter(pk=client.user.pk).update(first_name="Zoé")
    assert act(client, invoice, "protected_paid").status_code == 200
    assert owner.data("GET", f"/api/protected-invoices/{invoice.pk}")["status"] == "paid"
    [step] = ProtectedInvoiceChange.objects.filter(invoice=invoice)
    assert (step.from_status, step.to_status, step.user_id) == ("pending", "paid", client.user.pk)
    shown = staff_with(*VIEW).get(page(invoice)).content.decode()
    assert "Payée" in shown
    assert "Zoé" in shown


def test_who_may_only_look_changes_nothing(invoice: ProtectedInvoice) -> None:
    client = staff_with(*VIEW)
    assert act(client, invoice, "protected_paid").status_code == 403
    client.post(page(invoice), {"status": "paid", "amount": "1"})
    invoice.refresh_from_db()
    assert (invoice.status, str(invoice.amount)) == ("pending", "1500.50")


def test_nothing_is_added_edited_or_deleted_by_hand(invoice: ProtectedInvoice) -> None:
    client = staff_with(*CHANGE, "add_protectedinvoice", "delete_protectedinvoice")
    for name, ids in (("add", []), ("delete", [invoice.pk])):
        assert client.get(reverse(f"admin:invoicing_protectedinvoice_{name}", args=ids)).status_code == 403
    assert client.post(page(invoice), {"amount": "1"}).status_code == 403
