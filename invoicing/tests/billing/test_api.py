"""Reading invoices: who sees what, and the published form."""

import json
import uuid
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django_otp.plugins.otp_totp.models import TOTPDevice
from jsonschema import Draft202012Validator
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from invoicing.billing.services.clients import client_of
from invoicing.billing.services.issuing import invoice_credit
from invoicing.billing.services.payments import payment_record
from invoicing.models import FirmInvoice, InvoiceType
from invoicing.tests.billing.doors import Panel
from invoicing.tests.billing.papers import client_user, draft, issued, item, levy, tax
from tests.factories import ApiUserFactory

pytestmark = pytest.mark.django_db
PUBLISHED = json.loads((Path(__file__).parent / "data/lawpanel-read-invoice.schema.json").read_text())
NOWHERE = uuid.UUID(int=0)


def strict(schema: Any) -> Any:
    """The published schema with every key required and no other allowed."""
    if not isinstance(schema, dict):
        return schema
    tight = {name: strict(value) for name, value in schema.items()}
    if "properties" in schema:
        tight["properties"] = {name: strict(value) for name, value in schema["properties"].items()}
        tight |= {"required": list(schema["properties"]), "additionalProperties": False}
    return tight


def assert_published(answer: dict[str, Any], *, fractions: bool = False) -> None:
    schema = json.dumps(strict(PUBLISHED))
    if fractions:
        for name in ("currency_units", "units", "percent"):
            schema = schema.replace(f'"{name}": {{"type": "integer"}}', f'"{name}": {{"type": "number"}}')
    Draft202012Validator(json.loads(schema)).validate(answer)
    assert list(answer) == list(PUBLISHED["properties"])


@pytest.fixture
def panel() -> Panel:
    client_of(client_user())
    return Panel.of("client@example.com")


def staff_user(*roles: str, **fields: Any) -> User:
    user = ApiUserFactory(email="boss@example.com", is_staff=True, password="a long enough password", **fields)
    user.groups.set(Group.objects.filter(name__in=roles))
    return user


def staff_panel() -> Panel:
    staff_user("accountant")
    return Panel.of("boss@example.com")


def shown(panel: Panel, invoice: FirmInvoice) -> Any:
    answer = panel.get(f"invoice/{invoice.pk}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def pay(invoice: FirmInvoice, amount: str) -> None:
    payment_record(invoice_id=invoice.pk, amount=Decimal(amount), paid_on=date(2026, 3, 2), by=None, method="virement")


def test_several_items_and_taxes(panel: Panel) -> None:
    me = User.objects.get(email="client@example.com")
    paper = issued(
        None,
        item("100", 2, tax("vat-20"), levy("Contribution", units="13")),
        item("35", 1, tax("outlay"), name="Frais de greffe", code="court-fee", entity_type="recovery", entity_id="17"),
        user=me,
        observations="Merci",
    )
    answer = shown(panel, paper)
    assert_published(answer)
    first, second = answer["invoice_items"]
    assert [(each["percent"], each["units"]) for each in sorted(first["taxes"], key=lambda each: each["units"])] == [
        (20, 0),
        (0, 13),
    ]
    assert (first["currency_units"], first["quantity"], first["currency"]["name_short"]) == (100, 2, "EUR")
    assert (second["invoice_entity_type"], second["invoice_entity_id"], second["code"]) == (
        "recovery",
        "17",
        "court-fee",
    )
    assert (answer["invoice_number"], answer["invoice_type"]["prefix"], answer["invoice_type"]["leading_zeros"]) == (
        1,
        "FA",
        "000000",
    )
    assert answer["client"]["billing_address"]["city"] == "Lyon"
    assert answer["client"]["company_registration_number"] == "552100554"
    assert (answer["user"]["email"], answer["user"]["user_role"]) == ("client@example.com", "client")
    assert (answer["payments"], answer["observations"]) == ([], "Merci")
    for key in (answer["id"], answer["user"]["id"], answer["client"]["contact_address"]["country_id"]):
        assert str(uuid.UUID(key)) == key


@pytest.mark.parametrize("currency", ["EUR", "USD", "GBP", "CHF"])
def test_every_currency(panel: Panel, currency: str) -> None:
    answer = shown(panel, issued(None, item(), currency=currency, euro_rate=Decimal("0.9"), user=User.objects.first()))
    assert_published(answer)
    assert answer["invoice_items"][0]["currency"]["name_short"] == currency


def test_whole_numbers_have_no_fraction_and_others_do(panel: Panel) -> None:
    paper = issued(None, item("49.90", 1, tax("vat-5-5")), item("12.00"), user=User.objects.first())
    raw = panel.get(f"invoice/{paper.pk}").content
    assert b'"currency_units":49.9,' in raw
    assert b'"currency_units":12,' in raw
    assert b'"percent":5.5}' in raw
    assert_published(json.loads(raw), fractions=True)


def test_partial_payments_then_all_of_it(panel: Panel) -> None:
    paper = issued(None, item("100"), item("50"), user=User.objects.first())
    pay(paper, "80")
    answer = shown(panel, paper)
    assert_published(answer)
    assert answer["payments"][0] == {
        "id": answer["payments"][0]["id"],
        "amount": 80,
        "date": "2026-03-02",
        "method": "virement",
        "reference": "",
    }
    assert [each["paid_out"] for each in answer["invoice_items"]] == [False, False]
    pay(paper, "99.5")
    pay(paper, "0.50")
    answer = shown(panel, paper)
    assert_published(answer)
    assert [each["amount"] for each in answer["payments"]] == [80, 99.5, 0.5]
    assert [each["paid_out"] for each in answer["invoice_items"]] == [True, True]


def test_a_credited_invoice_has_nothing_left_to_pay(panel: Panel) -> None:
    paper = issued(user=User.objects.first())
    note = invoice_credit(invoice_id=paper.pk, by=User.objects.first(), reason="Erreur")
    assert shown(panel, paper)["invoice_items"][0]["paid_out"] is True
    answer = shown(panel, note)
    assert_published(answer)
    assert (answer["invoice_type"]["code"], answer["invoice_number"], answer["observations"]) == (2, 1, "Erreur")


def test_an_invoice_that_nobody_created_has_an_empty_user(panel: Panel) -> None:
    answer = shown(panel, issued())
    assert answer["user"] == {}
    Draft202012Validator(PUBLISHED).validate(answer)


def test_times_are_utc_and_due_is_the_end_of_the_day_in_paris(panel: Panel) -> None:
    paper = issued()
    answer = shown(panel, paper)
    assert answer["date_time"] == paper.date_time.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    assert answer["date_time_due"][:10] == paper.due_on.isoformat()
    assert answer["date_time_due"].endswith(("T22:59:59.000000Z", "T21:59:59.000000Z"))


def test_others_and_drafts_are_not_found(panel: Panel) -> None:
    other = issued(client_of(client_user("other@example.com")))
    for key in (other.pk, draft().pk, NOWHERE, "1", "x", "%00", "a" * 300, "%F0%9F%92%A9"):
        for tail in ("", "/pdf"):
            answer = panel.get(f"invoice/{key}{tail}")
            assert (answer.status_code, answer.json()) == (404, {"success": False, "message": "Invoice not found"})
    assert panel.get("invoice").json() == []


def test_staff_read_every_issued_invoice(panel: Panel) -> None:
    mine, other = issued(), issued(client_of(client_user("other@example.com")))
    draft()
    staff = staff_panel()
    assert [each["id"] for each in staff.get("invoice").json()] == [str(other.pk), str(mine.pk)]
    assert shown(staff, other)["client"]["contact_email"] == "other@example.com"


def test_staff_without_a_role_do_not_come_in() -> None:
    staff_user()
    assert Panel().login("boss@example.com").status_code == 403


def test_staff_with_a_second_factor_do_not_come_in_by_the_password_alone() -> None:
    TOTPDevice.objects.create(user=staff_user(is_superuser=True), name="TOTP", confirmed=True)
    assert Panel().login("boss@example.com").status_code == 403


def test_staff_do_not_come_in_where_a_second_factor_is_required(system_setting: Any) -> None:
    system_setting(STAFF_SECOND_FACTOR_REQUIRED=True)
    staff_user("accountant")
    assert Panel().login("boss@example.com").status_code == 403


def test_a_session_of_staff_ends_with_their_role() -> None:
    staff = staff_panel()
    assert staff.get("invoice").status_code == 200
    User.objects.get(email="boss@example.com").groups.clear()
    assert staff.get("invoice").status_code == 401


def test_users_of_one_client_read_the_same(panel: Panel) -> None:
    paper = issued()
    colleague = client_user("colleague@example.com")
    paper.client.members.create(user=colleague)
    assert shown(Panel.of("colleague@example.com"), paper)["id"] == str(paper.pk)
    paper.client.members.filter(user=colleague).delete()


def part(panel: Panel, query: str) -> tuple[list[int], tuple[str, ...]]:
    answer = panel.get(f"invoice{query}")
    assert answer.status_code == 200, answer.content
    counts = tuple(answer.headers[name] for name in ("Total", "Skipped", "Taken"))
    return [each["invoice_number"] for each in answer.json()], counts


def test_parts_of_the_list(panel: Panel) -> None:
    for _ in range(5):
        issued()
    assert part(panel, "") == ([5, 4, 3, 2, 1], ("5", "0", "5"))
    assert part(panel, "?take=2") == ([5, 4], ("5", "0", "2"))
    assert part(panel, "?skip=3&take=2") == ([2, 1], ("5", "3", "2"))
    assert part(panel, "?skip=4&take=100") == ([1], ("5", "4", "1"))
    assert part(panel, "?skip=999999999&take=") == ([], ("5", "999999999", "0"))


@pytest.mark.parametrize(
    "query",
    [
        "take=0",
        "take=101",
        "take=-1",
        "take=x",
        "take=1e3",
        "take=9999999999999999999999",
        "take=1.5",
        "skip=-1",
        "skip=x",
        "skip=9223372036854775808",
        "skip=1000000001",
        "skip=%00",
        "take=%F0%9F%92%A9",
        "skip=٣",
        "skip=1_0",
    ],
)
def test_hostile_queries_are_422(panel: Panel, query: str) -> None:
    answer = panel.get(f"invoice?{query}")
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {query[:4]}


def test_a_page_takes_as_many_statements_as_an_invoice(
    panel: Panel, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        paper = issued(None, item(), item(), item())
    with django_assert_num_queries(8):
        panel.get(f"invoice/{paper.pk}")
    with django_assert_num_queries(9):
        panel.get("invoice")


def test_numbers_are_those_of_each_series(panel: Panel) -> None:
    kind = InvoiceType.objects.create(code=9, name="Divers", prefix="D")
    issued()
    assert [shown(panel, issued(invoice_type=kind))["invoice_number"] for _ in range(2)] == [1, 2]
