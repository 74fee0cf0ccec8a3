"""What the payments of a case met; what was received last on one that is paid is all that was owed on that day."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from demo.one_case import CaseDraft
from law.account.decompte import Decompte
from law.interest import RateMissing
from law.vocabulary import Step
from recoveries.ledger.book import Book
from recoveries.ledger.gathering import facts_from
from recoveries.ledger.reckoning import reckoned
from recoveries.ledger.records import claims_told, debts_told, payment_told
from recoveries.models import Acompte


class Met(NamedTuple):
    """A payment, and the account of the case before and after it, on its day."""

    payment: Acompte
    before: Decompte | RateMissing
    after: Decompte | RateMissing


def payments_meet(draft: CaseDraft) -> list[Met]:
    """What the payments of a case meet, oldest first; the last one of a paid case gets its amount. All has its keys."""
    return list(_met(draft)) if draft.acomptes else []


def _met(draft: CaseDraft) -> Iterator[Met]:
    claims = [*claims_told(draft.invoices), *debts_told(draft.dettes)]
    facts = facts_from(draft.recovery, Book(claims={claim.key: claim for claim in claims}))
    for payment in draft.acomptes:
        before = reckoned(facts, payment.date)
        settles = payment is draft.acomptes[-1] and draft.changes[-1].to_status_id == Step.PAID
        if settles and not isinstance(before, RateMissing):
            payment.amount = before.owed
        facts = replace(facts, payments=(*facts.payments, payment_told(payment)))
        yield Met(payment, before, reckoned(facts, payment.date))
