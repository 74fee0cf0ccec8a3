"""A complete case in one call: what is stored, what is answered, and that it is all or nothing."""

import re
from typing import Any

import pytest
from django.db import IntegrityError, connection

from companies.models import Company
from companies.serializers import WRITTEN
from invoicing.models import Invoice
from recoveries.models import CaseCount, Recovery, StatusChange
from tests.factories import Api, CompanyBody, InvoiceBody, RecoveryBody, complete_body, detail, file_case

COMPLETE = "/api/recoveries/complete"
WHOLE = {
    "type": 1,
    "recovery_service_object": "Web development services",
    "recovery_due_date": "2025-12-31",
    "recovery_late_interest": True,
    "recovery_interest_rate": "yes",
    "recovery_interest_rate_percent": "5.50",
    "recovery_penalty": True,
    "recovery_penalty_type": "montant",
    "recovery_penalty_amount": "150.00",
    "recovery_penalty_percent": "10.00",
    "recovery_raison_notpaid": 1,
    "recovery_observations": "Client experiencing financial difficulties",
}


def test_everything_that_was_sent_is_stored(owner: Api) -> None:
    customer = CompanyBody(company_name="ABC Corp", company_legalrep_gender="M", company_siren="111111111")
    debtor = CompanyBody(company_type="freelance", company_freelance_type="artisan", company_siren="222222222")
    invoices = [
        InvoiceBody(invoice_number="A", invoice_amount="1500.00", api_invoice_id="CLIENT-1"),
        InvoiceBody(
            invoice_number="B",
            invoice_date="2025-10-21",
            invoice_due_date=None,
            invoice_amount="2000.00",
            invoice_part_paid=True,
            invoice_part_paid_amount="500.00",
        ),
    ]
    body = {"recovery": WHOLE, "customer": customer, "debtor": debtor, "invoices": invoices}
    data = owner.data("POST", COMPLETE, body)
    shown = detail(owner, data["recovery"]["id"])
    # The penalty is an amount, so the percentage does not apply and is dropped.
    stored = {**WHOLE, "recovery_penalty_type": "amount", "recovery_penalty_percent": None}
    assert {key: shown[key] for key in WHOLE} == stored
    assert {key: data["recovery"][key] for key in WHOLE} == stored
    unsaid = dict.fromkeys(WRITTEN)
    told = {"id": data["customer"]["id"], **unsaid, **customer, "acts_as": "professional"}
    assert shown["customer"] == told
    # A sole trader has neither a legal form nor a company's name.
    expected = {**unsaid, **debtor, "company_legal_form": None, "company_name": None, "acts_as": "unknown"}
    assert shown["debtor"] == {"id": data["debtor"]["id"], **expected}
    assert shown["debtor"]["company_freelance_type"] == "artisan"
    by_number = {invoice["invoice_number"]: invoice for invoice in shown["invoices"]}
    assert by_number["A"]["api_invoice_id"] == "CLIENT-1"
    assert (by_number["B"]["invoice_due_date"], by_number["B"]["remaining_amount"]) == (None, "1500.00")


def test_the_answer_adds_up(owner: Api) -> None:
    data = file_case(
        owner,
        invoices=[
            {"invoice_number": "B", "invoice_amount": "1500.10"},
            {
                "invoice_number": "A",
                "invoice_amount": "1499.90",
                "invoice_part_paid": True,
                "invoice_part_paid_amount": "0.01",
            },
        ],
    )
    assert data["summary"] == {"total_invoices": 2, "total_amount": "3000.00", "total_remaining": "2999.99"}
    assert (data["recovery"]["amount"], data["recovery"]["amount_torecover"]) == ("3000.00", "2999.99")
    assert [invoice["invoice_number"] for invoice in data["invoices"]] == ["B", "A"]
    assert [invoice["remaining_amount"] for invoice in data["invoices"]] == ["1500.10", "1499.89"]
    shown = detail(owner, data["recovery"]["id"])
    assert {invoice["id"] for invoice in shown["invoices"]} == {invoice["id"] for invoice in data["invoices"]}
    assert (shown["amount"], shown["amount_torecover"], shown["invoices_count"]) == ("3000.00", "2999.99", 2)


def test_what_is_left_out_has_its_default(owner: Api) -> None:
    recovery = file_case(owner)["recovery"]
    assert recovery["user_id"] == owner.user.pk
    assert {key: recovery[key] for key in WHOLE} == {
        **dict.fromkeys(WHOLE),
        "type": 1,
        "recovery_service_object": "Web development services",
        "recovery_due_date": "2025-12-31",
        "recovery_late_interest": False,
        "recovery_penalty": False,
    }


def test_a_case_may_be_left_to_staff(owner: Api) -> None:
    recovery = file_case(owner, recovery={"assign_to_me": False})["recovery"]
    assert recovery["user_id"] is None
    shown = detail(owner, recovery["id"])
    assert (shown["user"], shown["user_id"]) == (None, None)


def test_an_injunction_may_be_filed_directly(owner: Api) -> None:
    assert file_case(owner, recovery={"type": 2})["recovery"]["type"] == 2


@pytest.mark.parametrize(
    ("sent", "stored"), [("montant", "amount"), ("amount", "amount"), ("pourcent", "percent"), ("percent", "percent")]
)
def test_both_spellings_of_the_penalty_are_taken(sent: str, stored: str, owner: Api) -> None:
    penalty = {"recovery_penalty": True, "recovery_penalty_type": sent, f"recovery_penalty_{stored}": "12.50"}
    recovery = file_case(owner, recovery=penalty)["recovery"]
    assert recovery["recovery_penalty_type"] == stored
    assert recovery[f"recovery_penalty_{stored}"] == "12.50"


@pytest.mark.parametrize("rate", ["no", "yes 3"])
def test_rates_without_a_percentage(rate: str, owner: Api) -> None:
    interest = {"recovery_late_interest": True, "recovery_interest_rate": rate, "recovery_interest_rate_percent": "5"}
    recovery = file_case(owner, recovery=interest)["recovery"]
    assert (recovery["recovery_interest_rate"], recovery["recovery_interest_rate_percent"]) == (rate, None)


@pytest.mark.parametrize("percent", ["0", "100", "0.01"])
def test_percentages_from_0_to_100(percent: str, owner: Api) -> None:
    interest = {
        "recovery_late_interest": True,
        "recovery_interest_rate": "yes",
        "recovery_interest_rate_percent": percent,
    }
    recovery = file_case(owner, recovery=interest)["recovery"]
    assert float(recovery["recovery_interest_rate_percent"]) == float(percent)


def test_dependent_fields_are_required_by_their_dotted_keys(owner: Api) -> None:
    body = complete_body(
        recovery={"recovery_late_interest": True, "recovery_penalty": True, "recovery_penalty_type": "pourcent"},
        customer={"company_siren": None},
        debtor={"company_legalrep_quality": 5},
        invoices=[{}, {"invoice_part_paid": True}],
    )
    assert owner.errors("POST", COMPLETE, body) == {
        "recovery.recovery_interest_rate": [
            "The recovery interest rate field is required when recovery late interest is true."
        ],
        "recovery.recovery_penalty_percent": [
            "The recovery penalty percent field is required when recovery penalty type is percent."
        ],
        "customer.company_siren": ["The company siren field is required when company type is commercial."],
        "debtor.company_legalrep_quality_other": [
            "The company legalrep quality other field is required when company legalrep quality is 5."
        ],
        "invoices.1.invoice_part_paid_amount": [
            "The invoice part paid amount field is required when invoice part paid is true."
        ],
    }


def test_a_refused_case_leaves_nothing(owner: Api) -> None:
    owner.errors("POST", COMPLETE, complete_body(invoices=[{}, {"invoice_amount": "x"}]))
    assert (Recovery.objects.count(), Company.objects.count(), Invoice.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize(
    "table",
    [
        "companies_company",
        "recoveries_recovery",
        "invoicing_invoice",
        "recoveries_posting",
        "recoveries_line",
        "recoveries_statuschange",
    ],
)
def test_a_failure_on_the_way_leaves_nothing(table: str, owner: Api) -> None:
    def fail(execute: Any, sql: str, *rest: Any) -> Any:
        if f'INSERT INTO "{table}"' in sql:
            raise IntegrityError("the database refuses")
        return execute(sql, *rest)

    with connection.execute_wrapper(fail):
        answer = owner.post(COMPLETE, complete_body())
    assert answer.status_code == 500
    assert answer.json() == {
        "success": False,
        "message": "Failed to create complete recovery case",
        "code": "server_error",
    }
    for model in (Recovery, Company, Invoice, StatusChange, CaseCount):
        assert model.objects.count() == 0


def test_a_case_begins_its_history(owner: Api) -> None:
    [step] = detail(owner, file_case(owner)["recovery"]["id"])["statusHistory"]
    assert (step["from"], step["to"], step["status"]["name"]) == (None, 1, "Dossier Créé")
    assert step["user"] == {"id": owner.user.pk, "first_name": "John", "last_name": "Doe"}


def test_references_have_their_form_and_differ(owner: Api) -> None:
    references = [file_case(owner)["recovery"]["recovery_reference"] for _case in range(5)]
    assert all(re.fullmatch(r"REC-[A-Z0-9]{6}", reference) for reference in references)
    assert len(set(references)) == 5


def test_a_reference_that_is_taken_is_drawn_anew(owner: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    letters = iter("AAAAAA" * 3 + "BBBBBB")
    monkeypatch.setattr("secrets.choice", lambda _alphabet: next(letters))
    first, second = file_case(owner)["recovery"], file_case(owner)["recovery"]
    assert (first["recovery_reference"], second["recovery_reference"]) == ("REC-AAAAAA", "REC-BBBBBB")
    assert detail(owner, second["id"])["customer"] is not None


def test_each_case_has_companies_of_its_own(owner: Api) -> None:
    customer = CompanyBody()
    body = {"recovery": RecoveryBody(), "customer": customer, "debtor": customer, "invoices": []}
    first, second = owner.data("POST", COMPLETE, body), owner.data("POST", COMPLETE, body)
    ids = {case[side]["id"] for case in (first, second) for side in ("customer", "debtor")}
    assert len(ids) == 4


@pytest.mark.parametrize("count", [0, 1, 60])
def test_any_number_of_invoices(count: int, owner: Api) -> None:
    data = file_case(owner, invoices=[{"invoice_amount": "10.10"}] * count)
    assert data["summary"]["total_invoices"] == len(data["invoices"]) == count
    assert data["summary"]["total_amount"] == f"{count * 10.1:.2f}"
