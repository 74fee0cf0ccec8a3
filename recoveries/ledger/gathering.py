"""What the account of a case is reckoned from: its postings, its terms, its parties, its procedure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Manager
from django.utils.translation import gettext_lazy

from companies.models import Company
from law.account.facts import ClaimKind, Demand, Facts, Notice, NoticeState, NotMet, Order, Payment, PenaltyClause
from law.account.transfer import parted_unreckoned, stayed
from law.interest import NOTHING, RateMissing
from law.parties import Quality, acts_as
from law.vocabulary import PenaltyType
from legalcity.lib.codes import ErrorCode
from legalcity.lib.errors import NotFound
from recoveries.ledger.as_known import NoticeRow, as_known, notice_rows
from recoveries.ledger.book import Book, Entry, Names, book_of
from recoveries.ledger.posting_models import Posting
from recoveries.ledger.rate_book import account_rates, presentation_counts
from recoveries.models import Injunction, Recovery, RecoveryQuerySet

NO_CASE = gettext_lazy("Recovery not found")
READ = ("id", "recovery_id", "kind", "effective_on", "recorded_at", "reverses_id", "facts")
JOINED = ("customer", "debtor", "injunction")
# What decides an account and is in the row of a case or one that it names; FormerRow has what it was before.
HEADS = ("principal", "interest", "indemnity", "penalty", "cost")
OF_CASE = (
    *("late_interest", "interest_rate", "interest_rate_percent"),
    *("penalty", "penalty_type", "penalty_amount", "penalty_percent"),
)
OF_PARTY = ("company_type", "acts_as")
OF_PROCEDURE = ("order_made_on", "served_on", "enforceable_on", "granted_amount", *(f"granted_{one}" for one in HEADS))
DECIDING: tuple[str, ...] = (
    *("owner", "recovery_reference", "customer", "debtor", "injunction__recovery"),
    *(f"recovery_{name}" for name in OF_CASE),
    *(f"{side}__{name}" for side in ("customer", "debtor") for name in OF_PARTY),
    *(f"injunction__{name}" for name in OF_PROCEDURE),
)


class Told(NamedTuple):
    """The book of a case and what the account is reckoned from."""

    book: Book
    facts: Facts


def with_terms(cases: RecoveryQuerySet | Manager[Recovery]) -> RecoveryQuerySet:
    """Cases with what decides on what terms they are reckoned."""
    joined: RecoveryQuerySet = cases.select_related(*JOINED)  # type: ignore[assignment]
    return joined


def with_terms_only(cases: RecoveryQuerySet) -> RecoveryQuerySet:
    """The same without all that decides nothing, but for where the case stands: for many cases at once."""
    return with_terms(cases).only(*DECIDING, "status")


def case_lock(recovery_id: int) -> Recovery:
    """Lock a case, read by `with_terms`. Raises NotFound for one that was deleted meanwhile."""
    case = with_terms(Recovery.objects).select_for_update(of=("self",)).filter(pk=recovery_id).first()
    if case is None:
        raise NotFound(NO_CASE, code=ErrorCode.CASE_NOT_FOUND)
    return case


def told_of(case: Recovery, *, until: datetime | None = None) -> Told:
    """What is known of a case (read by `with_terms`); with `until`, what was known just before that moment.

    Two statements; with `until` three, and two more where a party was replaced since.
    """
    return told_by_case([case], until=until)[case.pk]


def told_by_case(cases: Sequence[Recovery], *, until: datetime | None = None) -> dict[int, Told]:
    """`told_of` each of these cases, by its id. As many statements for many as for one."""
    ids = [case.pk for case in cases]
    books, rows = books_of(ids, until=until), notice_rows(ids)
    if until is not None:
        cases, rows = as_known(cases, rows, until)
    notices: defaultdict[int, list[Notice]] = defaultdict(list)
    for row in rows:
        notices[row.recovery_id].append(_notice(row))
    counts = presentation_counts(before=until)

    def facts(case: Recovery, book: Book) -> Facts:
        given = notices[case.pk]
        return facts_from(case, book, procedure=procedure_of(case), notices=given, presentation_counts=counts)

    return {case.pk: Told(book, facts(case, book)) for case in cases for book in [books.get(case.pk) or Book()]}


def facts_here(case: Recovery) -> Facts:
    """The facts of what is on the case now: after a transfer of what stayed behind. Two statements."""
    facts = told_of(case).facts
    if facts.transfer is None:
        return facts
    try:
        return stayed(facts, account_rates())
    except RateMissing:
        return parted_unreckoned(facts)[0]


def told_before(case: Recovery, *, until: datetime | None = None) -> Facts:
    """The facts of a case that went to court, with what is known of its claims there: for days before it did.

    One statement more than `told_of`.
    """
    there = with_terms(Recovery.objects).get(transferred_from=case)
    told = told_by_case([case, there], until=until)
    book, facts = told[case.pk]
    if book.names is None:
        return facts
    back = book.names.back
    listed_since = {new: old for old, new in told[there.pk].book.renamed.items()}
    return replace(facts, gone=renamed(told[there.pk].facts, replace(back, claims={**back.claims, **listed_since})))


def books_of(ids: Collection[int], *, until: datetime | None = None) -> dict[int, Book]:
    """The books of these cases, by id; with `until`, as they were just before that moment. One statement."""
    rows = Posting.objects.of_cases(ids)
    if until is not None:
        rows = rows.filter(recorded_at__lt=until)
    entries: defaultdict[int, list[Entry]] = defaultdict(list)
    for row in rows.values_list(*READ):
        entry = Entry(*row)
        entries[entry.recovery_id].append(entry)
    return {pk: book_of(rows) for pk, rows in entries.items()}


def procedure_of(case: Recovery) -> Injunction | None:
    """The procedure of a case, where it has one."""
    return getattr(case, "injunction", None)


def facts_from(
    case: Recovery,
    book: Book,
    *,
    procedure: Injunction | None = None,
    notices: Iterable[Notice] = (),
    presentation_counts: bool = True,
) -> Facts:
    """The facts of a case: its book, under the terms that `case` has."""
    return Facts(
        recovery_id=case.pk,
        recovery_reference=case.recovery_reference,
        creditor=_quality(case.customer, is_debtor=False),
        debtor=_quality(case.debtor, is_debtor=True),
        claims=tuple(book.claims.values()),
        demand=_demand(case, book),
        credit_notes=tuple(book.credit_notes.values()),
        waivers=tuple(book.waivers.values()),
        payments=book.payments,
        refunds=tuple(book.refunds.values()),
        not_met=book.not_met,
        notices=tuple(notices),
        order=_order(procedure),
        title_on=procedure.enforceable_on if procedure else None,
        transfer=book.transfer,
        presentation_counts=presentation_counts,
    )


def told_in(facts: Facts, book: Book) -> Facts:
    """`facts` as the postings of `book` tell them."""
    return replace(
        facts,
        claims=tuple(book.claims.values()),
        payments=book.payments,
        credit_notes=tuple(book.credit_notes.values()),
        waivers=tuple(book.waivers.values()),
        refunds=tuple(book.refunds.values()),
        not_met=book.not_met,
        transfer=book.transfer,
    )


def renamed(facts: Facts, names: Names) -> Facts:
    """`facts` with its claims and payments called by other names."""
    return replace(
        facts,
        claims=tuple(replace(claim, id=names.claims.get(claim.key, claim.key)[1]) for claim in facts.claims),
        credit_notes=tuple(
            replace(note, claim=names.claims.get(note.claim, note.claim)) for note in facts.credit_notes
        ),
        waivers=tuple(replace(waiver, claim=names.claim(waiver.claim)) for waiver in facts.waivers),
        payments=tuple(_payment_renamed(payment, names) for payment in facts.payments),
        refunds=tuple(
            replace(
                one,
                payment_id=names.payments.get(one.payment_id, one.payment_id),
                into=names.payments.get(one.into, one.into) if one.into else None,
            )
            for one in facts.refunds
        ),
        not_met=tuple(_not_met_renamed(one, names) for one in facts.not_met),
    )


def _not_met_renamed(one: NotMet, names: Names) -> NotMet:
    payments = frozenset(names.payments.get(pk, pk) for pk in one.payments)
    return replace(one, claim=names.claim(one.claim), payments=payments)


def _payment_renamed(payment: Payment, names: Names) -> Payment:
    chosen = names.claim((ClaimKind.INVOICE, payment.invoice_id)) if payment.invoice_id else None
    pk = names.payments.get(payment.id, payment.id)
    return replace(payment, id=pk, invoice_id=chosen[1] if chosen else None)


def _quality(company: Company | None, *, is_debtor: bool) -> Quality:
    if company is None:
        return Quality.UNKNOWN
    return acts_as(company.company_type, Quality(company.acts_as), is_debtor=is_debtor)


def _demand(case: Recovery, book: Book) -> Demand:
    return Demand(
        late_interest=case.recovery_late_interest,
        agreed=case.recovery_interest_rate,
        percent=case.recovery_interest_rate_percent,
        penalty=book.penalty if book.is_penalty_told else _penalty(case),
    )


def _penalty(case: Recovery) -> PenaltyClause | None:
    if not case.recovery_penalty:
        return None
    if case.recovery_penalty_type == PenaltyType.PERCENT:
        return PenaltyClause(percent=case.recovery_penalty_percent)
    return PenaltyClause(amount=case.recovery_penalty_amount)


def _order(procedure: Injunction | None) -> Order | None:
    if procedure is None or procedure.order_made_on is None:
        return None
    granted = {head: getattr(procedure, f"granted_{head}") for head in HEADS}
    if procedure.granted_amount is not None:
        granted = _within(granted, procedure.granted_amount)
    return Order(made_on=procedure.order_made_on, served_on=procedure.served_on, **granted)


def _within(granted: dict[str, Decimal | None], whole: Decimal) -> dict[str, Decimal | None]:
    """What was granted by head where the whole is known: the first head that nobody told has the rest, others nothing.

    So no more is demanded than was granted (art. 1409 CPC), and of one sum all counts as principal.
    """
    rest = whole - sum((amount for amount in granted.values() if amount is not None), NOTHING)
    told: dict[str, Decimal | None] = {}
    for head, amount in granted.items():
        told[head] = max(rest, NOTHING) if amount is None else amount
        rest = NOTHING if amount is None else rest
    return told


def notices_of(recovery_id: int) -> list[Notice]:
    """The formal notices of a case. One statement."""
    return [_notice(row) for row in notice_rows([recovery_id])]


def _notice(row: NoticeRow) -> Notice:
    return Notice(
        state=NoticeState(row.state), sent_on=row.sent_on, presented_on=row.presented_on, received_on=row.received_on
    )
