"""What the calls share: a connection for each thread, its prepared statements, and how a moment is written."""

import os
import threading
from typing import Any

import psycopg

STAMP = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'

_thread = threading.local()
GROUPS: dict[int, list[int]] = {}
with psycopg.connect(os.environ["DATABASE_URL"]) as _connection:
    for _status, _group in _connection.execute("SELECT id, group_id FROM recoveries_status"):
        GROUPS.setdefault(_group, []).append(_status)
    STATUSES = {
        row[0]: {"id": row[0], "name": row[1], "description": row[2]}
        for row in _connection.execute("SELECT id, name, description FROM recoveries_status")
    }


def query(statement: str, values: Any) -> Any:
    """Run a prepared statement on this thread's connection."""
    cursor = getattr(_thread, "cursor", None)
    if cursor is None:
        _thread.connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
        cursor = _thread.cursor = _thread.connection.cursor(binary=True)
    return cursor.execute(statement, values, prepare=True)


def stamp(column: str) -> str:
    """SQL: a moment as the API writes it."""
    return f"to_char({column} AT TIME ZONE 'UTC', '{STAMP}')"
