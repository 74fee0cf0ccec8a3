"""What people write at the doors of the house: forms of staff, the system settings, files, programs of clients."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from constance.models import Constance
from django.test import Client

from accounts.models import User
from companies.models import Company
from invoicing.models import BillingAddress, BillingClient, ClientType, Invoice, ProtectedInvoice
from legalcity.lib.dates import EARLIEST, add_days
from legalcity.lib.settings.live import live
from recoveries.court.tests.transfers import transferable, transferred
from recoveries.desk.tests.pages import act_page, assert_refused, case_of
from recoveries.intake.tests.test_import import confirm, csv_file, errors_of, table, upload
from recoveries.models import Acompte, Injunction, Recovery
from recoveries.services.deadlines import next_deadlines_refresh
from tests.backoffice import act, browser_of, chief, page_of
from tests.factories import Api, ProtectedInvoiceBody, RegisterBody, bare_case_id, file_case
from tests.test_settings import submitted

pytestmark = pytest.mark.django_db

IBAN = "FR7630006000011234567890189"


@pytest.fixture
def office(db: None) -> Client:
    """The browser of a member of staff who reads English."""
    return browser_of(chief())


# --- forms of staff --------------------------------------------------------------------------------------------
@pytest.mark.same_everywhere
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("amount", ["60,50", "60.50", "60,50 €", "EUR 60,5", " \u202f60,50\u00a0€"])
def test_a_payment_is_read_the_same_in_every_language(db: None, owner: Api, language: str, amount: str) -> None:
    case = case_of(owner)
    browser = browser_of(chief(language=language))
    assert act(browser, case, "record-payment", amount=amount, day="20/11/2026").status_code == 302
    payment = Acompte.objects.get(recovery=case)
    assert (payment.amount, payment.date) == (Decimal("60.50"), date(2026, 11, 20))


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ({"amount": "1.234"}, "“1.234” can be read two ways: 1234 or 1.234."),
        ({"amount": "1,234"}, "“1,234” can be read two ways: 1234 or 1.234."),
        ({"amount": "abc"}, "Enter a number."),
        ({"amount": "-5"}, "This cannot be below zero."),
        ({"amount": "5,001"}, "can be read two ways: 5001 or 5.001."),
        ({"amount": "0,001"}, "At most 2 decimals."),
        ({"day": "20/11/26"}, "Write the year with four digits: 20/11/2026."),
        ({"day": "0026-11-20"}, "The day must lie between 01/01/1990 and 31/12/2100."),
        ({"day": "2025-10-01"}, "The claim that is paid is of 20/10/2025"),
        ({"reference": "a\x00b"}, "This text holds characters that cannot be kept."),
    ],
)
def test_what_cannot_be_read_is_told_and_no_payment_is_recorded(
    office: Client, owner: Api, written: dict[str, str], sentence: str
) -> None:
    case = case_of(owner, invoices=[{"invoice_date": "2025-10-20"}])
    sent = {"amount": "5", "day": "2026-11-20", **written}
    assert_refused(act(office, case, "record-payment", **sent), sentence)
    assert not Acompte.objects.exists()


@pytest.mark.same_everywhere
def test_money_is_asked_in_lines_of_text_and_shown_as_the_person_writes(office: Client, owner: Api) -> None:
    case = case_of(owner)
    page = act_page(office, case, "record-payment").content.decode()
    [line] = re.findall(r'<input[^>]* name="amount"[^>]*>', page)
    assert 'type="text"' in line
    assert 'inputmode="decimal"' in line
    french = browser_of(chief(email="chef@example.com", language="fr"))
    for browser, shown in ((office, {"10,000.00", "0.80"}), (french, {"10 000,00", "0,80"})):
        page = browser.get("/admin/constance/config/").content.decode()
        values = re.findall(r'name="(?:SCORING_CREDIT_BASE|COMMENT_MARKUP_SHARE)" value="([^"]*)" inputmode', page)
        assert {" ".join(value.split()) for value in values} == shown


def test_a_filter_of_the_list_takes_what_people_write(office: Client, owner: Api) -> None:
    case = case_of(owner, invoices=[{"invoice_amount": "1234.56"}])
    address = page_of(Recovery, "changelist")
    for written, is_found in (("1 234,56", True), ("1234.57", False), ("1.234,5", True)):
        page = office.get(address, {"amount_min": written}).content.decode()
        assert (case.recovery_reference in page) is is_found, written


def test_dates_of_a_procedure_begin_with_the_first_invoice(office: Client, owner: Api) -> None:
    case = Recovery.objects.get(pk=transferred(owner, transferable(owner)))
    first = Invoice.objects.filter(recovery=case).order_by("invoice_date").values_list("invoice_date", flat=True)[0]
    court = {"court_type": "tribunal_judiciaire", "court_name": "", "court_territory": "FR"}
    answer = act(office, case, "record-dates", **court, filed_on="01.02.1995")
    assert_refused(answer, f"This day is before the first invoice of the case ({first:%d/%m/%Y}).")
    answer = act(office, case, "record-dates", **court, filed_on=f"{first:%d.%m.%Y}", granted_amount="1 234,56 €")
    assert answer.status_code == 302
    procedure = Injunction.objects.get(recovery=case)
    assert (procedure.filed_on, procedure.granted_amount) == (first, Decimal("1234.56"))


def test_a_user_of_staff_is_kept_in_normal_form(office: Client, owner: Api) -> None:
    user = User.objects.get(pk=owner.user.pk)
    form = office.get(page_of(User, "change", user.pk)).context["adminform"].form
    sent = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    kept = {name: value for name, value in sent.items() if isinstance(value, str | int) and value is not False}
    inlines = {f"{part}-{name}": "0" for part in ("api_keys", "tokens") for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    written = {"siren": "732 829\u00a0320", "last_name": "\u200bHe\u0301roux ", "metadata": "{}", "first_name": "A"}
    page = office.post(page_of(User, "change", user.pk), {**kept, **inlines, **written})
    assert page.status_code == 302, page.context["adminform"].form.errors
    user.refresh_from_db()
    assert (user.siren, user.last_name) == ("732829320", "Héroux")


def test_a_billed_client_has_real_identifiers(office: Client) -> None:
    address = BillingAddress.objects.create(line1="1 rue X", postal_code="75001", city="Paris", country="FR")
    sent = {
        **{"client_type": ClientType.objects.get(code=1).pk, "name": "Martin"},
        **{"contact_address": address.pk, "billing_address": address.pk},
        **{f"members-{name}_FORMS": "0" for name in ("TOTAL", "INITIAL")},
    }
    add = page_of(BillingClient, "add")
    wrong = office.post(add, {**sent, "company_registration_number": "12", "vat_number": "FR45732829320"})
    assert wrong.context["adminform"].form.errors == {
        "company_registration_number": ["A SIREN has nine digits."],
        "vat_number": ["This is no VAT number: its form or its key does not fit."],
    }
    right = {"company_registration_number": "732 829 320", "vat_number": "fr 44 732 829 320"}
    assert office.post(add, {**sent, **right}).status_code == 302
    client = BillingClient.objects.get(name="Martin")
    assert (client.company_registration_number, client.vat_number) == ("732829320", "FR44732829320")


# --- the system settings ---------------------------------------------------------------------------------------
FIRM, IDENTITY = "/admin/constance/config/firm/", "/admin/constance/config/identity/"


@pytest.mark.same_everywhere
def test_bank_details_and_numbers_of_the_firm_are_kept_in_normal_form(office: Client) -> None:
    details = {
        "FIRM_IBAN": "fr76 3000 6000 0112 3456 7890 189",
        "FIRM_BIC": "agri fr pp",
        "FIRM_SIREN": "732 829 320",
        "FIRM_VAT_NUMBER": "FR 44 732 829 320",
    }
    assert office.post(FIRM, details).status_code == 302
    written = {"FIRM_PHONE": "\u202d04 50 12 34 56\u202c", "FIRM_ADDRESS": "1\r\nrue du Lac"}
    form = office.get(IDENTITY).context["form"]
    sent = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    assert office.post(IDENTITY, {**sent, **written}).status_code == 302
    answer = submitted(office, SCORING_CREDIT_BASE="12 500,00 €", COMMENT_MARKUP_SHARE="0,5")
    assert answer.status_code == 302, answer.context["form"].errors
    assert (live.FIRM_IBAN, live.FIRM_BIC) == (IBAN, "AGRIFRPP")
    assert (live.FIRM_SIREN, live.FIRM_VAT_NUMBER) == ("732829320", "FR44732829320")
    assert (live.FIRM_PHONE, live.FIRM_ADDRESS) == ("04 50 12 34 56", "1 rue du Lac")
    assert (Decimal("12500.00"), Decimal("0.50")) == (live.SCORING_CREDIT_BASE, live.COMMENT_MARKUP_SHARE)


@pytest.mark.same_everywhere
def test_bank_details_that_are_none_are_refused(office: Client) -> None:
    wrong = {
        "FIRM_IBAN": 'not an iban " <b>',
        "FIRM_BIC": "AGRI",
        "FIRM_SIREN": "12",
        "FIRM_VAT_NUMBER": "FR45732829320",
    }
    assert set(office.post(FIRM, wrong).context["form"].errors) == set(wrong)
    form = office.get(IDENTITY).context["form"]
    sent = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    others = {"FIRM_EMAIL": "nobody"}
    assert set(office.post(IDENTITY, {**sent, **others}).context["form"].errors) == set(others)
    assert set(submitted(office, SCORING_CREDIT_BASE="1.234").context["form"].errors) == {"SCORING_CREDIT_BASE"}
    assert not Constance.objects.filter(key__in={**wrong, **others}).exists()


# --- files of cases --------------------------------------------------------------------------------------------
@pytest.mark.same_everywhere
def test_a_file_of_cases_is_read_as_people_write(office: Client, owner: Api) -> None:
    written = {
        "customer.company_siren": "732 829 320",
        "debtor.company_siren": "552\u00a0100\u202f554",
        "debtor.company_name": "\u202dSocie\u0301te\u0301\r\ndu Lac",
        "recovery.recovery_due_date": "31.03.2026",
        "invoice.invoice_date": "01/02/2026",
    }
    rows = table(
        {**written, "invoice.invoice_number": "F-1", "invoice.invoice_amount": "€ 1 234,56"},
        {**written, "invoice.invoice_number": "F-2", "invoice.invoice_amount": "1.234,56 EUR"},
    )
    page = upload(office, owner.user, csv_file(rows))
    assert errors_of(page) == {}
    confirm(office)
    assert set(Invoice.objects.values_list("invoice_amount", flat=True)) == {Decimal("1234.56")}
    assert set(Company.objects.values_list("company_siren", flat=True)) == {"732829320", "552100554"}
    assert set(Recovery.objects.values_list("debtor_company", flat=True)) == {"Société du Lac"}


@pytest.mark.same_everywhere
def test_a_file_that_can_be_read_two_ways_is_read_in_neither(office: Client, owner: Api) -> None:
    rows = table({"invoice.invoice_amount": "1.234", "invoice.invoice_date": "01/02/26"})
    assert errors_of(upload(office, owner.user, csv_file(rows))) == {
        2: {
            "invoice.invoice_amount": ["The invoice amount “1.234” can be read two ways: 1234 or 1.234."],
            "invoice.invoice_date": ["The invoice date field must have a year of four digits."],
        }
    }


# --- programs of clients ---------------------------------------------------------------------------------------
def test_one_identifier_in_two_spellings_is_one(owner: Api) -> None:
    first = owner.data("POST", "/api/protected-invoices", ProtectedInvoiceBody(api_invoice_id="Été-1"))
    again = owner.errors("POST", "/api/protected-invoices", ProtectedInvoiceBody(api_invoice_id="E\u0301te\u0301-1"))
    assert again == {"api_invoice_id": ["An invoice with this API ID already exists for your account."]}
    assert ProtectedInvoice.objects.count() == 1
    for spelling in ("%C3%89t%C3%A9-1", "E%CC%81te%CC%81-1"):
        assert owner.data("GET", f"/api/protected-invoices/api/{spelling}")["id"] == first["id"]


@pytest.mark.parametrize("name", ["\u200b", "\u3164", "\u202d\u202c"])
def test_a_name_that_shows_nothing_is_none(owner: Api, name: str) -> None:
    assert owner.errors("POST", "/api/auth/register", RegisterBody(entreprise=name)) == {
        "entreprise": ["The entreprise field is required."]
    }


def test_groups_of_a_siren_are_dropped(owner: Api) -> None:
    case = file_case(owner, debtor={"company_siren": "552 100 554", "company_phone": "\u202d04 50 12 34 56\u202c"})
    debtor = Recovery.objects.get(pk=case["recovery"]["id"]).debtor
    assert debtor is not None
    assert (debtor.company_siren, debtor.company_phone) == ("552100554", "04 50 12 34 56")


def test_a_short_text_stays_on_one_line_and_a_remark_keeps_its_lines(owner: Api) -> None:
    lines = "Lundi\r\nmardi"
    case = file_case(
        owner,
        debtor={"company_name": "A\r\nB"},
        invoices=[{"invoice_number": "F\t\n1"}],
        recovery={"recovery_observations": lines},
    )
    stored = Recovery.objects.get(pk=case["recovery"]["id"])
    assert (stored.debtor_company, stored.invoices.get().invoice_number) == ("A B", "F 1")
    assert stored.recovery_observations == lines


@pytest.mark.parametrize("address", ["İ@x.fr", "a" * 65 + "@x.fr", "a@[127.0.0.1]"])
def test_an_address_that_no_mail_server_takes_is_refused(owner: Api, address: str) -> None:
    assert owner.errors("POST", "/api/auth/register", RegisterBody(email=address)) == {
        "email": ["The email must be a valid email address."]
    }


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        ("recovery_interest_rate_percent", "The interest rate must be between 0 and 100."),
        ("recovery_penalty_percent", "The penalty percentage must be between 0 and 100."),
    ],
)
@pytest.mark.parametrize("percent", [-1, "-0.01", "100.01", 1000])
def test_a_percentage_out_of_bounds_has_the_sentence_of_the_reference(
    owner: Api, field: str, sentence: str, percent: Any
) -> None:
    address = f"/api/recoveries/{bare_case_id(owner)}"
    terms = {
        **{"recovery_late_interest": True, "recovery_interest_rate": "yes", "recovery_interest_rate_percent": 1},
        **{"recovery_penalty": True, "recovery_penalty_type": "percent", "recovery_penalty_percent": 1},
    }
    assert owner.errors("PUT", address, {**terms, field: percent}) == {field: [sentence]}


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("query", "failing"),
    [
        ("date_from=nope&date_to=2025-01-01", ["date_from", "date_to"]),
        ("date_from=nope", ["date_from"]),
        ("date_from=1900-01-01&date_to=9999-12-31", []),
    ],
)
def test_the_end_of_a_period_is_judged_though_its_beginning_is_no_day(
    owner: Api, query: str, failing: list[str]
) -> None:
    answer = owner.get(f"/api/recoveries/{bare_case_id(owner)}/invoices?{query}")
    sentences = {
        "date_from": ["The date from field must be a valid date."],
        "date_to": ["The date to field must be a valid date after date from."],
    }
    assert answer.json().get("errors", {}) == {name: sentences[name] for name in failing}


# --- what was stored before it was checked ---------------------------------------------------------------------
@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("stored", "shown", "hidden"),
    [
        ({"FIRM_IBAN": IBAN, "FIRM_BIC": "AGRI FR PP"}, ["FR76 3000 6000 0112", "AGRIFRPP", "<svg"], []),
        ({"FIRM_IBAN": "FR76 3000 6000 0112 3456 7890 189"}, ["FR76 3000 6000 0112 3456 7890 189", "<svg"], []),
        ({"FIRM_IBAN": IBAN, "FIRM_BIC": "nonsense!"}, ["FR76 3000", "<svg"], ["nonsense"]),
        ({"FIRM_IBAN": 'not an iban " <b>', "FIRM_BIC": "X"}, ["coordonnées bancaires"], ["<svg", "not an iban"]),
        ({"FIRM_IBAN": IBAN, "FIRM_NAME": " "}, ["FR76 3000 6000"], ["<svg"]),
    ],
)
def test_bank_details_that_are_none_take_no_page_down(
    owner: Api, system_setting: Callable[..., None], stored: dict[str, str], shown: list[str], hidden: list[str]
) -> None:
    procedure = Injunction.objects.get(recovery_id=transferred(owner, transferable(owner)))
    system_setting(**{"FIRM_NAME": "Cabinet Morvan", **stored})
    answer = Client().get(f"/injonction/{procedure.key}")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert [text for text in shown if text not in page] == []
    assert [text for text in hidden if text in page] == []


EXTREMES = [date.max, date(9999, 11, 30), date(26, 11, 20), date.min]


TERMS = {"assign_to_me": False, "recovery_late_interest": True, "recovery_interest_rate": "yes 3"}


@pytest.mark.parametrize("stored", EXTREMES)
def test_a_day_beyond_all_calendars_takes_no_page_and_no_transfer_down(
    office: Client, owner: Api, stored: date
) -> None:
    case = case_of(owner, invoices=[{}, {}], recovery=TERMS)
    Recovery.objects.update(recovery_due_date=stored)
    first, second = Invoice.objects.order_by("id")
    begun = {"invoice_date": stored} if stored < EARLIEST else {}
    Invoice.objects.filter(pk=first.pk).update(invoice_due_date=add_days(stored, 1), **begun)
    Invoice.objects.filter(pk=second.pk).update(invoice_date=stored, invoice_due_date=None)
    Acompte.objects.create(recovery=case, amount=1, date=stored)
    base = f"/api/recoveries/{case.pk}"
    for address in (base, f"{base}/invoices", f"{base}/injonction-eligibility", "/api/recoveries"):
        assert owner.get(address).status_code == 200, address
    page = page_of(Recovery, "change", case.pk)
    days = {"on": "2026-11-20", "known_on": "2026-11-20", "compared": "2026-11-01"}
    account = f"{page_of(Recovery, 'decompte', case.pk)}?{urlencode(days)}"
    for address in (
        page,
        account,
        page_of(Recovery, "ledger", case.pk),
        page_of(Recovery, "changelist"),
        "/admin/",
        "/admin/portfolio/",
    ):
        assert office.get(address).status_code == 200, address
    assert owner.post(f"{base}/injonction-transfer", {}).status_code in (200, 202, 403)


@pytest.mark.parametrize("stored", EXTREMES)
def test_a_procedure_with_such_a_day_opens(office: Client, owner: Api, stored: date) -> None:
    case = Recovery.objects.get(pk=transferred(owner, transferable(owner)))
    for field in ("filed_on", "order_made_on", "served_on", "costs_invited_on", "opposition_notified_on"):
        Injunction.objects.update(**dict.fromkeys(("filed_on", "order_made_on", "served_on"), None))
        Injunction.objects.update(**{field: stored})
        next_deadlines_refresh(recovery_ids=[case.pk])
        for thing in (case, Injunction.objects.get()):
            assert office.get(page_of(type(thing), "change", thing.pk)).status_code == 200, field
        assert office.get("/admin/").status_code == 200
