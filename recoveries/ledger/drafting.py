"""What has to be posted so that the ledger says what the records say. Pure.

The records (invoices, debts, payments) are what people write; the ledger follows them, one posting for each thing that
became otherwise. So a migration, a repair and an everyday change are the same step.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from law.account.facts import Claim, ClaimKey, ClaimKind, CreditNote, DebtHead, Head, Payment, Waiver
from law.account.lines import LedgerAccount, Line
from law.interest import NOTHING
from legalcity.lib.dates import PARIS
from recoveries.ledger.book import CLAIMS, PAYMENT, RENAMED, REST, Book, Entry, Paid
from recoveries.ledger.kept_facts import Told, claim_key_told, told
from recoveries.ledger.posting_models import Posting
from recoveries.ledger.records import Record, Records

Kind = Posting.Kind
REALLOCATED = "reallocated"  # A later fact changed what it met
CLAIM_GONE = "claim_gone"  # What was taken off a claim goes with it
_HEADS = {DebtHead.COST_OF_TITLE: Head.COST}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A posting to be. `reverses` and `supersedes` are ids of postings; `at`: when it was recorded, None for now."""

    kind: Kind
    on: date
    facts: Told
    lines: tuple[Line, ...] = ()
    reason: str = ""
    reverses: int | None = None
    supersedes: int | None = None
    at: datetime | None = None


def differences(book: Book, records: Records) -> list[Draft]:
    """What the records say and `book` does not: claims, what was taken off such as are gone, reversals, payments."""
    return [*_claims(book, records), *_orphans(book, records), *_reversals(book, records), *_payments(book, records)]


def posted_in(book: Book, drafts: Iterable[Draft]) -> Book:
    """`book`, with `drafts` in it as if they were posted; a posting that is still to be has an id below 0."""
    for place, draft in enumerate(drafts, start=1):
        if draft.reverses is not None:
            book.take_back(draft.reverses)
        book.enter(Entry(-place, 0, draft.kind, draft.on, draft.at or datetime.max, draft.reverses, draft.facts))
    return book


def _claims(book: Book, records: Records) -> Iterator[Draft]:
    carried = {replace(book.claims[key], id=0): key for key in book.carried}
    fresh = [claim for key, claim in records.claims.items() if key not in book.claims]
    listed = [(key, claim) for claim in fresh if (key := carried.get(replace(claim, id=0)))]
    if listed:
        yield _listed(listed, book)
    fresh = [claim for claim in fresh if claim not in {claim for _key, claim in listed}]
    for since, claims in _by_day(fresh, records.since).items():
        yield from claims_opened(claims, at=since)
    changed = [
        (claim, before)
        for key, claim in records.claims.items()
        if (before := book.claims.get(key)) is not None and before != claim
    ]
    gone = [
        (replace(before, amount=NOTHING, part_paid=NOTHING), before)
        for key, before in book.claims.items()
        if key not in records.claims and key not in book.carried
    ]
    if changed or gone:
        befores = {before.key: before for _claim, before in (*changed, *gone)}
        yield _claimed(Kind.CLAIM_CHANGE, [claim for claim, _before in (*changed, *gone)], befores)


def _listed(listed: Sequence[tuple[ClaimKey, Claim]], book: Book) -> Draft:
    """Claims that came along settled and have their records now: the same claims, by other names."""
    lines: list[Line] = []
    for key, claim in listed:
        before = book.claims[key]
        lines += (*claim_lines(replace(before, amount=NOTHING), before), *claim_lines(claim))
    facts = {
        CLAIMS: [told(claim) for _key, claim in listed],
        RENAMED: [[claim_key_told(key), claim_key_told(claim.key)] for key, claim in listed],
    }
    on = min(claim.issued_on for _key, claim in listed)
    return Draft(kind=Kind.CLAIM_CHANGE, on=on, facts=facts, lines=tuple(lines))


def _by_day(claims: Iterable[Claim], since: Mapping[ClaimKey, datetime]) -> dict[datetime, list[Claim]]:
    """Claims by the first moment of the day on which they were recorded: what is known is told day by day."""
    days: defaultdict[date, list[Claim]] = defaultdict(list)
    for claim in claims:
        days[since[claim.key].astimezone(PARIS).date()].append(claim)
    return {min(since[claim.key] for claim in days[day]): days[day] for day in sorted(days)}


def claims_opened(claims: Sequence[Claim], at: datetime | None = None) -> list[Draft]:
    """New claims: one posting with a line an invoice, one of the costs of a title."""
    kinds: dict[Kind, list[Claim]] = {Kind.CLAIM: [], Kind.COST: []}
    for claim in claims:
        kinds[Kind.COST if claim.head == DebtHead.COST_OF_TITLE else Kind.CLAIM].append(claim)
    return [_claimed(kind, opened, {}, at=at) for kind, opened in kinds.items() if opened]


def _claimed(kind: Kind, claims: list[Claim], befores: dict[ClaimKey, Claim], at: datetime | None = None) -> Draft:
    lines = [line for claim in claims for line in claim_lines(claim, befores.get(claim.key))]
    facts = {CLAIMS: [told(claim) for claim in claims]}
    return Draft(kind=kind, on=min(claim.issued_on for claim in claims), facts=facts, lines=tuple(lines), at=at)


def claim_lines(claim: Claim, before: Claim | None = None) -> Iterator[Line]:
    """What a claim, or its change since `before`, does: it is owed by the debtor, and to the creditor.

    What stays with the creditor is owed by nobody else (art. L111-8 CPCE), so it does nothing here.
    """
    if claim.head == DebtHead.KEPT_BY_CREDITOR:
        change = -before.principal if before and before.head != claim.head else NOTHING
    else:
        counted = before is not None and before.head != DebtHead.KEPT_BY_CREDITOR
        change = claim.principal - (before.principal if before and counted else NOTHING)
    head = _HEADS.get(claim.head, Head.PRINCIPAL)
    yield from moved(change, head, claim.key, debit=LedgerAccount.DEBTOR, credit=LedgerAccount.CREDITOR)


def moved(
    amount: Decimal,
    head: Head | None,
    claim: ClaimKey | None,
    *,
    debit: LedgerAccount,
    credit: LedgerAccount,
    article: str = "",
) -> Iterator[Line]:
    """`amount` EUR from one account to the other; the other way around when it is negative, nothing for nothing."""
    if amount < 0:
        amount, debit, credit = -amount, credit, debit
    if amount:
        yield Line(debit, head, claim, amount, NOTHING, article)
        yield Line(credit, head, claim, NOTHING, amount, article)


def _orphans(book: Book, records: Records) -> Iterator[Draft]:
    """Credit notes and waivers of claims that were deleted: of what there never was nothing can be taken."""
    there = records.claims.keys() | book.carried
    facts: list[CreditNote | Waiver] = [*book.credit_notes.values(), *book.waivers.values()]
    for fact in facts:
        if fact.claim and fact.claim not in there:
            yield Draft(kind=Kind.REVERSAL, on=fact.on, facts={}, reason=CLAIM_GONE, reverses=book.laid[fact.id])


def _reversals(book: Book, records: Records) -> Iterator[Draft]:
    for pk, paid in book.paid.items():
        record = records.payments.get(pk)
        if record and record.reversed_at and not paid.is_reversed:
            yield reversed_draft(paid, record.reason, at=record.reversed_at)


def reversed_draft(paid: Paid, reason: str, at: datetime | None = None) -> Draft:
    """What takes a payment back, on its own day."""
    return Draft(kind=Kind.REVERSAL, on=paid.payment.on, facts={}, reason=reason, reverses=paid.posting_id, at=at)


def _payments(book: Book, records: Records) -> Iterator[Draft]:
    """Payments that were not posted, and those that name another invoice than before; their lines come after."""
    for pk, record in records.payments.items():
        paid = book.paid.get(pk)
        if paid is None and not record.reversed_at:
            yield payment_draft(record)
        elif paid and not record.reversed_at and _names_another(book, paid, record):
            yield from posted_anew(replace(paid, payment=replace(paid.payment, invoice_id=record.payment.invoice_id)))


def _names_another(book: Book, paid: Paid, record: Record) -> bool:
    """Whether the debtor's choice is another one; of a claim that came along settled, or not, records know nothing."""
    chosen = paid.payment.invoice_id
    key = (ClaimKind.INVOICE, chosen) if chosen is not None else None
    is_elsewhere = key is not None and (key in book.carried or key not in book.claims or key in book.renamed.values())
    return not (paid.is_reversed or is_elsewhere) and chosen != record.payment.invoice_id


def payment_draft(record: Record) -> Draft:
    """A payment, as it was received; what it met is told by its lines."""
    kind = Kind.DIRECT_PAYMENT if record.is_direct else Kind.PAYMENT
    return Draft(
        kind=kind, on=record.payment.on, facts=paid_facts(record.payment, record.is_direct), at=record.created_at
    )


def paid_facts(payment: Payment, is_direct: bool, rest: Decimal | None = None) -> Told:
    """A payment as its posting keeps it; `rest`: what its own record has of it, where that is less."""
    more: Told = {"direct": True} if is_direct else {}
    if rest is not None and rest != payment.amount:
        more[REST] = str(rest)
    return {PAYMENT: {**told(payment), **more}}


def posted_anew(paid: Paid, lines: tuple[Line, ...] = ()) -> tuple[Draft, Draft]:
    """A payment that meets something else than before: its posting reversed, and another one in its place."""
    reversal = reversed_draft(paid, REALLOCATED)
    kind = Kind.DIRECT_PAYMENT if paid.is_direct else Kind.PAYMENT
    facts = paid_facts(paid.payment, paid.is_direct, paid.rest)
    return reversal, Draft(kind=kind, on=paid.payment.on, facts=facts, lines=lines, supersedes=paid.posting_id)
