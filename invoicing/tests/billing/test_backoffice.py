"""Staff's pages: drafts are edited, issued papers are read, paid, credited and downloaded."""

import io
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.http import HttpResponse
from django.test import Client
from pypdf import PdfReader

from accounts.models import AuditEvent
from invoicing.billing import libraries
from invoicing.billing.services.clients import client_of
from invoicing.models import Currency, FirmInvoice, InvoiceType, ProductType, TokenPack
from invoicing.tests.billing.papers import client_user, draft, issued, item, item_ids, reread, tax
from legalcity.lib.clock import today
from scoring.models import TokenBalance
from tests.factories import ApiUserFactory

pytestmark = pytest.mark.django_db
D = Decimal
LIST = "/admin/invoicing/firminvoice/"


def browser(*codenames: str) -> Client:
    """A member of staff with these permissions; without any named, one who may do everything."""
    user = ApiUserFactory(is_staff=True, is_superuser=not codenames)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(user)
    client.user = user
    return client


@pytest.fixture
def staff() -> Client:
    return browser()


def page(invoice: FirmInvoice, tail: str = "change/") -> str:
    return f"{LIST}{invoice.pk}/{tail}"


def act(staff: Client, invoice: FirmInvoice, name: str, **data: Any) -> HttpResponse:
    return staff.post(page(invoice, f"action/{name}/"), {"form_token": uuid.uuid4().hex, **data})


def test_the_list_shows_what_is_left_to_pay(staff: Client) -> None:
    paper = issued()
    draft()
    text = staff.get(LIST).content.decode()
    assert all(word in text for word in (paper.reference, "120,00\xa0EUR", "Acme &amp; Fils SARL"))


def test_the_list_is_filtered_by_payment(staff: Client) -> None:
    open_, settled = issued(), issued(None, item("1"))
    act(staff, settled, "pay", amount="1.20", paid_on=today())
    for choice, shown in (
        ("open", {open_}),
        ("settled", {settled}),
        ("overdue", set()),
        ("nonsense", {open_, settled}),
    ):
        answer = staff.get(LIST, {"payment": choice})
        assert set(answer.context["cl"].queryset) == shown


def test_a_draft_is_written_and_issued(staff: Client) -> None:
    client = client_of(client_user())
    answer = staff.post(
        f"{LIST}add/",
        {
            "invoice_type": InvoiceType.objects.get(code=1).pk,
            "client": client.pk,
            "currency": Currency.objects.get(name_short="EUR").pk,
            "observations": "Bonjour",
            "items-TOTAL_FORMS": 1,
            "items-INITIAL_FORMS": 0,
            "items-0-name": "Consultation",
            "items-0-product_type": ProductType.objects.get(code="service").pk,
            "items-0-currency_units": "99.90",
            "items-0-quantity": 2,
            "items-0-position": 1,
            "items-0-taxes": [tax().pk],
            "payments-TOTAL_FORMS": 0,
            "payments-INITIAL_FORMS": 0,
        },
    )
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    paper = FirmInvoice.objects.get()
    assert (paper.user, paper.status) == (staff.user, "draft")
    assert "Issue" in staff.get(page(paper)).content.decode() or "Émettre" in staff.get(page(paper)).content.decode()
    assert act(staff, paper, "issue").status_code == 302
    kept = reread(paper)
    assert (kept.reference, kept.total) == ("FA000001", D("239.76"))
    assert AuditEvent.objects.filter(action="issue", object_id=str(paper.pk)).exists()


def test_an_issued_invoice_is_read_only(staff: Client) -> None:
    paper = issued()
    text = staff.get(page(paper)).content.decode()
    assert 'name="observations"' not in text
    assert 'name="items-0-name"' not in text
    assert staff.post(page(paper), {"observations": "x"}).status_code == 403
    assert staff.post(page(paper, "delete/"), {"post": "yes"}).status_code == 403
    staff.post(LIST, {"action": "delete_selected", "_selected_action": [paper.pk], "post": "yes"})
    assert reread(paper).observations == ""
    assert act(staff, paper, "issue").status_code in (200, 302)
    assert FirmInvoice.objects.count() == 1


def test_a_draft_without_a_rate_is_not_issued(staff: Client) -> None:
    paper = draft()
    paper.items.get().taxes.clear()
    assert act(staff, paper, "issue").status_code == 200
    assert reread(paper).status == "draft"
    assert staff.get(page(paper)).status_code == 200


def test_payments_and_credit_notes(staff: Client) -> None:
    paper = issued(None, item("100", 3))
    assert act(staff, paper, "pay", amount="100", paid_on=today(), method="virement").status_code == 302
    assert act(staff, paper, "pay", amount="1000", paid_on=today()).status_code == 200
    assert act(staff, paper, "pay", amount="1", paid_on="2999-01-01").status_code == 200
    [payment] = reread(paper).payments.all()
    assert (payment.amount, payment.recorded_by) == (D("100.00"), staff.user)
    [line] = item_ids(paper)
    form = staff.get(page(paper, "action/credit/")).content.decode()
    assert f'name="item_{line}"' in form
    assert act(staff, paper, "credit", reason="Erreur", **{f"item_{line}": 2}).status_code == 302
    assert act(staff, paper, "credit", reason="Erreur", **{f"item_{line}": 2}).status_code == 200
    note = FirmInvoice.objects.get(corrects=paper)
    assert (note.reference, note.total, note.user, note.observations) == (
        "AV000001",
        D("240.00"),
        staff.user,
        "Erreur",
    )


def pdf_text(answer: HttpResponse) -> str:
    assert answer.headers["Content-Type"] == "application/pdf"
    return "".join(each.extract_text() for each in PdfReader(io.BytesIO(answer.content)).pages)


@pytest.mark.same_everywhere
def test_papers_are_previewed_and_downloaded(staff: Client) -> None:
    assert "BROUILLON" in pdf_text(staff.get(page(draft(), "paper/")))
    answer = staff.get(page(issued(), "paper/"))
    assert "FA000001" in pdf_text(answer)
    assert [str(each) for each in PdfReader(io.BytesIO(answer.content)).attachments] == ["factur-x.xml"]
    assert staff.get(f"{LIST}{uuid.uuid4()}/paper/").status_code == 404


@pytest.mark.same_everywhere
def test_without_pango_staff_read_why(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libraries, "_works", lambda: False)
    answer = staff.get(page(issued(), "paper/"), follow=True)
    assert "apt-get install libpango-1.0-0" in answer.content.decode()


def test_permissions_are_asked() -> None:
    reader, paper, waiting = browser("view_firminvoice"), issued(), draft()
    assert reader.get(page(paper, "paper/")).status_code == 200
    for invoice, name in ((waiting, "issue"), (paper, "credit"), (paper, "pay")):
        assert act(reader, invoice, name, amount="1", paid_on=today(), reason="x").status_code == 403
    nobody = browser("view_company")
    for address in (LIST, page(paper), page(paper, "paper/")):
        assert nobody.get(address).status_code in (302, 403)
    assert reread(waiting).status == "draft"


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    "name",
    [
        "billingclient",
        "billingaddress",
        "invoicetype",
        "tax",
        "producttype",
        "currency",
        "clienttype",
        "tokenpack",
        "subscriptionkey",
        "charge",
    ],
)
def test_every_page_opens(staff: Client, name: str) -> None:
    issued()
    assert staff.get(f"/admin/invoicing/{name}/").status_code == 200
    if name not in ("subscriptionkey", "charge"):
        assert staff.get(f"/admin/invoicing/{name}/add/").status_code == 200
    model = next(
        m for m in FirmInvoice._meta.apps.get_app_config("invoicing").get_models() if m._meta.model_name == name
    )
    for row in model.objects.all()[:1]:
        assert staff.get(f"/admin/invoicing/{name}/{row.pk}/change/").status_code == 200


def test_packs_are_sold(staff: Client) -> None:
    user = client_user()
    pack = TokenPack.objects.get(code="PACK50")
    address = f"/admin/invoicing/tokenpack/{pack.pk}/action/sell/"
    assert staff.get(address).status_code == 200
    for email, status in (("nobody@example.com", 200), (user.email, 302)):
        sent = {"form_token": uuid.uuid4().hex, "user": email, "packs": 1}
        assert staff.post(address, sent).status_code == status
    assert TokenBalance.objects.get(user=user).tokens == 50
    paper = FirmInvoice.objects.get()
    assert (paper.total, paper.user) == (D("480.00"), staff.user)
