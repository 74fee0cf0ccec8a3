"""The account of a case goes along to court: what is owed is the same before and after, on every day.

The ledger takes along all that the claims which move have seen, settled ones too: the décompte shows them. The records
(what the API lists as invoices and payments) are those of what is still asked for.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db.models import BigIntegerField, Case, DecimalField, F, Value, When
from django.db.models.expressions import Combinable

from accounts.models import User
from invoicing.models import Invoice
from invoicing.services import invoices_copy
from law.account.decompte import Decompte
from law.account.facts import ClaimKey, ClaimKind, DebtHead, Facts, Head, PaymentState, Transfer
from law.account.lines import LedgerAccount, Line
from law.account.transfer import is_earlier, parted, parted_unreckoned, stays_told
from law.interest import NOTHING, RateMissing
from legalcity.lib.clock import today
from legalcity.lib.copying import rows_copy
from recoveries.ledger.book import (
    CLAIMS,
    CREDIT_NOTE,
    NAMES,
    NOT_MET,
    PENALTY,
    STAYS,
    TOLD_BY,
    TRANSFER,
    Book,
    Names,
    names_told,
    not_met_told,
    penalty_told,
)
from recoveries.ledger.drafting import Draft, Kind, claim_lines, paid_facts
from recoveries.ledger.gathering import renamed, told_of, with_terms
from recoveries.ledger.kept_facts import Told, claim_key_told, told
from recoveries.ledger.posting import Source, ledger_post
from recoveries.ledger.posting_models import CLIENT, Posting
from recoveries.ledger.rate_book import account_rates
from recoveries.ledger.reckoning import reckoned
from recoveries.ledger.reducing import credit_note_draft, refund_draft, waiver_draft
from recoveries.models import Acompte, Dette, Recovery


@dataclass(frozen=True, slots=True)
class Moving:
    """What goes along. `settled`: claims on which nothing is owed. `rest`: by payment what others have of it, EUR.

    `left`: what stays behind.
    """

    facts: Facts
    left: Facts
    settled: frozenset[ClaimKey]
    rest: Mapping[int, Decimal]


@dataclass(frozen=True, slots=True)
class Move:
    """A move under way: the records are copied, the ledgers are still to be posted."""

    from_case: int
    to_case: int
    book: Book
    transfer: Transfer
    moving: Moving
    names: Names


def records_move(
    *, from_case: int, to_case: int, left_behind: Collection[int] = (), debts_left_behind: Collection[int] = ()
) -> Move:
    """Copy what is still asked for to another case, but for the invoices and debts that are left behind, by their ids.

    `ledger_move` comes after, when all that the account hangs on (formal notices) is copied too. The caller holds the
    lock.
    """
    reference = Recovery.objects.values_list("recovery_reference", flat=True).get(pk=to_case)
    book, facts = told_of(with_terms(Recovery.objects).get(pk=from_case))
    staying = {
        *((ClaimKind.INVOICE, pk) for pk in left_behind),
        *((ClaimKind.DEBT, pk) for pk in debts_left_behind),
        *(key for key, claim in book.claims.items() if claim.head == DebtHead.KEPT_BY_CREDITOR),
    }
    keys = frozenset(key for key in book.claims if key not in staying)
    transfer = Transfer(moved_on=today(), reference=reference, claims=keys)
    moving = moving_of(replace(facts, transfer=transfer))
    names = _records_copied(from_case, to_case, moving, staying)
    return Move(from_case, to_case, book, transfer, moving, names)


def ledger_move(move: Move, *, by: User | None, source: Source = Source.TRANSFER, at: datetime | None = None) -> None:
    """Post what has gone along: into the one case, out of the other. `at`: when that was, now unless given."""
    case, copy = (with_terms(Recovery.objects).get(pk=pk) for pk in (move.from_case, move.to_case))
    # All of it takes effect on the day of the transfer, so that sums of accounts by day have each claim once.
    drafts = [replace(draft, at=at, on=move.transfer.moved_on) for draft in _in(move.book, move.moving, move.names)]
    posted = ledger_post(case=copy, drafts=drafts, by=by, source=source, keeps_times=True).drafts
    out = replace(_out(move, posted), at=at)
    ledger_post(case=case, drafts=[out], by=by, source=source, keeps_times=True)


def moving_of(facts: Facts, *, recorded: Collection[ClaimKey] = ()) -> Moving:
    """What goes along by the transfer of `facts`; `recorded` claims have records in the other case, settled or not.

    Where no rate is known nothing can be told settled, nor parted: all payments go along.
    """
    try:
        left, goes = parted(facts, account_rates())
    except RateMissing:
        left, goes = parted_unreckoned(facts)
    account = reckoned(goes, today())
    if isinstance(account, RateMissing):
        return Moving(goes, left, frozenset(), {payment.id: payment.amount for payment in goes.payments})
    settled = frozenset(
        row.claim.key
        for row in account.claims
        if row.claim.kind == ClaimKind.INVOICE and not any(row.left) and row.claim.key not in recorded
    )
    return Moving(goes, left, settled, dict(_rests(account, settled)))


def _rests(account: Decompte, settled: Collection[ClaimKey]) -> Iterator[tuple[int, Decimal]]:
    for row in account.payments:
        if not row.is_reversed:
            spent = (part.amounts.due for part in row.allocations if part.claim in settled)
            yield row.payment.id, row.payment.amount - sum(spent, NOTHING)


# --- records ---------------------------------------------------------------------------------------------------------
def _records_copied(from_case: int, to_case: int, moving: Moving, staying: Collection[ClaimKey]) -> Names:
    stay = {*staying, *moving.settled}
    invoices_copy(
        from_case=from_case, to_case=to_case, left_behind={pk for kind, pk in stay if kind == ClaimKind.INVOICE}
    )
    debts = Dette.objects.standing().filter(recovery_id=from_case)
    going = debts.exclude(pk__in={pk for kind, pk in stay if kind == ClaimKind.DEBT}).order_by("id")
    going_ids = list(going.values_list("pk", flat=True))
    rows_copy(going, instead={"recovery_id": Value(to_case)})
    copied = Dette.objects.filter(recovery_id=to_case).order_by("id").values_list("pk", flat=True)
    names = names_of(from_case, to_case, debts=dict(zip(going_ids, copied, strict=True)))
    payments_copied(moving, names, moving.rest, from_case=from_case, to_case=to_case)
    return replace(names, payments=payment_names(to_case))


def payments_copied(move: Moving, names: Names, rest: Mapping[int, Decimal], *, from_case: int, to_case: int) -> None:
    """Copy what each payment has left for what is still asked for; each copy names the one that it comes from.

    It also names the invoice that it was meant for, where that went along.
    """
    going = {pk: amount for pk, amount in rest.items() if amount}
    if not going:
        return
    payments = Acompte.objects.standing().filter(recovery_id=from_case, pk__in=going)
    amount = Case(
        *(When(pk=pk, then=Value(amount)) for pk, amount in going.items()),
        default=F("amount"),
        output_field=DecimalField(max_digits=14, decimal_places=2),
    )
    meant = ((one.id, names.claims.get((ClaimKind.INVOICE, one.invoice_id or 0))) for one in move.facts.payments)
    invoice = Case(
        *(When(pk=pk, then=Value(key[1])) for pk, key in meant if key), default=None, output_field=BigIntegerField()
    )
    instead: dict[str, Combinable] = {
        "recovery_id": Value(to_case),
        "moved_from_id": F("pk"),
        "amount": amount,
        "invoice_id": invoice,
    }
    rows_copy(payments.order_by("id"), instead=instead)


def names_of(from_case: int, to_case: int, *, debts: Mapping[int, int]) -> Names:
    """Copies by what they are copies of: invoices by their numbers, payments as they say, `debts` as given."""
    claims: dict[ClaimKey, ClaimKey] = {}
    copies = dict(Invoice.objects.filter(recovery_id=to_case).values_list("invoice_number", "pk"))
    for pk, number in Invoice.objects.filter(recovery_id=from_case).values_list("pk", "invoice_number"):
        if number in copies:
            claims[ClaimKind.INVOICE, pk] = (ClaimKind.INVOICE, copies[number])
    for old, new in debts.items():
        claims[ClaimKind.DEBT, old] = (ClaimKind.DEBT, new)
    return Names(claims, payment_names(to_case))


def payment_names(to_case: int) -> dict[int, int]:
    """The payments of a case by those that they come from."""
    payments = Acompte.objects.filter(recovery_id=to_case, moved_from__isnull=False)
    return dict(payments.values_list("moved_from_id", "pk"))


# --- ledgers ---------------------------------------------------------------------------------------------------------
def _in(book: Book, moving: Moving, names: Names) -> Iterator[Draft]:
    """What is posted in the other case: its claims, then each credit note, waiver, payment and refund."""
    there = renamed(moving.facts, names)
    yield _claims_in(moving, there)
    yield from _credit_notes_in(moving, there)
    for waiver in there.waivers:
        yield waiver_draft(waiver, Kind.TRANSFER_IN)
    for here, payment in zip(moving.facts.payments, there.payments, strict=True):
        if payment.state != PaymentState.REVERSED:
            facts = paid_facts(payment, book.paid[here.id].is_direct, moving.rest.get(here.id, NOTHING))
            yield Draft(kind=Kind.TRANSFER_IN, on=payment.on, facts=facts)
    for refund in there.refunds:
        yield refund_draft(refund, Kind.TRANSFER_IN)


def _credit_notes_in(moving: Moving, there: Facts) -> Iterator[Draft]:
    """Credit notes; those that the client told are told as his, since only those of staff have a limit."""
    notes = moving.facts.credit_notes
    his = Posting.objects.credit_notes_of_client(moving.facts.recovery_id) if notes else set()
    for here, note in zip(notes, there.credit_notes, strict=True):
        draft = credit_note_draft(note, Kind.TRANSFER_IN)
        if here.id in his:
            draft = replace(draft, facts={CREDIT_NOTE: {**draft.facts[CREDIT_NOTE], TOLD_BY: CLIENT}})
        yield draft


def _claims_in(moving: Moving, there: Facts) -> Draft:
    claims: list[Told] = []
    lines: list[Line] = []
    for here, claim in zip(moving.facts.claims, there.claims, strict=True):
        lines += claim_lines(claim)
        claims.append({**told(claim), **({"carried": True} if claim.key == here.key else {})})
    facts = {CLAIMS: claims, PENALTY: penalty_told(there.demand.penalty)}
    going = {claim.key for claim in there.claims}
    if not_met := [one for one in there.not_met if one.claim is None or one.claim in going]:
        facts[NOT_MET] = not_met_told(not_met)
    return Draft(kind=Kind.TRANSFER_IN, on=today(), facts=facts, lines=tuple(lines))


def _out(move: Move, posted: Iterable[Draft]) -> Draft:
    """What is posted in the case that the claims leave: all that the other one now has, taken out."""
    back = move.names.back
    sums: defaultdict[tuple[LedgerAccount, Head | None, ClaimKey | None], Decimal] = defaultdict(Decimal)
    for draft in posted:
        for line in draft.lines:
            sums[line.account, line.head, back.claim(line.claim)] += line.debit - line.credit
    lines = (
        Line(account, head, claim, max(-amount, NOTHING), max(amount, NOTHING), "")
        for (account, head, claim), amount in sums.items()
        if amount
    )
    return Draft(kind=Kind.TRANSFER_OUT, on=move.transfer.moved_on, facts={TRANSFER: _told(move)}, lines=tuple(lines))


def _told(move: Move) -> Told:
    """The transfer, with all by which the case that the claims leave is reckoned from then on."""
    transfer, left = move.transfer, move.moving.left
    earlier = [payment for payment in move.book.payments if is_earlier(payment, transfer)]
    stays = stays_told(left, earlier)
    return {
        "moved_on": transfer.moved_on.isoformat(),
        "reference": transfer.reference,
        CLAIMS: [claim_key_told(key) for key in sorted(transfer.claims)],
        STAYS: [[stay.payment_id, str(stay.amount), stay.invoice_id] for stay in stays],
        PENALTY: penalty_told(left.demand.penalty),
        NAMES: names_told(move.names),
    }
