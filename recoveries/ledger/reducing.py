"""What takes away from what is owed without money from the debtor, and what gives money back, as postings. Pure."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from law.account.facts import CreditNote, Head, Refund, Waiver
from law.account.lines import LedgerAccount, Line
from recoveries.ledger.book import CREDIT_NOTE, FIRST, REFUND, WAIVER
from recoveries.ledger.drafting import REALLOCATED, Draft, Kind, moved
from recoveries.ledger.kept_facts import Told, told

Reduction = CreditNote | Waiver

AGREED = "art. 1193 C. civ."  # A contract is changed by mutual consent
GIVEN_UP = "art. 1350 C. civ."  # Remise de dette
UNDUE = "art. 1302 C. civ."  # What was paid and not owed is given back


def credit_note_draft(note: CreditNote, kind: Kind = Kind.CREDIT_NOTE) -> Draft:
    """A lower price: the creditor asks for less."""
    lines = moved(
        note.amount,
        Head.PRINCIPAL,
        note.claim,
        debit=LedgerAccount.CREDITOR,
        credit=LedgerAccount.DEBTOR,
        article=AGREED,
    )
    return Draft(kind=kind, on=note.on, facts={CREDIT_NOTE: _told(note)}, lines=tuple(lines))


def waiver_draft(waiver: Waiver, kind: Kind | None = None) -> Draft:
    """What the creditor gives up, or writes off as lost."""
    lines = moved(
        waiver.amount,
        waiver.head,
        waiver.claim,
        debit=LedgerAccount.LOST if waiver.is_writeoff else LedgerAccount.WAIVED,
        credit=LedgerAccount.DEBTOR,
        article="" if waiver.is_writeoff else GIVEN_UP,
    )
    kind = kind or (Kind.WRITEOFF if waiver.is_writeoff else Kind.WAIVER)
    return Draft(kind=kind, on=waiver.on, facts={WAIVER: _told(waiver)}, lines=tuple(lines))


def refund_draft(refund: Refund, kind: Kind = Kind.REFUND, *, of: LedgerAccount = LedgerAccount.BANK) -> Draft:
    """What was paid beyond what was owed, given back by who has it."""
    lines = (
        Line(LedgerAccount.SUSPENSE, Head.SURPLUS, None, refund.amount, Decimal(0), UNDUE),
        Line(of, None, None, Decimal(0), refund.amount, UNDUE),
    )
    return Draft(kind=kind, on=refund.on, facts={REFUND: told(refund)}, lines=lines)


def reduction_lines(fact: Reduction, counted: Decimal) -> tuple[Line, ...]:
    """The lines of a credit note or waiver of which `counted` EUR found something to take."""
    return _draft(replace(fact, amount=counted)).lines


def reduction_anew(fact: Reduction, lines: tuple[Line, ...], posting_id: int) -> tuple[Draft, Draft]:
    """One that takes something else than before: its posting reversed, and another one in its place."""
    draft = _draft(fact)
    facts = {name: {**as_told, FIRST: fact.id} for name, as_told in draft.facts.items()}
    reversal = Draft(kind=Kind.REVERSAL, on=fact.on, facts={}, reason=REALLOCATED, reverses=posting_id)
    return reversal, replace(draft, facts=facts, lines=lines, supersedes=posting_id)


def _draft(fact: Reduction) -> Draft:
    return credit_note_draft(fact) if isinstance(fact, CreditNote) else waiver_draft(fact)


def _told(fact: Any) -> Told:
    """Without its id, which is that of its posting."""
    return {name: value for name, value in told(fact).items() if name != "id"}
