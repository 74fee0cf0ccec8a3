"""Lines written to the database: a transfer writes tens of thousands in one transaction, under the lock of its case."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from law.account.lines import Line as Told
from legalcity.lib.many_rows import rows_append
from recoveries.ledger.posting_models import Line


class Unbalanced(ValueError):
    """Lines of a posting that do not add up to nothing: a fault of the program, which writes none of them."""


def lines_write(told: Iterable[tuple[int, Told]]) -> None:
    """Write lines, each of the posting whose id it stands with. One statement, none where there is no line.

    Without a model for each row: their making was a third of the time of a large transfer. Raises Unbalanced: SQLite
    has no trigger that adds the lines of a posting up.
    """
    rows_append(Line, lines_stored(told))


def lines_stored(told: Iterable[tuple[int, Told]]) -> list[dict[str, Any]]:
    """Lines as they are stored. Raises Unbalanced."""
    lines = list(told)
    _require_balanced(lines)
    return [_stored(posting_id, line) for posting_id, line in lines]


def _require_balanced(lines: Iterable[tuple[int, Told]]) -> None:
    left: defaultdict[int, Decimal] = defaultdict(Decimal)
    for posting_id, line in lines:
        left[posting_id] += line.debit - line.credit
    if off := [posting_id for posting_id, difference in left.items() if difference]:
        raise Unbalanced(f"postings {off}")


def _stored(posting_id: int, told: Told) -> dict[str, Any]:
    kind, claim_id = told.claim or ("", None)
    return {
        "posting_id": posting_id,
        "account": told.account.value,
        "head": told.head.value if told.head else "",
        "claim_kind": str(kind),
        "claim_id": claim_id,
        "debit": str(told.debit),
        "credit": str(told.credit),
        "article": told.article,
    }
