"""The first rows of the ledgers of cases that are about to be written, with all their records: nothing is read.

They are what `cases_begin` writes of the same cases once they are there. For loads of many: a case that is filed has
`posting.ledger_open`.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from legalcity.lib.bulk_load import keys_give
from recoveries.ledger.beginning import drafted, laid
from recoveries.ledger.book import Book
from recoveries.ledger.gathering import Told, facts_from
from recoveries.ledger.line_writing import lines_stored
from recoveries.ledger.posting import Source, lines_told, posting_rows
from recoveries.ledger.posting_models import CaseBalance, Posting
from recoveries.ledger.rate_book import presentation_counts
from recoveries.ledger.records import Records
from recoveries.models import Recovery


class FirstRows(NamedTuple):
    """Rows of all of the cases, unwritten: postings with their keys, lines as they are stored, a balance a case."""

    postings: list[Posting]
    lines: list[dict[str, Any]]
    balances: list[CaseBalance]


def first_rows(cases: Sequence[tuple[Recovery, Records]]) -> FirstRows:
    """The ledgers of cases, which have their keys and their parties; `Records`: what will stand in their records.

    A number of statements that does not depend on how many cases they are. In the transaction that writes them.
    """
    counts = presentation_counts(before=None)
    begun = []
    for case, records in cases:
        book = Book()
        begun.append(drafted(case, Told(book, facts_from(case, book, presentation_counts=counts)), records))
    balances = [laid(one, {}) for one in begun]
    drafts = [(one.case, draft) for one in begun for draft in one.drafts]
    postings = posting_rows(drafts, by=None, source=Source.BEFORE, keeps_times=True)
    keys_give(postings)
    lines = lines_stored((row.pk, line) for row, line in lines_told(postings, drafts, {}))
    return FirstRows(postings, lines, balances)
