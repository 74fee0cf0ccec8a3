"""What payments meet, and what credit notes and waivers take, as lines of their postings: what the law lays today
beside what was posted."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from law.account.decompte import Decompte, PaymentRow
from law.account.facts import ClaimKey, ClaimKind, Head, Transfer
from law.account.lines import LedgerAccount, Line, payment_lines
from law.interest import NOTHING, RateMissing
from recoveries.ledger.book import PAYMENT, Book, Paid
from recoveries.ledger.drafting import Draft, posted_anew
from recoveries.ledger.posting_models import Line as LineRow
from recoveries.ledger.reducing import Reduction, reduction_anew, reduction_lines

Lines = dict[int, list[Line]]
LINE = ("account", "head", "claim_kind", "claim_id", "debit", "credit", "article")


def lines_of(books: Iterable[Book], *, also: Collection[int] = ()) -> Lines:
    """The lines of the postings that have the payments, credit notes and waivers of these books, and of `also`, by
    posting. One statement."""
    held = (pk for book in books for pk in (*(paid.posting_id for paid in book.paid.values()), *book.laid.values()))
    return lines_read([*(pk for pk in held if pk > 0), *also])


def lines_read(posting_ids: Collection[int]) -> Lines:
    """The lines of these postings, by posting. One statement, none for none."""
    found: Lines = {pk: [] for pk in posting_ids}
    if found:
        rows = LineRow.objects.filter(posting_id__in=list(found)).order_by("id")
        for posting_id, *values in rows.values_list("posting_id", *LINE):
            found[posting_id].append(_line_read(*values))
    return found


def _line_read(
    account: str, head: str, kind: str, claim_id: int | None, debit: Decimal, credit: Decimal, article: str
) -> Line:
    claim = (ClaimKind(kind), claim_id) if claim_id is not None else None
    return Line(LedgerAccount(account), Head(head) if head else None, claim, debit, credit, article)


def stayed_lines(book: Book, account: Decompte | RateMissing) -> Lines:
    """What is taken back of the payments of before a transfer when they are: what of them stayed, by posting."""
    if book.transfer is None or isinstance(account, RateMissing):
        return {}
    rows = {row.payment.id: row for row in account.payments}
    known = (paid for pk, paid in book.paid.items() if pk in (book.transfer.payments or ()))
    return {
        paid.posting_id: list(payment_lines(row, into=_into(paid.is_direct))) if row else []
        for paid in known
        for row in [rows.get(paid.payment.id)]
    }


def undone(line: Line) -> Line:
    """The line that takes it back."""
    return line._replace(debit=line.credit, credit=line.debit)


def allocated(drafts: Sequence[Draft], book: Book, account: Decompte | RateMissing, lines: Lines) -> list[Draft]:
    """`drafts` (entered in `book` by `posted_in`) with their lines, and what they make other payments, credit notes and
    waivers meet otherwise."""
    rows = {} if isinstance(account, RateMissing) else {row.payment.id: row for row in account.payments}
    fresh = {draft.facts[PAYMENT]["id"] for draft in drafts if PAYMENT in draft.facts}
    taken = {} if isinstance(account, RateMissing) else _taken(book, account)
    settled = [
        replace(draft, lines=taken[-place][1]) if -place in taken else _with_lines(draft, rows)
        for place, draft in enumerate(drafts, start=1)
    ]
    return [*settled, *laid_anew(book, account, lines, but=fresh)]


def laid_anew(book: Book, account: Decompte | RateMissing, lines: Lines, *, but: Collection[int] = ()) -> list[Draft]:
    """What has to be posted so that each payment, credit note and waiver has the lines that `account` lays today; the
    payments `but` are left alone.

    After a transfer a case has what stayed behind; what went along of a payment remains as it was told, and all of it
    where that was not written down. While a rate is missing all remain.
    """
    if isinstance(account, RateMissing) or not (book.paid or book.laid):
        return []
    anew = [
        draft
        for posting_id, (fact, expected) in _taken(book, account).items()
        if posting_id > 0 and Counter(expected) != Counter(lines[posting_id])
        for draft in reduction_anew(fact, expected, posting_id)
    ]
    unwritten = book.transfer is not None and book.transfer.stays is None
    fixed = {*but, *((book.transfer and unwritten and book.transfer.payments) or ())}
    rows = {row.payment.id: row for row in account.payments}
    for paid in book.paid.values():
        row = rows.get(paid.payment.id)
        if row and not paid.is_reversed and paid.payment.id not in fixed:
            posted = lines[paid.posting_id]
            expected = _expected(book, paid, row, posted)
            if Counter(expected) != Counter(posted):
                reversal, fresh = posted_anew(paid, expected)
                anew += (replace(reversal, lines=tuple(map(undone, posted))), fresh)
    return anew


def _expected(book: Book, paid: Paid, row: PaymentRow, posted: Sequence[Line]) -> tuple[Line, ...]:
    """The lines of a payment that meets what `row` says; of one of before a transfer with what went along of it."""
    into, transfer = _into(paid.is_direct), book.transfer
    if transfer is None or paid.payment.id not in (transfer.payments or ()):
        return payment_lines(row, into=into)
    gone = [line for line in posted if line.account == LedgerAccount.DEBTOR and _went(transfer, line.claim)]
    return payment_lines(PaymentRow(paid.payment, row.allocations), into=into, beside=gone)


def _went(transfer: Transfer, claim: ClaimKey | None) -> bool:
    """Whether a claim (None: the penalty) went on to another case."""
    return claim in transfer.claims if claim else transfer.penalty is None


def _taken(book: Book, account: Decompte) -> dict[int, tuple[Reduction, tuple[Line, ...]]]:
    """What each credit note and waiver of which `account` tells took, as lines, by the posting that has it."""
    facts: list[tuple[bool, Reduction]] = [
        *((True, note) for note in book.credit_notes.values()),
        *((False, waiver) for waiver in book.waivers.values()),
    ]
    return {
        book.laid[fact.id]: (fact, reduction_lines(fact, account.counted[is_credit, fact.id]))
        for is_credit, fact in facts
        if (is_credit, fact.id) in account.counted
    }


def _with_lines(draft: Draft, rows: Mapping[int, PaymentRow]) -> Draft:
    """A payment that was reversed, or for which a rate is missing, has met nothing."""
    told = draft.facts.get(PAYMENT)
    if told is None or draft.lines:
        return draft
    into, row = _into(bool(told.get("direct"))), rows.get(told["id"])
    if row is None or row.is_reversed:
        return replace(draft, lines=unallocated(Decimal(told["amount"]), into))
    return replace(draft, lines=payment_lines(row, into=into))


def unallocated(amount: Decimal, into: LedgerAccount) -> tuple[Line, Line]:
    """A payment that waits for the rate without which nobody can say what it met."""
    return (
        Line(into, None, None, amount, NOTHING, ""),
        Line(LedgerAccount.SUSPENSE, Head.SURPLUS, None, NOTHING, amount, ""),
    )


def _into(is_direct: bool) -> LedgerAccount:
    """Where the money of a payment is: with the creditor when he received it."""
    return LedgerAccount.CREDITOR if is_direct else LedgerAccount.BANK
