"""What was recorded on a case, in the order in which it was: its postings with their lines."""

from typing import Any

from legalcity.lib.dates import moment_text
from legalcity.lib.money import money_text
from recoveries.ledger.posting_models import Line, Posting


def postings_after(recovery_id: int, *, after: int, limit: int) -> list[Posting]:
    """At most `limit` postings of a case whose ids are above `after`, each with its `lines`. Two statements."""
    rows = Posting.objects.filter(recovery_id=recovery_id, pk__gt=after).order_by("id")
    return list(rows.prefetch_related("lines")[:limit])


def posting_told(row: Posting) -> dict[str, Any]:
    """A posting as the API gives it; amounts as text with two places. `by` is an id."""
    return {
        "id": row.pk,
        "kind": row.kind,
        "effective_on": row.effective_on.isoformat(),
        "recorded_at": moment_text(row.recorded_at),
        "by": row.by_id,
        "reason": row.reason,
        "reverses": row.reverses_id,
        "supersedes": row.supersedes_id,
        "lines": [_line_told(line) for line in sorted(row.lines.all(), key=lambda line: line.pk)],
    }


def _line_told(line: Line) -> dict[str, Any]:
    return {
        "account": line.account,
        "head": line.head or None,
        "claim": {"kind": line.claim_kind, "id": line.claim_id} if line.claim_id is not None else None,
        "debit": money_text(line.debit),
        "credit": money_text(line.credit),
        "article": line.article or None,
    }
