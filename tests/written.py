"""What a complete case writes, with what every row has of its own left out (PostgreSQL)."""

import json
import re
from typing import Any

from django.db import connection

OWN = {"created_at", "updated_at", "recorded_at", "effective_at", "request_id", "xact", "object_id"}
TABLES = {
    "companies_company": "id",
    "recoveries_recovery": "id",
    "invoicing_invoice": "id",
    "recoveries_posting": "id",
    "recoveries_line": "id",
    "recoveries_casebalance": "recovery_id",
    "recoveries_statuschange": "id",
    "events_event": "id",
}


def newest() -> dict[str, Any]:
    """The last key of each of TABLES."""
    with connection.cursor() as cursor:
        found = {}
        for table, key in TABLES.items():
            cursor.execute(f"SELECT coalesce(max({key}), 0) FROM {table}")
            found[table] = cursor.fetchone()[0]
    return found


def written(after: dict[str, Any]) -> dict[str, list[str]]:
    """The rows that came after those, but for what is a row's own: ids, moments, the reference."""
    rows = {}
    with connection.cursor() as cursor:
        for table, key in TABLES.items():
            cursor.execute(f"SELECT to_jsonb(t) FROM {table} t WHERE {key} > %s ORDER BY {key}", [after[table]])
            rows[table] = sorted(json.dumps(common(json.loads(row)), sort_keys=True) for (row,) in cursor.fetchall())
    return rows


def common(value: Any) -> Any:
    """A value without what is its own."""
    if isinstance(value, dict):
        return {key: common(each) for key, each in value.items() if key not in OWN and not key.endswith(("id", "ids"))}
    if isinstance(value, list):
        return [common(each) for each in value]
    return re.sub(r"(?i)rec-\w{6}", "REC", value) if isinstance(value, str) else value
