"""One case with all that the API shows of it: one statement.

Children come as JSON arrays of arrays, built by the database in the order of the columns named here.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson
from django.db import connection

from companies.serializers import PAYLOAD as COMPANY_COLUMNS
from documents.serializers import DocumentRow
from recoveries.models import Recovery
from recoveries.rules import FIELDS
from recoveries.selectors.sql import DIALECTS

CASE_COLUMNS = (
    "id",
    "owner_id",
    "recovery_reference",
    "amount",
    "amount_torecover",
    "status_id",
    "user_id",
    "debtor_name",
    "debtor_company",
    "customer_company",
    "created_at",
    "updated_at",
    "invoices_count",
    "comments_count",
    *FIELDS,
)
HANDLER_COLUMNS = ("first_name", "last_name")
# The procedure: on its own case, and on the case that it was transferred from.
INJUNCTION_COLUMNS = (
    "j.recovery_id",
    "jr.recovery_reference",
    "j.procedure",
    "jr.status_id",
    "j.key",
    "j.court_fee",
    "j.handling_fee",
    "j.fee_paid_on",
)

# name → (columns, source, order)
CHILDREN: dict[str, tuple[tuple[str, ...], str, str]] = {
    "history": (
        (
            "h.id",
            "h.from_status_id",
            "h.to_status_id",
            "h.user_id",
            "u.first_name",
            "u.last_name",
            "h.comment",
            "h.created_at",
        ),
        "recoveries_statuschange h LEFT JOIN accounts_user u ON u.id = h.user_id WHERE h.recovery_id = r.id",
        "h.created_at, h.id",
    ),
    "invoices": (
        (
            "i.id",
            "i.invoice_amount",
            "i.invoice_number",
            "i.invoice_date",
            "i.invoice_due_date",
            "i.invoice_part_paid",
            "i.invoice_part_paid_amount",
            "i.remaining_amount",
            "i.api_invoice_id",
        ),
        "invoicing_invoice i WHERE i.recovery_id = r.id",
        "i.invoice_date DESC, i.id DESC",
    ),
    "comments": (
        (
            "c.id",
            "c.user_id",
            "c.html",
            "c.text",
            "c.visible_to_user",
            "c.visible_to_debtor",
            "c.visible_to_bailiff",
            "c.is_read",
            "c.created_at",
            "c.updated_at",
        ),
        "recoveries_comment c WHERE c.recovery_id = r.id AND c.visible_to_user",
        "c.created_at, c.id",
    ),
    "docs": (
        (
            *(f"d.{column}" for column in DocumentRow._fields[:13]),
            "i.invoice_number",
            "i.invoice_amount",
            "f.filename",
            "f.mime",
            "t.type",
            "d.state",
            "d.reason",
        ),
        "documents_document d LEFT JOIN invoicing_invoice i ON i.id = d.invoice_id "
        "LEFT JOIN documents_storedfile f ON f.id = d.file_id "
        "LEFT JOIN documents_filetype t ON t.id = d.file_type_id "
        "WHERE d.recovery_id = r.id AND d.visible_to_user AND d.state NOT IN ('rejected', 'failed')",
        "d.created_at, d.id",
    ),
    "acomptes": (
        ("a.id", "a.amount", "a.date", "a.method", "a.reference", "a.comment", "a.created_at"),
        "recoveries_acompte a WHERE a.recovery_id = r.id",
        "a.date, a.id",
    ),
    "dettes": (
        ("d.id", "d.label", "d.amount", "d.date", "d.comment", "d.created_at"),
        "recoveries_dette d WHERE d.recovery_id = r.id",
        "d.date, d.id",
    ),
}


@dataclass(frozen=True, slots=True)
class CaseDetail:
    """A case as it stands: columns by name, parties (None while missing), children as rows of their columns."""

    case: dict[str, Any]
    handler: tuple[str, str]
    customer: dict[str, Any] | None
    debtor: dict[str, Any] | None
    injunction: tuple[Any, ...]
    children: dict[str, list[list[Any]]]


def case_detail(recovery_id: int, owner_id: int) -> CaseDetail | None:
    """The case when it is the owner's, else None."""
    with connection.cursor() as cursor:
        cursor.execute(_statement(connection.vendor), [recovery_id, owner_id])
        row = cursor.fetchone()
    if row is None:
        return None
    values = iter(row)
    return CaseDetail(
        case={column: next(values) for column in CASE_COLUMNS},
        handler=(next(values), next(values)),
        customer=_party(values),
        debtor=_party(values),
        injunction=tuple(next(values) for _column in INJUNCTION_COLUMNS),
        children={name: orjson.loads(next(values)) for name in CHILDREN},
    )


def case_exists(recovery_id: int) -> bool:
    """Whether anybody has such a case: what tells "not yours" from "not found"."""
    return Recovery.objects.filter(pk=recovery_id).exists()


def _party(values: Any) -> dict[str, Any] | None:
    party = {column: next(values) for column in COMPANY_COLUMNS}
    return party if party["id"] is not None else None


@cache
def _statement(vendor: str) -> str:
    words = DIALECTS[vendor]
    columns = [f"r.{column}" for column in CASE_COLUMNS]
    columns += [f"u.{column}" for column in HANDLER_COLUMNS]
    columns += [f"{side}.{column}" for side in ("customer", "debtor") for column in COMPANY_COLUMNS]
    columns += INJUNCTION_COLUMNS
    for names, source, order in CHILDREN.values():
        picked = ", ".join(f"{name} AS c{index}" for index, name in enumerate(names))
        array = ", ".join(f"c{index}" for index in range(len(names)))
        columns.append(
            f"CAST(COALESCE((SELECT {words.collect}({words.array}({array})) "
            f"FROM (SELECT {picked} FROM {source} ORDER BY {order}) child), '[]') AS text)"
        )
    return (
        f"SELECT {', '.join(columns)} FROM recoveries_recovery r "
        "LEFT JOIN accounts_user u ON u.id = r.user_id "
        "LEFT JOIN companies_company customer ON customer.id = r.customer_id "
        "LEFT JOIN companies_company debtor ON debtor.id = r.debtor_id "
        "LEFT JOIN recoveries_injunction j ON j.recovery_id = COALESCE(r.transferred_to_id, r.id) "
        "LEFT JOIN recoveries_recovery jr ON jr.id = j.recovery_id "
        "WHERE r.id = %s AND r.owner_id = %s"
    )
