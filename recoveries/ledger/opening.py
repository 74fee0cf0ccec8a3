"""The ledger of a case that was just opened: there is nothing yet to compare its invoices with.

Written as rows, since objects of postings and lines take longer than all else here. A test holds them against those of
`drafting`, which posts everything later.
"""

from collections.abc import Sequence

from accounts.models import User
from law.account.facts import Claim, ClaimKind, Head
from law.account.lines import LedgerAccount
from legalcity.lib.clock import now, today
from legalcity.lib.many_rows import as_json, is_by_json, rows_insert
from legalcity.lib.one_statement import write
from recoveries.ledger.balances import balance_begin, balance_opened
from recoveries.ledger.book import CLAIMS, Book
from recoveries.ledger.drafting import claim_lines
from recoveries.ledger.gathering import facts_from
from recoveries.ledger.kept_facts import told
from recoveries.ledger.line_writing import lines_write
from recoveries.ledger.posting import Source
from recoveries.ledger.posting_models import Posting
from recoveries.models import Recovery

# What `claim_lines` says of an invoice; both lines of one are made of one amount, so that they add up to nothing.
OWED = f"""
    INSERT INTO "recoveries_line" (posting_id, account, head, claim_kind, claim_id, debit, credit, article)
    SELECT %s::bigint, side.account, '{Head.PRINCIPAL}', '{ClaimKind.INVOICE}', owed.id, side.debit, side.credit, ''
    FROM json_to_recordset(%s::json) AS owed (id bigint, amount numeric(20, 2)) CROSS JOIN LATERAL (
        VALUES ('{LedgerAccount.DEBTOR}', owed.amount, 0), ('{LedgerAccount.CREDITOR}', 0, owed.amount)
    ) AS side (account, debit, credit)
"""  # noqa: S608 - names of ours


def ledger_open(*, case: Recovery, invoices: Sequence[Claim], by: User | None, source: Source) -> None:
    """The first posting of a case that was just opened with these invoices, and its balance: no case is without one.

    Three statements, one where nothing is claimed.
    """
    if invoices:
        _lines_write(_posted(case, invoices, by, source), invoices)
    facts = facts_from(case, Book(claims={claim.key: claim for claim in invoices}))
    balance_begin(balance_opened(case, facts, today()))


def _posted(case: Recovery, invoices: Sequence[Claim], by: User | None, source: Source) -> int:
    row = {
        "recovery_id": case.pk,
        "owner_id": case.owner_id,
        "kind": Posting.Kind.CLAIM.value,
        "effective_on": min(claim.issued_on for claim in invoices),
        "recorded_at": now(),
        "by_id": by.pk if by else None,
        "reason": "",
        "source": source.value,
        "facts": {CLAIMS: [told(claim) for claim in invoices]},
    }
    return rows_insert(Posting, [row])[0]


def _lines_write(posting_id: int, invoices: Sequence[Claim]) -> None:
    if not is_by_json():
        lines_write((posting_id, line) for claim in invoices for line in claim_lines(claim))
        return
    owed = [{"id": claim.id, "amount": amount} for claim in invoices if (amount := claim.principal)]
    if owed:
        write(OWED, [posting_id, as_json(owed)])
