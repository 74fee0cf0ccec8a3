"""A table in two figures: how many rows, and a checksum of all of them that knows no order.

The checksum is the sum of the first 64 bits of each row's MD5: a row that is other, missing or there twice changes it.
"""

import hashlib
import sqlite3
from collections.abc import Mapping

from django.db.backends.utils import CursorWrapper

Fingerprint = tuple[int, str]  # rows, checksum
# How values are written as text hangs on these.
AS_TEXT = (
    "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'; SET LOCAL intervalstyle = 'postgres'; "
    "SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'"
)
TABLES = """
SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_toast%'
ORDER BY 1
"""
SUM = (
    "SELECT count(*), coalesce(sum(('x' || substr(md5(t::text), 1, 16))::bit(64)::bigint::numeric), 0)::text FROM {} t"
)


def of_postgresql(cursor: CursorWrapper) -> Mapping[str, Fingerprint]:
    """Each table as the transaction of `cursor` sees it."""
    cursor.execute(AS_TEXT)
    cursor.execute(TABLES)
    return {name: _of_table(cursor, name) for (name,) in cursor.fetchall()}


def _of_table(cursor: CursorWrapper, name: str) -> Fingerprint:
    cursor.execute(SUM.format(name))  # As the server has quoted it.
    rows, checksum = cursor.fetchone()
    return rows, checksum


def of_sqlite(database: sqlite3.Connection) -> Mapping[str, Fingerprint]:
    """Each table of a file that nobody writes to."""
    names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    return {name: _of_rows(database, name) for (name,) in names}


def _of_rows(database: sqlite3.Connection, name: str) -> Fingerprint:
    count = total = 0
    quoted = name.replace('"', '""')
    for row in database.execute(f'SELECT * FROM "{quoted}"'):  # noqa: S608 - a name of the schema, quoted
        digest = hashlib.md5(repr(row).encode(), usedforsecurity=False).digest()
        total += int.from_bytes(digest[:8], "big", signed=True)
        count += 1
    return count, str(total)


def differences(kept: Mapping[str, Fingerprint], found: Mapping[str, Fingerprint]) -> list[str]:
    """A sentence for each table that is not as it was."""
    told = []
    for name in sorted({*kept, *found}):
        before, after = kept.get(name), found.get(name)
        if before is None or after is None:
            told.append(f"table {name} is " + ("missing" if after is None else "not of the copy"))
        elif before[0] != after[0]:
            told.append(f"table {name} has {after[0]} rows, the copy {before[0]}")
        elif before != after:
            told.append(f"table {name} has rows that are not those of the copy")
    return told
