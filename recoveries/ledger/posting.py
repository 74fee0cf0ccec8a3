"""The one way into the ledger: what the records of a case say is posted, and what payments met is laid anew.

Who changes a claim or a payment calls `ledger_follow` in the same transaction, under the lock of the case.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import NamedTuple

from accounts.models import User
from events.services import events_record, story
from law.account.decompte import Decompte
from law.account.facts import Facts
from law.account.lines import Line as Told
from law.interest import RateMissing
from legalcity.lib.clock import now, today
from legalcity.lib.many_rows import rows_create
from recoveries.ledger.balances import balance_write
from recoveries.ledger.book import PAYMENT, Book
from recoveries.ledger.drafting import REALLOCATED, Draft, differences, posted_in
from recoveries.ledger.events import reallocated_events, settled_events
from recoveries.ledger.gathering import Told as Known
from recoveries.ledger.gathering import told_in, told_of, with_terms
from recoveries.ledger.laying import Lines, allocated, lines_of, lines_read, stayed_lines, undone
from recoveries.ledger.line_writing import lines_write
from recoveries.ledger.posting_models import CLIENT, Posting
from recoveries.ledger.rate_book import rates_held
from recoveries.ledger.reckoning import reckoned
from recoveries.ledger.records import records_of
from recoveries.ledger.setting_aside import Before, asks_for_more, claims_not_met, lifted, terms_not_met, with_not_met
from recoveries.models import Recovery
from recoveries.services.deadlines import next_deadlines_refresh
from recoveries.services.totals import totals_refresh


class Source(StrEnum):
    """Through which door something was recorded."""

    API = CLIENT
    STAFF = "staff"
    IMPORT = "import"
    TRANSFER = "transfer"
    SYSTEM = "system"
    BEFORE = "before"  # There was no ledger yet


class Posted(NamedTuple):
    """What was posted, from which drafts (those that were laid anew among them), on which facts; the account after and
    before."""

    rows: list[Posting]
    drafts: list[Draft]
    facts: Facts
    account: Decompte | RateMissing
    before: Decompte | RateMissing

    def of_payment(self, payment_id: int) -> Posting:
        """What was posted for a payment that is new."""
        return next(row for row in self.rows if PAYMENT in row.facts and row.facts[PAYMENT]["id"] == payment_id)

    @property
    def reversal(self) -> Posting:
        """What was posted for what the records have taken back."""
        return next(row for row in self.rows if row.kind == Posting.Kind.REVERSAL and row.reason != REALLOCATED)


@story()
@rates_held()
def ledger_follow(
    *,
    recovery_id: int,
    by: User | None,
    source: Source,
    extra: Sequence[Draft] = (),
    reason: str = "",
    keeps_times: bool = False,
) -> Posted:
    """Keep the totals of a case, and post what its records say and the ledger does not, and `extra`.

    Payments that meet something else from now on are reversed and posted anew. `reason`: why the records changed, where
    they do not say it themselves. `keeps_times`: what was recorded before there was a ledger keeps its moment. The
    caller holds the lock. As many statements for a case of one invoice as for one of a thousand.
    """
    totals_refresh(recovery_id=recovery_id)
    case = with_terms(Recovery.objects).get(pk=recovery_id)
    known = told_of(case)
    told = differences(known.book, records_of(recovery_id))
    drafts = [*(replace(draft, reason=draft.reason or reason) for draft in told), *extra]
    return _posted(case, known, drafts, by=by, source=source, keeps_times=keeps_times)


@story()
@rates_held()
def ledger_reckon(*, recovery_id: int, by: User | None, source: Source, is_waiting: bool) -> Posted:
    """Reckon a case anew whose terms are others (its parties, its interest, a notice, an order): no claim changed.

    `is_waiting`: its payments waited for a rate until now, so that nobody could tell what was over. The caller holds
    the lock.
    """
    case = with_terms(Recovery.objects).get(pk=recovery_id)
    return _posted(case, told_of(case), [], by=by, source=source, is_waiting=is_waiting)


@story()
@rates_held()
def ledger_post(
    *, case: Recovery, drafts: Sequence[Draft], by: User | None, source: Source, keeps_times: bool = False
) -> Posted:
    """Post just these on a case (read by `gathering.with_terms`), whose records are looked after by the caller."""
    return _posted(case, told_of(case), drafts, by=by, source=source, keeps_times=keeps_times)


def _posted(
    case: Recovery,
    known: Known,
    drafts: Sequence[Draft],
    *,
    by: User | None,
    source: Source,
    keeps_times: bool = False,
    is_waiting: bool = False,
) -> Posted:
    day = today()
    book = posted_in(known.book, drafts)
    facts = told_in(known.facts, book)
    account = reckoned(facts, day)
    before = reckoned(known.facts, day) if drafts else account
    lines = lines_of([book], also=[draft.reverses for draft in drafts if draft.reverses])
    if not is_waiting and not isinstance(before, RateMissing):
        drafts = _kept_over(known.facts, book, drafts, lines, account, source=source)
        facts = told_in(known.facts, book)
        account = reckoned(facts, day)
    met = list(settled_events(case, before, account, by=by)) if drafts else []
    if met:
        events_record(met)
    settled = allocated(drafts, book, account, lines)
    lines.update(stayed_lines(book, before))
    told = [(case, draft) for draft in settled]
    rows = drafts_write(told, lines, by=by, source=source, keeps_times=keeps_times)
    balance_write(case=case, account=account, day=day)
    next_deadlines_refresh(recovery_ids=[case.pk])
    return Posted(rows, settled, facts, account, before)


def _kept_over(
    facts: Facts, book: Book, drafts: Sequence[Draft], lines: Lines, account: Decompte | RateMissing, *, source: Source
) -> Sequence[Draft]:
    """`drafts` with what payments of before do not meet, which is entered in `book` as well.

    A client who asks for more spends nothing that is over on the case of `facts`; what staff tell of a claim is met.
    Where there was no claim yet, what came came for what is being filed.
    """
    day, held = today(), book.not_met
    if source == Source.STAFF:
        book.not_met = lifted(book, drafts)
    elif source == Source.API and facts.claims and book.transfer is None and (asks_for_more(drafts) or not drafts):
        before = Before(book, lines, facts.refunds)
        for not_met in (claims_not_met, terms_not_met):
            if isinstance(account, RateMissing) or account.surplus >= before.over:
                break
            book.not_met = (*book.not_met, *not_met(book, drafts, before))
            account = reckoned(told_in(facts, book), day)
    return drafts if book.not_met == held else with_not_met(drafts, book.not_met, day)


def reversal_draft(row: Posting, reason: str) -> Draft:
    """What undoes a posting, on its own day. One statement."""
    lines = lines_read([row.pk])[row.pk]
    return Draft(
        kind=Posting.Kind.REVERSAL,
        on=row.effective_on,
        facts={},
        lines=tuple(map(undone, lines)),
        reason=reason,
        reverses=row.pk,
    )


# --- writing ---------------------------------------------------------------------------------------------------------
def drafts_write(
    drafts: Sequence[tuple[Recovery, Draft]],
    lines: Lines,
    *,
    by: User | None,
    source: Source,
    keeps_times: bool = False,
) -> list[Posting]:
    """Write drafts down, each on its case; `lines` are those of the postings that reversals name.

    Payments that are laid anew are told. Two statements, and one for that.
    """
    if not drafts:
        return []
    if not keeps_times:
        events_record(list(reallocated_events(drafts, by=by)))
    rows = posting_rows(drafts, by=by, source=source, keeps_times=keeps_times)
    rows_create(rows)
    lines_write((row.pk, line) for row, line in lines_told(rows, drafts, lines))
    return rows


def posting_rows(
    drafts: Sequence[tuple[Recovery, Draft]], *, by: User | None, source: Source, keeps_times: bool
) -> list[Posting]:
    """The postings that drafts become, unsaved."""
    moment = now()
    return [
        Posting(
            recovery_id=case.pk,
            owner_id=case.owner_id,
            kind=draft.kind,
            effective_on=draft.on,
            recorded_at=draft.at if keeps_times and draft.at else moment,
            by=by,
            reason=draft.reason,
            source=source.value,
            reverses_id=draft.reverses,
            supersedes_id=draft.supersedes,
            facts=draft.facts,
        )
        for case, draft in drafts
    ]


def lines_told(
    rows: Sequence[Posting], drafts: Sequence[tuple[Recovery, Draft]], lines: Lines
) -> Iterator[tuple[Posting, Told]]:
    """The lines of what drafts became, each with its posting."""
    for row, (_case, draft) in zip(rows, drafts, strict=True):
        for line in _told(draft, lines):
            yield row, line


def _told(draft: Draft, lines: Lines) -> Sequence[Told]:
    """The lines of a draft; a reversal undoes those of the posting that it names."""
    if draft.reverses is None or draft.lines:
        return draft.lines
    return [undone(line) for line in lines[draft.reverses]]
