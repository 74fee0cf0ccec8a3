"""Lines written to the database: a transfer writes tens of thousands in one transaction, under the lock of its case."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import connection

from law.account.lines import Line as Told
from recoveries.ledger.posting_models import Line

# PostgreSQL's types of the columns, of which each is given as one array.
TYPES = {
    "posting_id": "bigint",
    "account": "varchar",
    "head": "varchar",
    "claim_kind": "varchar",
    "claim_id": "bigint",
    "debit": "numeric",
    "credit": "numeric",
    "article": "varchar",
}
INSERT = f"INSERT INTO {Line._meta.db_table} ({', '.join(TYPES)}) SELECT * FROM unnest({{}})"  # noqa: S608 - our names


class Unbalanced(ValueError):
    """Lines of a posting that do not add up to nothing: a fault of the program, which writes none of them."""


def lines_write(told: Iterable[tuple[int, Told]]) -> None:
    """Write lines, each of the posting whose id it stands with. One statement, none where there is no line.

    Without a model for each row: their making was a third of the time of a large transfer. Raises Unbalanced: SQLite
    has no trigger that adds the lines of a posting up.
    """
    lines = list(told)
    _require_balanced(lines)
    rows = [_values(posting_id, line) for posting_id, line in lines]
    if not rows:
        return
    if connection.vendor != "postgresql":
        Line.objects.bulk_create(Line(**dict(zip(TYPES, row, strict=True))) for row in rows)
        return
    arrays = ", ".join(f"%s::{kind}[]" for kind in TYPES.values())
    with connection.cursor() as cursor:
        cursor.execute(INSERT.format(arrays), [list(column) for column in zip(*rows, strict=True)])


def _require_balanced(lines: Iterable[tuple[int, Told]]) -> None:
    left: defaultdict[int, Decimal] = defaultdict(Decimal)
    for posting_id, line in lines:
        left[posting_id] += line.debit - line.credit
    if off := [posting_id for posting_id, difference in left.items() if difference]:
        raise Unbalanced(f"postings {off}")


def _values(posting_id: int, told: Told) -> tuple[Any, ...]:
    """A line by the columns of TYPES."""
    kind, claim_id = told.claim or ("", None)
    head = told.head.value if told.head else ""
    return posting_id, told.account.value, head, str(kind), claim_id, told.debit, told.credit, told.article
