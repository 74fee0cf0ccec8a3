"""The ceiling: what this machine can do at most for the same answers, with the same security work.

A bare WSGI application for the same server: RS256 verified, token state and user by one statement, one call to
Redis for the rate limit, then one prepared statement and JSON by orjson (the detail by PostgreSQL). No framework, no
validation, no error handling, no log. Its answers are those of the product, which is checked before the measuring.
"""

import base64
import math
import os
import secrets
import string
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import orjson
import psycopg
import redis
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

HOUR = 3600
LIMIT = 10**9
PAGE = 15
STAMP = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'

USER_OF_TOKEN = """
    SELECT u.id FROM accounts_accesstoken t JOIN accounts_user u ON u.id = t.user_id
    WHERE t.jti = %s AND t.revoked_at IS NULL AND t.expires_at > now() AND u.is_active AND u.has_api_access
"""
TEXT_SORTS = {"recovery_service_object", "debtor_name", "debtor_company", "customer_company"}
SORTS = {"recovery_last_status": "status_id"}


def _stamp(column: str) -> str:
    return f"to_char({column} AT TIME ZONE 'UTC', '{STAMP}')"


LISTED = f"""
    r.id, r.recovery_reference, nullif(r.debtor_name, ''), nullif(r.debtor_company, ''),
    nullif(r.customer_company, ''), r.amount::text, r.amount_torecover::text, r.status_id,
    r.recovery_due_date::text, {_stamp("r.created_at")}, {_stamp("r.updated_at")}, r.user_id, u.first_name,
    u.last_name, r.invoices_count, r.comments_count, b.due::text
"""
PARTY = """json_build_object('id', {0}.id, 'company_type', {0}.company_type,
    'company_legal_form', {0}.company_legal_form, 'company_siren', {0}.company_siren,
    'company_name', {0}.company_name, 'company_legalrep_gender', {0}.company_legalrep_gender,
    'company_legalrep_firstname', {0}.company_legalrep_firstname,
    'company_legalrep_lastname', {0}.company_legalrep_lastname, 'company_address', {0}.company_address,
    'company_city', {0}.company_city, 'company_postal', {0}.company_postal, 'company_country', {0}.company_country,
    'company_email', {0}.company_email, 'company_phone', {0}.company_phone,
    'acts_as', CASE {0}.company_type WHEN 'commercial' THEN 'professional' ELSE {0}.acts_as END, WRITTEN)"""
WRITTEN = ("legalrep_quality", "legalrep_quality_other", "legalrep_birthday", "legalrep_birthday_city")
WRITTEN += ("legalrep_nationality", "legalrep_profession", "freelance_type", "state", "activity")
PARTY = PARTY.replace("WRITTEN", ", ".join(f"'company_{name}', {{0}}.company_{name}" for name in WRITTEN))
PERSON = "CASE WHEN {0} IS NULL THEN NULL ELSE json_build_object('id', {0}, 'first_name', {1}.first_name, "
PERSON += "'last_name', {1}.last_name) END"
# The measured cases have no documents, no injunction, no legal date kept, no notice; all are looked for all the same.
DETAIL = f"""
SELECT json_build_object('success', true, 'data', to_json(answer), 'message', 'Recovery retrieved successfully')::text
FROM (SELECT
    r.id, r.recovery_reference, r.status_id AS recovery_status, r.amount::text, r.amount_torecover::text,
    {PERSON.format("r.user_id", "u")} AS "user", {PARTY.format("customer")} AS customer,
    {PARTY.format("debtor")} AS debtor,
    json_build_object('id', s.id, 'name', s.name, 'description', s.description) AS status,
    (SELECT coalesce(json_agg(json_build_object('id', h.id, 'from', h.from_status_id, 'to', h.to_status_id,
        'status', json_build_object('id', t.id, 'name', t.name, 'description', t.description),
        'user', {PERSON.format("h.user_id", "w")}, 'comment', nullif(h.comment, ''),
        'created_at', {_stamp("h.created_at")}) ORDER BY h.created_at, h.id), '[]')
     FROM recoveries_statuschange h JOIN recoveries_status t ON t.id = h.to_status_id
     LEFT JOIN accounts_user w ON w.id = h.user_id WHERE h.recovery_id = r.id) AS "statusHistory",
    (SELECT coalesce(json_agg(json_build_object('id', i.id, 'recovery_id', r.id,
        'invoice_amount', i.invoice_amount::text, 'invoice_number', i.invoice_number,
        'invoice_date', i.invoice_date, 'invoice_due_date', i.invoice_due_date,
        'invoice_part_paid', i.invoice_part_paid, 'invoice_part_paid_amount', i.invoice_part_paid_amount::text,
        'remaining_amount', i.remaining_amount::text, 'api_invoice_id', i.api_invoice_id,
        'is_paid', i.remaining_amount <= 0, 'days_overdue', CASE WHEN i.remaining_amount <= 0 THEN 0 ELSE
            greatest(0, coalesce((now() AT TIME ZONE 'Europe/Paris')::date - i.invoice_due_date, 0)) END,
        'performed_on', i.performed_on, 'is_disputed', i.is_disputed)
        ORDER BY i.invoice_date DESC, i.id DESC), '[]')
     FROM invoicing_invoice i WHERE i.recovery_id = r.id) AS invoices,
    '[]'::json AS docs,
    (SELECT coalesce(json_agg(json_build_object('id', c.id, 'recovery_id', r.id, 'user_id', c.user_id,
        'comment', c.text, 'visibleToUser', c.visible_to_user, 'visibleToDebtor', c.visible_to_debtor,
        'visibleToBailiff', c.visible_to_bailiff, 'isRead', c.is_read, 'created_at', {_stamp("c.created_at")},
        'updated_at', {_stamp("c.updated_at")}, 'comment_html', c.html) ORDER BY c.created_at, c.id), '[]')
     FROM recoveries_comment c WHERE c.recovery_id = r.id AND c.visible_to_user) AS comments,
    (SELECT coalesce(json_agg(json_build_object('id', a.id, 'amount', a.amount::text, 'date', a.date,
        'method', nullif(a.method, ''), 'reference', nullif(a.reference, ''), 'comment', nullif(a.comment, ''),
        'created_at', {_stamp("a.created_at")}, 'reversed_at', {_stamp("v.created_at")}) ORDER BY a.date, a.id), '[]')
     FROM recoveries_acompte a LEFT JOIN recoveries_acompte v ON v.reverses_id = a.id
     WHERE a.recovery_id = r.id AND a.reverses_id IS NULL) AS acomptes,
    (SELECT coalesce(json_agg(json_build_object('id', d.id, 'label', d.label, 'amount', d.amount::text,
        'date', d.date, 'comment', nullif(d.comment, ''), 'created_at', {_stamp("d.created_at")},
        'reversed_at', {_stamp("v.created_at")}, 'head', d.head) ORDER BY d.date, d.id), '[]')
     FROM recoveries_dette d LEFT JOIN recoveries_dette v ON v.reverses_id = d.id
     WHERE d.recovery_id = r.id AND d.reverses_id IS NULL) AS dettes,
    (SELECT coalesce(json_agg(d.id ORDER BY d.created_at, d.id), '[]')
     FROM documents_document d LEFT JOIN invoicing_invoice i ON i.id = d.invoice_id
     LEFT JOIN documents_storedfile f ON f.id = d.file_id LEFT JOIN documents_filetype t ON t.id = d.file_type_id
     WHERE d.recovery_id = r.id AND d.visible_to_user AND d.state NOT IN ('rejected', 'failed')) AS all_docs,
    r.type, r.recovery_service_object, r.recovery_due_date, r.recovery_late_interest,
    r.recovery_interest_rate, r.recovery_interest_rate_percent::text, r.recovery_penalty, r.recovery_penalty_type,
    r.recovery_penalty_amount::text, r.recovery_penalty_percent::text, r.recovery_raison_notpaid,
    r.recovery_observations, r.matter, r.external_id, nullif(r.debtor_name, '') AS debtor_name,
    nullif(r.debtor_company, '') AS debtor_company, nullif(r.customer_company, '') AS customer_company,
    r.status_id AS recovery_last_status, r.user_id, r.invoices_count, r.comments_count,
    {_stamp("r.created_at")} AS created_at, {_stamp("r.updated_at")} AS updated_at,
    CASE WHEN j.recovery_id IS NOT NULL THEN json_build_object('id', j.recovery_id, 'reference',
        jr.recovery_reference, 'status', jr.status_id) END AS injunction,
    CASE WHEN r.next_deadline IS NOT NULL THEN json_build_object('code', r.next_deadline_code,
        'on', r.next_deadline, 'article', r.next_deadline_article) END AS next_deadline,
    '[]'::json AS formal_notices, b.due::text AS due
    FROM recoveries_recovery r LEFT JOIN accounts_user u ON u.id = r.user_id
    LEFT JOIN recoveries_casebalance b ON b.recovery_id = r.id
    JOIN recoveries_status s ON s.id = r.status_id
    LEFT JOIN companies_company customer ON customer.id = r.customer_id
    LEFT JOIN companies_company debtor ON debtor.id = r.debtor_id
    LEFT JOIN recoveries_injunction j ON j.recovery_id = coalesce(r.transferred_to_id, r.id)
    LEFT JOIN recoveries_recovery jr ON jr.id = j.recovery_id
    WHERE r.id = %s AND r.owner_id = %s) answer
"""

_thread = threading.local()
_limits = redis.Redis.from_url(os.environ["REDIS_URL"])
_redis_prefix = "ceiling:requests"
_private_key = load_pem_private_key(Path(os.environ["JWT_PRIVATE_KEYS"]).read_bytes(), None)
assert isinstance(_private_key, RSAPrivateKey)
_public_key = _private_key.public_key()
with psycopg.connect(os.environ["DATABASE_URL"]) as _connection:
    STATUSES = {
        row[0]: {"id": row[0], "name": row[1], "description": row[2]}
        for row in _connection.execute("SELECT id, name, description FROM recoveries_status")
    }


def query(statement: str, values: Any) -> psycopg.Cursor:
    """Run a prepared statement on this thread's connection."""
    cursor = getattr(_thread, "cursor", None)
    if cursor is None:
        _thread.connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
        cursor = _thread.cursor = _thread.connection.cursor(binary=True)
    return cursor.execute(statement, values, prepare=True)


def caller(environ: dict[str, Any]) -> int:
    """The id of the user whose token is signed, alive and not revoked."""
    signed, _, signature = environ["HTTP_AUTHORIZATION"][7:].rpartition(".")
    _public_key.verify(_decoded(signature), signed.encode(), PKCS1v15(), SHA256())
    claims = orjson.loads(_decoded(signed.partition(".")[2]))
    if claims["exp"] < time.time():
        raise PermissionError
    return query(USER_OF_TOKEN, [uuid.UUID(claims["jti"])]).fetchone()[0]


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def remaining(user_id: int) -> int:
    """Count the call; how many are left in this hour."""
    key = f"{_redis_prefix}:{user_id}:{int(time.time()) // HOUR}"
    count = _limits.incr(key)
    if count == 1:
        _limits.expire(key, HOUR)
    return LIMIT - count


@lru_cache(maxsize=1000)
def _list_statement(query_string: str) -> tuple[str, list[Any], dict[str, Any]]:
    """The statement of a list, its values after the owner's id, and the filters that it applies."""
    asked = dict(parse_qsl(query_string))
    sort, order = asked.get("sort_by", "created_at"), asked.get("sort_order", "desc")
    where, values = ["{0}.owner_id = %s::bigint"], []
    if "status" in asked:
        where.append("{0}.status_id = %s")
        values.append(int(asked["status"]))
    if "search" in asked:
        where.append("{0}.search_text LIKE %s")
        values.append(f"%{asked['search'].lower()}%")
    conditions = " AND ".join(where)
    counted = "coalesce(sum(c.n), 0) FROM recoveries_casecount c"
    if "search" in asked:
        counted = "count(*) FROM recoveries_recovery c"
    collation = ' COLLATE "fr-x-icu"' if sort in TEXT_SORTS else ""
    statement = (
        f"SELECT (SELECT {counted} WHERE {conditions.format('c')})::bigint, {LISTED} FROM recoveries_recovery r "
        f"LEFT JOIN accounts_user u ON u.id = r.user_id "
        f"LEFT JOIN recoveries_casebalance b ON b.recovery_id = r.id WHERE {conditions.format('r')} "
        f"ORDER BY r.{SORTS.get(sort, sort)}{collation} {order}, r.id {order} LIMIT {PAGE}"
    )
    status = int(asked["status"]) if "status" in asked else None
    applied = {"status": status, "search": asked.get("search"), "sort_by": sort, "sort_order": order}
    return statement, values, applied


def cases(user_id: int, environ: dict[str, Any]) -> bytes:
    """The first page of the list."""
    statement, values, applied = _list_statement(environ["QUERY_STRING"])
    own = [user_id, *values]
    rows = query(statement, own + own).fetchall()
    total = rows[0][0] if rows else 0
    last = max(1, math.ceil(total / PAGE))
    data = {
        "recoveries": [_listed(row) for row in rows],
        "pagination": {
            "current_page": 1,
            "per_page": PAGE,
            "total": total,
            "last_page": last,
            "from": 1 if rows else None,
            "to": len(rows) or None,
            "has_more_pages": last > 1,
        },
        "filters_applied": applied,
    }
    message = f"Recoveries retrieved successfully. Total: {total} recoveries found."
    return orjson.dumps({"success": True, "data": data, "message": message})


def _listed(row: Any) -> dict[str, Any]:
    return {
        "id": row[1],
        "recovery_reference": row[2],
        "debtor_name": row[3],
        "debtor_company": row[4],
        "customer_company": row[5],
        "amount": row[6],
        "amount_torecover": row[7],
        "recovery_last_status": row[8],
        "recovery_due_date": row[9],
        "created_at": row[10],
        "updated_at": row[11],
        "status": STATUSES[row[8]],
        "user": None if row[12] is None else {"id": row[12], "first_name": row[13], "last_name": row[14]},
        "invoices_count": row[15],
        "comments_count": row[16],
        "due": row[17],
    }


def case(user_id: int, environ: dict[str, Any]) -> bytes:
    """One case with all that hangs on it, written as JSON by PostgreSQL."""
    recovery_id = int(environ["PATH_INFO"].rpartition("/")[2])
    return query(DETAIL, [recovery_id, user_id]).fetchone()[0].encode()


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
    INSERT INTO invoicing_invoice (recovery_id, invoice_number, invoice_date, invoice_due_date, invoice_amount,
        invoice_part_paid, created_at, updated_at)
    SELECT opened.id, i.invoice_number, i.invoice_date, i.invoice_due_date, i.invoice_amount, false, now(), now()
    FROM opened, jsonb_to_recordset(%(invoices)s::jsonb) AS i (invoice_number text, invoice_date date,
        invoice_due_date date, invoice_amount numeric)
    RETURNING id
), history AS (
    INSERT INTO recoveries_statuschange (recovery_id, to_status_id, user_id, comment, created_at)
    SELECT id, 1, %(owner)s, '', now() FROM opened
), counted AS (
    INSERT INTO recoveries_casecount (owner_id, status_id, n) VALUES (%(owner)s, 1, 1)
    ON CONFLICT (owner_id, status_id) DO UPDATE SET n = recoveries_casecount.n + 1
)
SELECT opened.id, {_stamp("opened.created_at")}, customer.id, debtor.id, (SELECT array_agg(id) FROM invoiced)
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


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The WSGI application."""
    user_id = caller(environ)
    left = remaining(user_id)
    if environ["REQUEST_METHOD"] == "POST":
        status, body = "201 Created", complete(user_id, environ)
    else:
        read = cases if environ["PATH_INFO"] == "/api/recoveries" else case
        status, body = "200 OK", read(user_id, environ)
    start_response(
        status,
        [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
            ("Access-Control-Allow-Origin", "*"),
            ("X-RateLimit-Limit", str(LIMIT)),
            ("X-RateLimit-Remaining", str(left)),
            ("X-Request-ID", uuid.uuid4().hex),
        ],
    )
    return [body]
