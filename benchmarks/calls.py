"""The calls that are measured."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from load import Call

LIST = "/api/recoveries"
SORTS = (
    "created_at",
    "id",
    "recovery_reference",
    "recovery_service_object",
    "recovery_last_status",
    "recovery_due_date",
    "amount",
    "amount_torecover",
    "user_id",
    "updated_at",
    "debtor_name",
    "debtor_company",
    "customer_company",
)
STATUSES = (1, 2, 3)
COMPANY = {
    "company_type": "commercial",
    "company_legal_form": "SARL",
    "company_siren": "123456789",
    "company_name": "Ateliers du Bench",
    "company_legalrep_firstname": "Jeanne",
    "company_legalrep_lastname": "Martin",
    "company_legalrep_gender": "Mme",
    "company_address": "1 rue de la Paix",
    "company_city": "Paris",
    "company_postal": "75001",
    "company_country": "France",
    "company_email": "contact@bench.example",
    "company_phone": "+33123456789",
}


def list_calls(token: str, sorts: Sequence[str] = SORTS) -> dict[str, Call]:
    """Page 1 by each sort, and by the default sort within each status."""
    calls = {f"sort {sort}": Call(f"{LIST}?sort_by={sort}", token) for sort in sorts}
    return calls | {f"status {status}": Call(f"{LIST}?status={status}", token) for status in STATUSES}


def detail(token: str, case: int) -> Call:
    """One case."""
    return Call(f"{LIST}/{case}", token)


def page(token: str, number: int) -> Call:
    """A page of the list."""
    return Call(f"{LIST}?page={number}", token)


def search(token: str, term: str) -> Call:
    """Page 1 of a search."""
    return Call(f"{LIST}?search={quote(term)}", token)


def complete(token: str, invoices: int) -> Call:
    """A complete case with so many invoices."""
    body: dict[str, Any] = {
        "recovery": {
            "recovery_service_object": "Ateliers",
            "recovery_due_date": "2025-12-31",
            "recovery_raison_notpaid": 1,
            "recovery_observations": "Deux relances sans réponse.",
        },
        "customer": COMPANY,
        "debtor": COMPANY,
        "invoices": [
            {
                "invoice_number": f"B-{number}",
                "invoice_date": "2025-10-20",
                "invoice_due_date": "2025-11-20",
                "invoice_amount": f"{100 + number}.50",
            }
            for number in range(invoices)
        ],
    }
    return Call(f"{LIST}/complete", token, body, status=201)
