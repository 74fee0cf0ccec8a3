"""What was left of claims at the end of a past day, by case and band of age: for figures and for lists.

It adds up lines that are never changed: principal, since interest is no posting. A claim is late by its due date as it
stands today. Cases that were deleted since have taken their lines along.
"""

from datetime import date
from typing import Any

from legalcity.lib.replica import read_connection
from recoveries.desk.reads.portfolio_groups import DAYS, band_of

DUE = "COALESCE(i.invoice_due_date, i.invoice_date, d.date)"
# By case and band first: cases are counted without sorting all of them.
LATE = """
    WITH claims AS (
        SELECT p.recovery_id, {days} AS days, l.debit - l.credit AS remains
          FROM recoveries_line l JOIN recoveries_posting p ON p.id = l.posting_id {joined}
          LEFT JOIN invoicing_invoice i ON l.claim_kind = 'invoice' AND i.id = l.claim_id
          LEFT JOIN recoveries_dette d ON l.claim_kind = 'dette' AND d.id = l.claim_id
         WHERE l.account = 'debtor' AND l.head = 'principal' AND p.effective_on <= {given} {chosen}
    ), late AS (
        SELECT recovery_id, {band} AS band, SUM(remains) AS remains
          FROM claims GROUP BY recovery_id, {band} HAVING SUM(remains) > 0
    )
"""


def claims_left(on: date, *, owner_id: int | None, handler_id: int | None) -> tuple[str, list[Any]]:
    """The beginning of a statement, with its values, that has `late (recovery_id, band, remains)` at the end of `on`,
    of a client and a handler (of today) if they are named by id.
    """
    words = DAYS[read_connection().vendor]
    wanted = {"p.owner_id": owner_id, "r.user_id": handler_id}
    asked = {column: value for column, value in wanted.items() if value is not None}
    statement = LATE.format(
        joined="JOIN recoveries_recovery r ON r.id = p.recovery_id" if handler_id is not None else "",
        given=words.given,
        chosen=" ".join(f"AND {column} = %s" for column in asked),
        days=words.between.format(words.given, DUE),
        band=band_of("days"),
    )
    return statement, [on, on, *asked.values()]
