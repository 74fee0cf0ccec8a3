"""What staff correct in the client's place, and the scores that they order."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.forms import BooleanField
from django.test import Client

from accounts.models import AuditEvent
from companies.models import Company
from invoicing.models import Invoice
from legalcity.lib.clock import today
from legalcity.lib.errors import Conflict
from recoveries.desk.tests.pages import act_page, assert_refused, case_of, followed, office_of, words
from recoveries.ledger.services import acompte_record
from recoveries.models import Posting, Recovery
from recoveries.services.parties import party_correct
from scoring.models import ScoringOrder, TokenEntry
from scoring.services.tokens import tokens_grant
from tests.backoffice import act, browser_of, chief
from tests.factories import Api, detail, move
from tests.races import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]
REPORT = {"side": "debtor", "solvency_report": "on", "report_type": "standard", "priority": "standard"}


@pytest.fixture
def office(db: None) -> Client:
    """The browser of a member of staff who may do everything."""
    return browser_of(chief(language="en"))


def invoice_form(invoice: Invoice, **changed: str) -> dict[str, Any]:
    stored = {
        "invoice_number": invoice.invoice_number,
        "invoice_date": f"{invoice.invoice_date:%d/%m/%Y}",
        "invoice_due_date": f"{invoice.invoice_due_date:%d/%m/%Y}" if invoice.invoice_due_date else "",
        "invoice_amount": str(invoice.invoice_amount),
    }
    return {"invoice": invoice.pk, **stored, **changed}


def shown_in(page: Any) -> dict[str, Any]:
    """What a browser sends of the form of a page to which nothing was done."""
    form = page.context["form"]
    sent = {name: form[name].value() or "" for name in form.fields}
    ticks = {name for name, field in form.fields.items() if isinstance(field, BooleanField)}
    sent = {name: value for name, value in sent.items() if value or name not in ticks}
    return sent | {form[name].html_initial_name: form._present(name) for name in form.correcting}


def test_an_invoice_is_corrected_and_the_account_follows(office: Client, owner: Api) -> None:
    case = case_of(owner)
    invoice = case.invoices.get()
    acompte_record(recovery_id=case.pk, amount=Decimal(10), day=today(), by=None)
    before = Posting.objects.filter(recovery=case).count()
    followed(
        office, case, "correct-invoice", **invoice_form(invoice, invoice_number="F-9", invoice_amount="2 000,50 €")
    )
    case.refresh_from_db()
    assert (case.amount, case.amount_torecover) == (Decimal("2000.50"), Decimal("1990.50"))
    assert "f-9" in case.search_text.lower()
    posted = Posting.objects.filter(recovery=case).order_by("pk")[before:]
    assert {posting.source for posting in posted} == {"staff"}
    [shown] = detail(owner, case.pk)["invoices"]
    assert (shown["invoice_number"], shown["invoice_amount"]) == ("F-9", "2000.50")


def test_invoices_are_added_and_removed(office: Client, owner: Api) -> None:
    case = case_of(owner)
    first = case.invoices.get()
    new = {"invoice_number": "F-2", "invoice_date": "05/01/2026", "invoice_amount": "100"}
    followed(office, case, "add-invoice", **new)
    assert_refused(act(office, case, "add-invoice", **new), "already been taken")
    followed(office, case, "remove-invoice", invoice=first.pk, reason="Of another debtor.")
    case.refresh_from_db()
    assert (case.invoices_count, case.amount) == (1, Decimal(100))


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"invoice_amount": "1.234"}, "1.234"),
        ({"invoice_amount": "-5"}, "invoice amount"),
        ({"invoice_number": ""}, "The invoice number field is required."),
        ({"invoice_date": "31/02/2026"}, "invoice date"),
        ({"invoice_number": "a\0"}, "Null characters are not allowed."),
    ],
)
def test_what_is_wrong_is_refused(office: Client, owner: Api, changed: dict[str, str], sentence: str) -> None:
    case = case_of(owner)
    invoice = case.invoices.get()
    assert_refused(act(office, case, "correct-invoice", **invoice_form(invoice, **changed)), sentence)
    assert Invoice.objects.get(pk=invoice.pk).updated_at == invoice.updated_at


def test_an_invoice_of_another_case_is_none(office: Client, owner: Api) -> None:
    case, other = case_of(owner), case_of(owner)
    sent = invoice_form(other.invoices.get(), invoice_amount="1")
    assert_refused(act(office, case, "correct-invoice", **sent), "Select a valid choice.")


def test_nothing_of_a_closed_case_is_corrected(office: Client, owner: Api) -> None:
    case = case_of(owner)
    move(case.pk, 8)
    for name in ("add-invoice", "correct-invoice", "remove-invoice", "correct-claim"):
        assert act(office, case, name).status_code == 302
    assert not AuditEvent.objects.filter(action__startswith="correct-").exists()


def test_a_party_is_corrected_on_every_case_where_it_stands(office: Client, owner: Api) -> None:
    case = case_of(owner, debtor={"company_name": "Durnad SARL"})
    page = act_page(office, case, "correct-party", "?side=debtor").content.decode()
    assert "Durnad SARL" in page
    form = act_page(office, case, "correct-party").context["form"]
    stored = {name: form[name].value() or "" for name in form.fields}
    followed(office, case, "correct-party", **{**stored, "company_name": "Durand SARL"})
    case.refresh_from_db()
    assert case.debtor_company == "Durand SARL"
    changed = AuditEvent.objects.get(action="changed", object_type="companies.company")
    assert (changed.before["company_name"], changed.after["company_name"]) == ("Durnad SARL", "Durand SARL")
    assert_refused(act(office, case, "correct-party", **{**stored, "company_siren": "12"}), "siren")
    assert_refused(act(office, case, "correct-party", **{**stored, "company_legalrep_lastname": ""}), "required")


def test_what_the_client_changes_meanwhile_stays(office: Client, owner: Api) -> None:
    case = case_of(owner, debtor={"company_name": "Durnad SARL", "company_legalrep_lastname": "Roux"})
    page = act_page(office, case, "correct-party", "?side=debtor")
    form = page.context["form"]
    shown = shown_in(page)
    assert all(f'name="{form[name].html_initial_name}"' in page.content.decode() for name in form.correcting)
    Company.objects.filter(pk=case.debtor_id).update(company_legalrep_lastname="Roussel")
    followed(office, case, "correct-party", **{**shown, "company_name": "Durand SARL"})
    party = Company.objects.get(pk=case.debtor_id)
    assert (party.company_name, party.company_legalrep_lastname) == ("Durand SARL", "Roussel")


ACTS = {
    "correct-contact": ({"company_phone": "04 72 00 00 00"}, {"company_email": "new@example.com"}),
    "correct-party": ({"company_name": "Durand SARL"}, {"company_legalrep_lastname": "Roussel"}),
    "correct-claim": ({"external_id": "ERP-7"}, {"recovery_service_object": "Ten doors"}),
    "correct-invoice": ({"invoice_number": "F-9"}, {"invoice_due_date": "2026-01-31"}),
    "invoice-facts": ({"performed_on": "2026-01-05"}, {"is_disputed": "on"}),
}


@pytest.mark.parametrize("name", ACTS)
def test_two_who_correct_two_fields_keep_both(office: Client, owner: Api, name: str) -> None:
    case = case_of(owner, invoices=[{"invoice_due_date": "2026-01-15"}])
    invoice = f"?invoice={case.invoices.get().pk}" if "invoice" in name else ""
    first, second = (shown_in(act_page(office, case, name, invoice)) for _person in range(2))
    for shown, change in zip((first, second), ACTS[name], strict=True):
        followed(office, case, name, **{**shown, **change})
    kept = shown_in(act_page(office, case, name, invoice))
    for field, value in {**ACTS[name][0], **ACTS[name][1]}.items():
        assert str(kept[field]).replace(" ", "") in (value.replace(" ", ""), "True"), field


def test_who_corrects_what_somebody_else_has_just_corrected_is_told(office: Client, owner: Api) -> None:
    case = case_of(owner, debtor={"company_phone": "04 72 00 00 00"})
    first, second = (shown_in(act_page(office, case, "correct-contact")) for _person in range(2))
    followed(office, case, "correct-contact", **{**first, "company_phone": "04 72 11 11 11"})
    mine = {**second, "company_phone": "04 72 22 22 22", "company_city": "Lyon"}
    refused = act(office, case, "correct-contact", **mine)
    assert_refused(refused, "It was changed meanwhile and is “04 72 11 11 11” now.")
    debtor = Company.objects.get(pk=case.debtor_id)
    assert (debtor.company_phone, debtor.company_city) == ("04 72 11 11 11", case.debtor.company_city)
    form = refused.context["form"]
    sent_again = {**mine, form["company_phone"].html_initial_name: "04 72 11 11 11"}
    assert 'value="04 72 11 11 11"' in str(form["company_phone"])
    followed(office, case, "correct-contact", **sent_again)
    debtor.refresh_from_db()
    assert (debtor.company_phone, debtor.company_city) == ("04 72 22 22 22", "Lyon")


def test_the_same_correction_by_two_is_no_conflict(office: Client, owner: Api) -> None:
    case = case_of(owner)
    first, second = (shown_in(act_page(office, case, "correct-contact")) for _person in range(2))
    for shown in (first, second):
        followed(office, case, "correct-contact", **{**shown, "company_city": "Lyon"})


def test_what_changed_before_the_lock_is_refused(owner: Api) -> None:
    case = case_of(owner, debtor={"company_city": "Paris"})
    values, seen = {"company_city": "Lyon"}, {"company_city": "Nice"}
    with pytest.raises(Conflict):
        party_correct(recovery_id=case.pk, side="debtor", values=values, seen=seen, by=None)
    seen = {"company_city": "Paris"}
    assert party_correct(recovery_id=case.pk, side="debtor", values=values, seen=seen, by=None).company_city == "Lyon"


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="races need PostgreSQL")
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_party_of_several_cases_is_corrected_from_all_of_them_at_the_same_moment(owner: Api) -> None:
    cases = [case_of(owner) for _number in range(4)]
    Recovery.objects.update(debtor=cases[0].debtor_id)

    def correct(number: int) -> None:
        values = {"company_name": f"Durand {number}"}
        party_correct(recovery_id=cases[number % 4].pk, side="debtor", values=values, by=None)

    at_once(8, correct)
    [name] = set(Recovery.objects.values_list("debtor_company", flat=True))
    assert name == Company.objects.get(pk=cases[0].debtor_id).company_name


def test_the_terms_are_corrected(office: Client, owner: Api) -> None:
    case = case_of(owner, recovery={"assign_to_me": False, "external_id": "ERP-1"})
    other = case_of(owner, recovery={"assign_to_me": False, "external_id": "ERP-2"})
    form = act_page(office, case, "correct-claim").context["form"]
    stored = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    terms = {"recovery_late_interest": "on", "recovery_interest_rate": "yes", "recovery_interest_rate_percent": "7,5"}
    followed(office, case, "correct-claim", **{**stored, **terms})
    case.refresh_from_db()
    assert (case.recovery_interest_rate_percent, case.external_id) == (Decimal("7.5"), "ERP-1")
    taken = act(office, case, "correct-claim", **{**stored, "external_id": other.external_id})
    assert taken.context["form"].errors["external_id"]
    assert_refused(
        act(office, case, "correct-claim", **{**stored, **terms, "recovery_interest_rate_percent": ""}), "required"
    )


def test_who_may_not_correct(owner: Api) -> None:
    case = case_of(owner)
    for name in ("add-invoice", "correct-invoice", "remove-invoice", "correct-party", "correct-claim", "order-score"):
        assert act(office_of("accountant"), case, name).status_code == 403


# --- scores ----------------------------------------------------------------------------------------------------------
def test_a_score_is_ordered_by_the_clients_tokens(owner: Api) -> None:
    case, browser = case_of(owner), office_of("handler", email="orders@example.com")
    tokens_grant(user=owner.user, amount=3)
    address = act_page(browser, case, "order-score")
    assert "3 are left" in words(address.content.decode())
    assert "It costs 2 tokens." in words(
        browser.post(
            address.wsgi_request.get_full_path(),
            {"form_token": address.context["token"], **REPORT, "surveillance_months": "6"},
        ).content.decode()
    )
    assert not ScoringOrder.objects.exists()
    assert act(browser, case, "order-score", **REPORT, surveillance_months="6").status_code == 302
    order = ScoringOrder.objects.get()
    assert (order.user_id, order.company_id, order.surveillance_months) == (case.owner_id, case.debtor_id, 6)
    spent = TokenEntry.objects.get(kind="spent")
    assert spent.by
    assert (spent.amount, spent.by.email) == (-2, "orders@example.com")


def test_why_no_score_is_ordered(office: Client, owner: Api) -> None:
    case = case_of(owner)
    assert_refused(act(office, case, "order-score", **REPORT), "This costs 1 of the client's tokens, and 0 are left")
    tokens_grant(user=owner.user, amount=3)
    nothing = {name: value for name, value in REPORT.items() if name != "solvency_report"}
    assert_refused(act(office, case, "order-score", **nothing), "Choose a report, a surveillance or both.")
    for months in ("0", "37", "x", "9" * 40):
        refused = act(office, case, "order-score", **REPORT, surveillance_months=months)
        assert refused.context["form"].errors["surveillance_months"]
    assert not ScoringOrder.objects.exists()
    assert Recovery.objects.get(pk=case.pk).updated_at == case.updated_at
