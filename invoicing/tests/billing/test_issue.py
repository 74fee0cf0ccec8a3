from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models.deletion import ProtectedError
from pytest_django import Settings

from accounts.models import User
from invoicing.billing.services.issuing import invoice_credit, invoice_issue
from invoicing.billing.services.payments import payment_record
from invoicing.models import FirmInvoice, FirmInvoiceItem, InvoiceType, Tax
from invoicing.tests.billing.papers import draft, issued, item, item_ids, levy, reread, tax
from legalcity.lib.errors import Forbidden, Invalid

pytestmark = pytest.mark.django_db
D = Decimal
DAY = date(2026, 3, 1)


def test_a_draft_has_no_number_and_the_issued_paper_has_the_next() -> None:
    first, second = draft(), draft()
    assert (first.invoice_number, first.date_time, str(first)) == (None, None, "draft")
    papers = [invoice_issue(invoice_id=second.pk), invoice_issue(invoice_id=first.pk)]
    assert [(paper.invoice_number, paper.reference) for paper in papers] == [(1, "FA000001"), (2, "FA000002")]
    assert papers[0].date_time < papers[1].date_time


def test_prefix_and_leading_zeros_are_those_of_the_type() -> None:
    kind = InvoiceType.objects.create(code=7, name="Divers", prefix="D-", leading_zeros="000", last_number=998)
    assert [issued(invoice_type=kind).reference for _ in range(2)] == ["D-999", "D-1000"]
    assert issued().reference == "FA000001"


def test_what_is_undone_leaves_no_hole() -> None:
    waiting = draft()
    with transaction.atomic():
        assert invoice_issue(invoice_id=waiting.pk).invoice_number == 1
        transaction.set_rollback(True)
    assert reread(waiting).status == "draft"
    assert issued().invoice_number == 1


def test_totals_and_due_date_are_frozen(system_setting: Callable[..., None]) -> None:
    paper = issued(None, item("100", 2), item("35.21", 1, tax("outlay")))
    assert (paper.total_net, paper.total_vat, paper.total) == (D("235.21"), D("40.00"), D("275.21"))
    assert (paper.due_on - paper.performed_on).days == 30
    system_setting(PAYMENT_DAYS=10)
    assert (issued().due_on - issued().performed_on).days == 10


def test_parties_are_frozen(firm: None, system_setting: Callable[..., None]) -> None:
    paper = issued()
    client = paper.client
    client.name = "Renamed"
    client.save()
    system_setting(FIRM_NAME="Another firm")
    kept = reread(paper)
    assert (kept.seller["name"], kept.buyer["api"]["name"]) == ("Cabinet Exemple", "Acme & Fils SARL")
    assert issued(client).buyer["api"]["name"] == "Renamed"


def test_a_paper_is_issued_once() -> None:
    with pytest.raises(Forbidden):
        invoice_issue(invoice_id=issued().pk)
    assert InvoiceType.objects.get(code=1).last_number == 1


def test_what_is_no_invoice_yet_gets_no_number() -> None:
    empty = draft()
    empty.items.all().delete()
    cases = {
        "items": empty,
        "taxes": draft(None, item("1", 1, levy(units="1"))),
        "euro_rate": draft(currency="USD"),
    }
    twice = draft(None, item("1", 1, tax("vat-20"), tax("vat-10")))
    for field, unfit in [*cases.items(), ("taxes", twice), ("items", draft(None, item("999999999999.99", 2_000_000)))]:
        with pytest.raises(Invalid) as refused:
            invoice_issue(invoice_id=unfit.pk)
        assert set(refused.value.errors) == {field}
    assert InvoiceType.objects.get(code=1).last_number == 0


def test_details_of_the_firm_are_waited_for_where_they_are_required(
    settings: Settings, system_setting: Callable[..., None]
) -> None:
    settings.FIRM_DETAILS_REQUIRED = True
    with pytest.raises(Invalid) as refused:
        issued()
    assert "SIREN" in str(refused.value.errors["seller"][0])


UNTOUCHABLE = {
    "invoice": "UPDATE invoicing_firminvoice SET observations = 'x' WHERE id = %(invoice)s",
    "number": "UPDATE invoicing_firminvoice SET invoice_number = 77 WHERE id = %(invoice)s",
    "back to draft": "UPDATE invoicing_firminvoice SET status = 'draft' WHERE id = %(invoice)s",
    "item": "UPDATE invoicing_firminvoiceitem SET currency_units = 1 WHERE id = %(item)s",
    "moved item": "UPDATE invoicing_firminvoiceitem SET invoice_id = %(draft)s WHERE id = %(item)s",
    "item from elsewhere": "UPDATE invoicing_firminvoiceitem SET invoice_id = %(invoice)s WHERE id = %(draft_item)s",
    "tax": "UPDATE invoicing_tax SET percent = 19 WHERE code = 'vat-20'",
    "tax of an item": (
        "UPDATE invoicing_firminvoiceitem_taxes SET tax_id = %(other_tax)s WHERE firminvoiceitem_id = %(item)s"
    ),
    "further tax": (
        "INSERT INTO invoicing_firminvoiceitem_taxes (firminvoiceitem_id, tax_id) VALUES (%(item)s, %(other_tax)s)"
    ),
    "counter": "UPDATE invoicing_invoicetype SET last_number = 0 WHERE code = 1",
    "prefix": "UPDATE invoicing_invoicetype SET prefix = 'X' WHERE code = 1",
}
DELETIONS = {
    "deleted invoice": "DELETE FROM invoicing_firminvoice WHERE id = %(invoice)s",
    "deleted item": "DELETE FROM invoicing_firminvoiceitem WHERE id = %(item)s",
    "deleted tax": "DELETE FROM invoicing_firminvoiceitem_taxes WHERE firminvoiceitem_id = %(item)s",
}
if connection.vendor == "postgresql":
    UNTOUCHABLE |= DELETIONS


@pytest.mark.parametrize("attempt", UNTOUCHABLE)
def test_the_database_refuses_changes_of_what_is_issued(attempt: str) -> None:
    paper, other = issued(), draft()
    ids = {
        "invoice": paper.pk,
        "item": item_ids(paper)[0],
        "draft": other.pk,
        "draft_item": item_ids(other)[0],
        "other_tax": tax("vat-10").pk,
    }
    stored = {name: key if connection.features.has_native_uuid_field else key.hex for name, key in ids.items()}
    used = {name: value for name, value in stored.items() if f"%({name})s" in UNTOUCHABLE[attempt]}
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(UNTOUCHABLE[attempt], used)
    kept = reread(paper)
    assert (kept.total, kept.items.count(), kept.invoice_number) == (D("120.00"), 1, 1)


def test_the_models_refuse_them_too() -> None:
    paper = issued()
    paper.observations = "x"
    for change in (
        paper.save,
        paper.items.get().save,
        lambda: FirmInvoiceItem.objects.create(
            invoice=paper, name="x", currency_units=1, product_type=paper.items.get().product_type
        ),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    for delete in (paper.delete, FirmInvoice.objects.all().delete, paper.client.delete, paper.currency.delete):
        with pytest.raises((Forbidden, ProtectedError)), transaction.atomic():
            delete()
    assert FirmInvoice.objects.count() == 1


def test_drafts_may_change_and_go() -> None:
    paper = draft()
    paper.observations = "x"
    paper.save()
    paper.items.update(currency_units=5)
    paper.delete()
    assert not FirmInvoiceItem.objects.exists()


def test_a_tax_may_be_offered_no_longer() -> None:
    issued()
    Tax.objects.filter(code="vat-20").update(enable=False)
    assert not tax("vat-20").enable


def test_a_credit_note_takes_what_is_left() -> None:
    paper = issued(None, item("100", 3), item("13", 1, tax("outlay")))
    first, second = item_ids(paper)
    part = invoice_credit(invoice_id=paper.pk, by=None, reason="one too many", quantities={first: 1})
    assert (part.reference, part.total, part.corrects_id, part.observations) == (
        "AV000001",
        D("120.00"),
        paper.pk,
        "one too many",
    )
    rest = invoice_credit(invoice_id=paper.pk, by=None, reason="all of it")
    assert rest.total == D("253.00")
    assert reread(paper).credited == paper.total == D("373.00")
    with pytest.raises(Forbidden):
        invoice_credit(invoice_id=paper.pk, by=None, reason="again")
    for wrong in (draft().pk, rest.pk):
        with pytest.raises(Forbidden):
            invoice_credit(invoice_id=wrong, by=None, reason="x")
    assert second in item_ids(paper)


def test_a_credit_note_cannot_exceed_the_invoice() -> None:
    paper, other = issued(None, item("100", 3)), issued()
    mine = item_ids(paper)[0]
    for quantities in ({mine: 4}, {mine: -1}, {item_ids(other)[0]: 1}, {}):
        with pytest.raises(Invalid):
            invoice_credit(invoice_id=paper.pk, by=None, reason="x", quantities=quantities)
    assert not FirmInvoice.objects.filter(corrects=paper).exists()


def test_payments_until_nothing_remains() -> None:
    paper = issued()

    def pay(amount: str) -> None:
        payment_record(invoice_id=paper.pk, amount=D(amount), paid_on=DAY, by=User.objects.first(), method="virement")

    pay("20.00")
    for wrong in ("100.01", "0", "-1"):
        with pytest.raises(Invalid):
            pay(wrong)
    pay("100")
    assert reread(paper).paid == D("120.00")
    with pytest.raises(Invalid):
        pay("0.01")
    with pytest.raises(Forbidden):
        payment_record(invoice_id=draft().pk, amount=D(1), paid_on=DAY, by=None)
