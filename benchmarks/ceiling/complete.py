"""A complete case, as one statement."""

import secrets
import string
from contextlib import suppress
from decimal import Decimal
from typing import Any

import orjson
import psycopg

from .database import query, stamp

COMPANY = (
    "company_type",
    "company_legal_form",
    "company_siren",
    "company_name",
    "company_legalrep_gender",
    "company_legalrep_firstname",
    "company_legalrep_lastname",
    "company_address",
    "company_city",
    "company_postal",
    "company_country",
    "company_email",
    "company_phone",
)


def _company(name: str) -> str:
    """The part of COMPLETE that writes a party."""
    values = ", ".join(f"%({name})s::jsonb ->> '{column}'" for column in COMPANY)
    return (
        f"{name} AS (INSERT INTO companies_company (owner_id, created_at, updated_at, {', '.join(COMPANY)}) "
        f"VALUES (%(owner)s, now(), now(), {values}) RETURNING id)"
    )


# One statement: all that a complete case writes.
COMPLETE = f"""
WITH {_company("customer")}, {_company("debtor")}, opened AS (
    INSERT INTO recoveries_recovery (owner_id, user_id, type, status_id, customer_id, debtor_id, recovery_reference,
        recovery_service_object, recovery_due_date, recovery_late_interest, recovery_penalty,
        recovery_raison_notpaid, recovery_observations, created_at, updated_at, amount, amount_torecover,
        invoices_count, comments_count, debtor_name, debtor_company, customer_company, search_text)
    SELECT %(owner)s, %(owner)s, 1, 1, customer.id, debtor.id, %(reference)s, %(object)s, %(due)s::date, false, false,
        %(reason)s, %(observations)s, now(), now(), %(amount)s::numeric, %(amount)s::numeric, %(count)s, 0,
        %(debtor_name)s, %(debtor_company)s, %(customer_company)s, %(searched)s
    FROM customer, debtor RETURNING id, created_at
), invoiced AS (
    INSERT INTO invoicing_invoice (recovery_id, owner_id, invoice_number, invoice_date, invoice_due_date,
        invoice_amount, invoice_part_paid, created_at, updated_at)
    SELECT opened.id, %(owner)s, i.invoice_number, i.invoice_date, i.invoice_due_date, i.invoice_amount, false, now(),
        now()
    FROM opened, jsonb_to_recordset(%(invoices)s::jsonb) AS i (invoice_number text, invoice_date date,
        invoice_due_date date, invoice_amount numeric)
    RETURNING id
), history AS (
    INSERT INTO recoveries_statuschange (recovery_id, owner_id, to_status_id, user_id, comment, created_at)
    SELECT id, %(owner)s, 1, %(owner)s, '', now() FROM opened
), counted AS (
    INSERT INTO recoveries_casecount (owner_id, status_id, n) VALUES (%(owner)s, 1, 1)
    ON CONFLICT (owner_id, status_id) DO UPDATE SET n = recoveries_casecount.n + 1
)
SELECT opened.id, {stamp("opened.created_at")}, customer.id, debtor.id, (SELECT array_agg(id) FROM invoiced)
FROM opened, customer, debtor
"""
ALPHABET = string.ascii_uppercase + string.digits


def complete(user_id: int, environ: dict[str, Any]) -> bytes:
    """A case with its parties and invoices, as sent: nothing is checked."""
    sent = orjson.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
    while True:
        with suppress(psycopg.errors.UniqueViolation):  # The reference is taken: another one.
            return _completed(user_id, sent)


def _completed(user_id: int, sent: dict[str, Any]) -> bytes:
    recovery, customer, debtor, invoices = sent["recovery"], sent["customer"], sent["debtor"], sent["invoices"]
    reference = "REC-" + "".join(secrets.choice(ALPHABET) for _ in range(6))
    amount = str(sum(Decimal(item["invoice_amount"]) for item in invoices))
    person = f"{debtor['company_legalrep_firstname']} {debtor['company_legalrep_lastname']}"
    values = {
        "owner": user_id,
        **{part: orjson.dumps(sent[part]).decode() for part in ("customer", "debtor", "invoices")},
        "reference": reference,
        "object": recovery["recovery_service_object"],
        "due": recovery["recovery_due_date"],
        "reason": recovery["recovery_raison_notpaid"],
        "observations": recovery["recovery_observations"],
        "amount": amount,
        "count": len(invoices),
        "debtor_name": person,
        "debtor_company": debtor["company_name"],
        "customer_company": customer["company_name"],
        "searched": "\n".join((reference, person, debtor["company_name"], customer["company_name"])).lower(),
    }
    case_id, created_at, customer_id, debtor_id, invoice_ids = query(COMPLETE, values).fetchone()
    data = {
        "recovery": _case_answer(case_id, user_id, created_at, reference, amount, recovery),
        "customer": {"id": customer_id, **{key: customer[key] for key in PARTY_ANSWER}},
        "debtor": {"id": debtor_id, **{key: debtor[key] for key in PARTY_ANSWER}},
        "invoices": [_invoice_answer(*pair) for pair in zip(invoice_ids, invoices, strict=True)],
        "summary": {"total_invoices": len(invoices), "total_amount": amount, "total_remaining": amount},
    }
    message = "Complete recovery case created successfully"
    return orjson.dumps({"success": True, "data": data, "message": message})


def _case_answer(case_id: int, user_id: int, created_at: str, reference: str, amount: str, sent: Any) -> dict[str, Any]:
    return {
        "id": case_id,
        "recovery_reference": reference,
        "recovery_service_object": sent["recovery_service_object"],
        "recovery_last_status": 1,
        "recovery_due_date": sent["recovery_due_date"],
        "amount": amount,
        "amount_torecover": amount,
        "user_id": user_id,
        "created_at": created_at,
        **dict.fromkeys(NOT_SENT),
        "type": 1,
        "recovery_late_interest": False,
        "recovery_penalty": False,
        "recovery_raison_notpaid": sent["recovery_raison_notpaid"],
        "recovery_observations": sent["recovery_observations"],
    }


def _invoice_answer(invoice_id: int, sent: dict[str, Any]) -> dict[str, Any]:
    columns = ("invoice_number", "invoice_amount", "invoice_date")
    return {"id": invoice_id, **{key: sent[key] for key in columns}, "remaining_amount": sent["invoice_amount"]}


PARTY_ANSWER = ("company_name", "company_legalrep_firstname", "company_legalrep_lastname", "company_email")
NOT_SENT = (
    "recovery_interest_rate",
    "recovery_interest_rate_percent",
    "recovery_penalty_type",
    "recovery_penalty_amount",
    "recovery_penalty_percent",
)
