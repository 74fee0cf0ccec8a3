"""What was recorded on a case: its postings with their lines, for the API oldest first, for staff newest first."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from law.account.facts import ClaimKey, ClaimKind, Head
from law.account.lines import LedgerAccount
from legalcity.lib.dates import moment_text
from legalcity.lib.errors import Sentence
from legalcity.lib.money import money_text
from recoveries.ledger.book import CLAIMS
from recoveries.ledger.drafting import CLAIM_GONE, REALLOCATED
from recoveries.ledger.models import Entry
from recoveries.ledger.posting_models import Line, Posting
from recoveries.ledger.sheet import HEADS

SHOWN = 50  # postings on a page
LINES = 100  # of a posting on a page: a case of a thousand invoices is opened by one posting
ACCOUNTS: dict[str, Sentence] = {
    LedgerAccount.DEBTOR: _("Debtor"),
    LedgerAccount.BANK: _("Bank of the firm"),
    LedgerAccount.CREDITOR: _("Creditor"),
    LedgerAccount.WAIVED: _("Given up"),
    LedgerAccount.LOST: _("Written off"),
    LedgerAccount.SUSPENSE: _("Waiting"),
    LedgerAccount.FEES: _("Fees retained"),
}
SOURCES: dict[str, Sentence] = {
    "api": _("API"),
    "staff": _("back-office"),
    "import": _("import"),
    "transfer": _("transfer"),
    "system": _("the system"),
    "before": _("taken over from before the ledger"),
}
REASONS: dict[str, Sentence] = {
    REALLOCATED: _("a later fact changed what it met"),
    CLAIM_GONE: _("the invoice was deleted"),
    **dict(Entry.Reason.choices),
}


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


# --- for staff -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class LineShown:
    """A line of a posting in words."""

    line: Line
    account: Sentence
    head: Sentence
    claim: str


@dataclass(frozen=True, slots=True)
class PostingShown:
    """A posting in words. `is_reversible`: it stands, and staff may take it back by itself.

    `more`: how many lines it has beside those that are shown.
    """

    posting: Posting
    source: Sentence
    reason: Sentence
    reversed_by: int | None
    is_reversible: bool
    lines: list[LineShown]
    more: int


@dataclass(frozen=True, slots=True)
class LedgerShown:
    """A page of the ledger of a case, newest first; `older`: below which id it goes on, None at its beginning."""

    rows: list[PostingShown]
    older: int | None


def ledger_read(recovery_id: int, *, before: int | None) -> LedgerShown:
    """The newest postings of a case, or those whose ids are below `before`. Three statements."""
    found = Posting.objects.filter(recovery_id=recovery_id).order_by("-id")
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found.select_related("by", "reversal").prefetch_related("lines")[: SHOWN + 1])
    numbers = _numbers(recovery_id)
    shown = [_shown(row, numbers) for row in rows[:SHOWN]]
    return LedgerShown(shown, rows[SHOWN - 1].pk if len(rows) > SHOWN else None)


def _numbers(recovery_id: int) -> dict[ClaimKey, str]:
    """The numbers of all claims that the case ever had. One statement."""
    told = Posting.objects.filter(recovery_id=recovery_id, facts__has_key=CLAIMS).order_by("id")
    claims = (claim for facts in told.values_list("facts", flat=True) for claim in facts[CLAIMS])
    return {(ClaimKind(claim["kind"]), claim["id"]): claim["number"] for claim in claims}


def reason_shown(row: Posting) -> Sentence:
    """Why something was recorded, in words; what a person wrote stays as it is."""
    return REASONS.get(row.reason, row.reason)


def _shown(row: Posting, numbers: dict[ClaimKey, str]) -> PostingShown:
    reversal = getattr(row, "reversal", None)
    lines = sorted(row.lines.all(), key=lambda line: line.pk)
    return PostingShown(
        posting=row,
        source=SOURCES.get(row.source, row.source),
        reason=reason_shown(row),
        reversed_by=reversal and reversal.pk,
        is_reversible=reversal is None and row.is_reversible,
        lines=list(_lines_shown(lines[:LINES], numbers)),
        more=max(len(lines) - LINES, 0),
    )


def _lines_shown(lines: list[Line], numbers: dict[ClaimKey, str]) -> Iterator[LineShown]:
    for line in lines:
        key = (ClaimKind(line.claim_kind), line.claim_id) if line.claim_id is not None else None
        head = _("surplus") if line.head == Head.SURPLUS else HEADS.get(line.head, ("", ""))[0]
        yield LineShown(line, ACCOUNTS[line.account], head, numbers.get(key, "") if key else "")
