"""What was received last on a case that is paid: all that was owed on that day, interest and indemnities included."""

from collections.abc import Sequence
from dataclasses import replace

from demo.one_case import CaseDraft
from law.account.facts import Payment
from law.interest import RateMissing
from law.vocabulary import Step
from recoveries.ledger.book import Book
from recoveries.ledger.gathering import facts_from
from recoveries.ledger.reckoning import reckoned
from recoveries.ledger.records import claims_told, debts_told


def paid_settle(drafts: Sequence[CaseDraft]) -> None:
    """Let the last payment of each paid case settle it. Its claims are saved already, its payments not yet."""
    for draft in drafts:
        if draft.recovery.status_id == Step.PAID:
            _settle(draft)


def _settle(draft: CaseDraft) -> None:
    *earlier, last = draft.acomptes
    claims = [*claims_told(draft.invoices), *debts_told(draft.dettes)]
    payments = [
        Payment(id=place, on=row.date, amount=row.amount, reference=row.reference)
        for place, row in enumerate(earlier, start=1)
    ]
    facts = facts_from(draft.recovery, Book(claims={claim.key: claim for claim in claims}))
    account = reckoned(replace(facts, payments=tuple(payments)), last.date)
    if not isinstance(account, RateMissing):
        last.amount = account.owed
