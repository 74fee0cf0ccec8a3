"""The list: its first page, by any documented sort, of one status or with a word searched for."""

import math
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

import orjson

from .database import GROUPS, STATUSES, query, stamp

PAGE = 15
TEXT_SORTS = {"recovery_service_object", "debtor_name", "debtor_company", "customer_company"}
SORTS = {"recovery_last_status": "status_id"}
LISTED = f"""
    r.id, r.recovery_reference, nullif(r.debtor_name, ''), nullif(r.debtor_company, ''),
    nullif(r.customer_company, ''), r.amount::text, r.amount_torecover::text, r.status_id,
    r.recovery_due_date::text, {stamp("r.created_at")}, {stamp("r.updated_at")}, r.user_id, u.first_name,
    u.last_name, r.invoices_count, r.comments_count, b.due::text,
    CASE WHEN b.due IS NOT NULL THEN
        least((now() AT TIME ZONE 'Europe/Paris')::date, b.next_change - 1)::text END, r.external_id
"""


@lru_cache(maxsize=1000)
def _list_statement(query_string: str) -> tuple[str, list[Any], dict[str, Any]]:
    """The statement of a list, its values after the owner's id, and the filters that it applies."""
    asked = dict(parse_qsl(query_string))
    sort, order = asked.get("sort_by", "created_at"), asked.get("sort_order", "desc")
    where = ["{0}.owner_id = %s::bigint"]
    values: list[Any] = []
    if "status" in asked:
        where.append("{0}.status_id = ANY (%s)")
        values.append(GROUPS[int(asked["status"])])
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
    applied = {
        "status": status,
        "search": asked.get("search"),
        "external_id": None,
        "updated_after": None,
        "sort_by": sort,
        "sort_order": order,
    }
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
        "due_on": row[18],
        "external_id": row[19],
    }
