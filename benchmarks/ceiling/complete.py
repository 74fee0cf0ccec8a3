"""A complete case, as one statement."""

import secrets
import string
import uuid
from contextlib import suppress
from decimal import Decimal
from typing import Any

import orjson
import psycopg

from legalcity.lib.reading.phones import phone_key

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
        f"{name} AS (INSERT INTO companies_company "
        f"(owner_id, created_at, updated_at, search_text, {', '.join(COMPANY)}) "
        f"VALUES (%(owner)s, now(), now(), %({name}_searched)s, {values}) RETURNING id)"
    )


# One statement: all that a complete case writes, its ledger, its balance and its event included. What depends on the
# legal facts (when the claim lapses, by what the balance was reckoned) is written as it is for the measured case.
COMPLETE = f"""
WITH {_company("customer")}, {_company("debtor")}, opened AS (
    INSERT INTO recoveries_recovery (owner_id, user_id, type, status_id, customer_id, debtor_id, recovery_reference,
        recovery_service_object, recovery_due_date, recovery_late_interest, recovery_penalty,
        recovery_raison_notpaid, recovery_observations, created_at, updated_at, amount, amount_torecover,
        invoices_count, comments_count, debtor_name, debtor_company, customer_company, debtor_country, search_text,
        next_deadline, next_deadline_code, next_deadline_article)
    SELECT %(owner)s, %(owner)s, 1, 1, customer.id, debtor.id, %(reference)s, %(object)s, %(due)s::date, false, false,
        %(reason)s, %(observations)s, now(), now(), %(amount)s::numeric, %(amount)s::numeric, %(count)s, 0,
        %(debtor_name)s, %(debtor_company)s, %(customer_company)s, 'FR', %(searched)s,
        '2030-10-20', 'limitation', 'art. L110-4 C. com.'
    FROM customer, debtor RETURNING id, created_at
), invoiced AS (
    INSERT INTO invoicing_invoice (recovery_id, owner_id, invoice_number, invoice_date, invoice_due_date,
        invoice_amount, invoice_part_paid, search_text, created_at, updated_at)
    SELECT opened.id, %(owner)s, i.invoice_number, i.invoice_date, i.invoice_due_date, i.invoice_amount, false,
        lower(i.invoice_number), now(), now()
    FROM opened, jsonb_to_recordset(%(invoices)s::jsonb) AS i (invoice_number text, invoice_date date,
        invoice_due_date date, invoice_amount numeric)
    RETURNING id, invoice_number, invoice_date, invoice_due_date, invoice_amount
), posted AS (
    INSERT INTO recoveries_posting (recovery_id, owner_id, kind, effective_on, recorded_at, by_id, reason, source,
        facts)
    SELECT opened.id, %(owner)s, 'claim', (SELECT min(invoice_date) FROM invoiced), now(), %(owner)s, '', 'api',
        jsonb_build_object('claims', (SELECT jsonb_agg(jsonb_build_object('kind', 'invoice', 'id', id, 'number',
            invoice_number, 'issued_on', invoice_date, 'due_on', invoice_due_date, 'amount', invoice_amount::text))
            FROM invoiced))
    FROM opened RETURNING id
), lined AS (
    INSERT INTO recoveries_line (posting_id, account, head, claim_kind, claim_id, debit, credit, article)
    SELECT posted.id, account, 'principal', 'invoice', invoiced.id,
        CASE account WHEN 'debtor' THEN invoice_amount ELSE 0 END,
        CASE account WHEN 'creditor' THEN invoice_amount ELSE 0 END, ''
    FROM posted, invoiced, (VALUES ('debtor'), ('creditor')) accounts (account)
), balanced AS (
    INSERT INTO recoveries_casebalance (recovery_id, owner_id, "on", due, principal, interest, indemnity, penalty, cost,
        not_due, surplus, per_day, is_provisional, terms)
    SELECT id, %(owner)s, current_date, %(amount)s::numeric + 40 * %(count)s, %(amount)s::numeric, 0, 40 * %(count)s, 0,
        0, 0, 0, 0, false, '842a240ec06ad43c' FROM opened
), history AS (
    INSERT INTO recoveries_statuschange (recovery_id, owner_id, to_status_id, user_id, comment, created_at)
    SELECT id, %(owner)s, 1, %(owner)s, '', now() FROM opened
), told AS (
    INSERT INTO events_event (id, xact, owner_id, type, object_type, object_id, recovery_id, audience, data, actor_id,
        door, request_id, idempotency_key, effective_at, recorded_at)
    SELECT nextval(pg_get_serial_sequence('events_event', 'id')), events_place(), %(owner)s, 'recovery.created',
        'recovery', opened.id::text, opened.id, 3, jsonb_build_object(
            'object', jsonb_build_object('type', 'recovery', 'id', opened.id, 'recovery_reference', %(reference)s::text,
                'type_id', 1),
            'current', jsonb_build_object('recovery_last_status', 1, 'group', 1, 'phase', 'amicable',
                'amount', %(amount)s::text, 'invoices_count', %(count)s::int,
                'invoice_ids', (SELECT jsonb_agg(id) FROM invoiced),
                'customer_id', customer.id, 'debtor_id', debtor.id)),
        %(owner)s, 'api', %(request_id)s, '', now(), now()
    FROM opened, customer, debtor
), counted AS (
    INSERT INTO recoveries_casecount_slot (owner_id, status_id, slot, n) VALUES (%(owner)s, 1, pg_backend_pid() & 15, 1)
    ON CONFLICT (owner_id, status_id, slot) DO UPDATE SET n = recoveries_casecount_slot.n + 1
)
SELECT opened.id, {stamp("opened.created_at")}, customer.id, debtor.id, (SELECT array_agg(id) FROM invoiced)
FROM opened, customer, debtor
"""
SEARCHED = ("name", "legalrep_firstname", "legalrep_lastname", "email", "phone", "siren")
ALPHABET = string.ascii_uppercase + string.digits


def complete(user_id: int, environ: dict[str, Any]) -> bytes:
    """A case with its parties and invoices, as sent: nothing is checked."""
    sent = orjson.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
    while True:
        with suppress(psycopg.errors.UniqueViolation):  # The reference is taken: another one.
            return _completed(user_id, sent)


def values_of(user_id: int, sent: dict[str, Any]) -> dict[str, Any]:
    """The parameters of COMPLETE for a body, under a fresh reference."""
    recovery, customer, debtor, invoices = sent["recovery"], sent["customer"], sent["debtor"], sent["invoices"]
    reference = "REC-" + "".join(secrets.choice(ALPHABET) for _ in range(6))
    person = f"{debtor['company_legalrep_firstname']} {debtor['company_legalrep_lastname']}"
    names = (reference, person, debtor["company_name"], customer["company_name"])
    return {
        "owner": user_id,
        **{part: orjson.dumps(sent[part]).decode() for part in ("customer", "debtor", "invoices")},
        "reference": reference,
        "object": recovery["recovery_service_object"],
        "due": recovery["recovery_due_date"],
        "reason": recovery["recovery_raison_notpaid"],
        "observations": recovery["recovery_observations"],
        "amount": str(sum(Decimal(item["invoice_amount"]) for item in invoices)),
        "count": len(invoices),
        "debtor_name": person,
        "debtor_company": debtor["company_name"],
        "customer_company": customer["company_name"],
        "searched": "\n".join((*names, *(item["invoice_number"] for item in invoices))).lower(),
        "customer_searched": _searched(customer),
        "debtor_searched": _searched(debtor),
        "request_id": uuid.uuid4().hex,
    }


def _completed(user_id: int, sent: dict[str, Any]) -> bytes:
    values = values_of(user_id, sent)
    recovery, customer, debtor, invoices = sent["recovery"], sent["customer"], sent["debtor"], sent["invoices"]
    reference, amount = values["reference"], values["amount"]
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


def _searched(company: dict[str, Any]) -> str:
    texts = (company[f"company_{name}"] for name in SEARCHED)
    return "\n".join((*texts, phone_key(company["company_phone"]))).lower()


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
        "matter": "ordinary",
        "external_id": None,
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
