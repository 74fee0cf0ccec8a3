"""The claims of a case in the order in which money meets them, each with its due day, its terms and its days to run."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from legalcity.lib.dates import add_days, add_months
from legalcity.lib.money import cents

from law.account.facts import (
    Claim,
    ClaimKey,
    ClaimKind,
    DebtHead,
    Facts,
    Head,
    Notice,
    NoticeState,
    Rates,
    Waiver,
)
from law.account.running import Cut, Running, Shares
from law.parties import Quality, between
from law.terms import NEVER, Asked, Terms, terms_of

DAYS_TO_PAY = 30  # When no day was agreed (art. L441-10 I C. com.)
TITLE_MONTHS = 2  # From the title to the increased legal rate (art. L313-3 CMF)


@dataclass(slots=True)
class Position:
    """A claim in an account; `claim` is None for the penalty. `head`: under which its principal is owed.

    `opened_on`: the first day on which it can be paid; `first_day`: that of its interest.
    """

    claim: Claim | None
    head: Head
    opened_on: date
    due_on: date
    first_day: date
    running: Running

    @property
    def place(self) -> tuple:
        """Its place among others, that of `claim_order`; the penalty has none."""
        claim = self.claim
        return (self.due_on, claim.issued_on, claim.number, claim.kind, claim.id) if claim else ()

    @property
    def number(self) -> str | None:
        """The invoice's number, the label of a debt."""
        return self.claim.number if self.claim else None


def due_day(claim: Claim) -> date:
    """The last day to pay without being late. An invoice that names none: 30 days after performance (L441-10 I, A)."""
    if claim.due_on or claim.kind == ClaimKind.DEBT:
        return claim.due_on or claim.issued_on
    return add_days(claim.performed_on or claim.issued_on, DAYS_TO_PAY)


def claim_order(claim: Claim) -> tuple:
    """The place of a claim among others: by due day, date, number."""
    return (due_day(claim), claim.issued_on, claim.number, claim.kind, claim.id)


def is_start_assumed(claim: Claim) -> bool:
    """Whether its due day was reckoned from the invoice's date, for want of a better one."""
    return claim.kind == ClaimKind.INVOICE and not claim.due_on and not claim.performed_on


def demanded_on(notices: Iterable[Notice], *, presentation_counts: bool) -> date | None:
    """The day of the first formal notice that counts: received, or presented and refused or not fetched."""
    return next(iter(demanded_days(notices, presentation_counts=presentation_counts)), None)


def demanded_days(notices: Iterable[Notice], *, presentation_counts: bool) -> list[date]:
    """The days of all formal notices that count, the earliest first."""
    return sorted(day for notice in notices if (day := _counts_on(notice, presentation_counts)))


def _counts_on(notice: Notice, presentation_counts: bool) -> date | None:
    if notice.state == NoticeState.RECEIVED:
        return notice.received_on
    is_presented = notice.state in (NoticeState.UNCLAIMED, NoticeState.REFUSED)
    return notice.presented_on if is_presented and presentation_counts else None


def quality_of(facts: Facts) -> Quality:
    """In which quality the parties of the case deal with each other."""
    return between(facts.creditor, facts.debtor)


def case_terms(facts: Facts, rates: Rates) -> Terms:
    """On what terms interest runs on the case."""
    return _terms(
        rates,
        quality_of(facts),
        facts.creditor == Quality.CONSUMER,
        facts.demand.late_interest,
        facts.demand.agreed,
        facts.demand.percent,
        demanded_on(facts.notices, presentation_counts=facts.presentation_counts),
        facts.title_on,
    )


@lru_cache(maxsize=256)  # Most cases are on the same terms as another one
def _terms(
    rates: Rates,
    quality: Quality,
    is_private: bool,
    late_interest: bool,
    agreed: str | None,
    percent: Decimal | None,
    notice: date | None,
    title_on: date | None,
) -> Terms:
    return terms_of(
        Asked(
            quality=quality,
            late_interest=late_interest,
            agreed=agreed,
            percent=percent,
            notice=notice,
            legal=rates.individual if is_private else rates.other,
            other=rates.other,
            ecb=rates.ecb,
            increased=add_months(title_on, TITLE_MONTHS) if title_on else None,
        )
    )


def open_positions(facts: Facts, on: date, terms: Terms) -> list[Position]:
    """The claims that the case has on `on`: oldest due first, then by date and number."""
    cuts = claim_cuts(facts)
    days = demanded_days(facts.notices, presentation_counts=facts.presentation_counts)
    opened = [
        _position(claim, due, facts.title_on, terms, _first_day(claim, due, terms, days), cuts[claim.key])
        for claim in _counted(facts, on)
        for due in [due_day(claim)]
    ]
    return sorted(opened, key=lambda one: one.place)


def _counted(facts: Facts, on: date) -> Iterator[Claim]:
    """What stays with the creditor never counts, costs of a title not before there is one (L111-8 CPCE, A)."""
    has_title = facts.title_on is not None and facts.title_on <= on
    for claim in facts.claims:
        is_left_out = claim.head == DebtHead.KEPT_BY_CREDITOR or (
            claim.head == DebtHead.COST_OF_TITLE and not has_title
        )
        if claim.issued_on <= on and not is_left_out:
            yield claim


def _first_day(claim: Claim, due: date, terms: Terms, notices: Sequence[date]) -> date:
    """The first day of interest: after the due day or, where a notice has to ask for it, after one that could.

    A notice asks for what was there and due when it came (art. 1231-6, 1344 C. civ.): doubt goes to the lower claim.
    """
    if terms.since is None or terms.since == NEVER:
        return terms.first_day(due)
    asked = next((day for day in notices if day >= max(due, claim.issued_on)), None)
    return add_days(asked, 1) if asked else NEVER


def _position(claim: Claim, due: date, title_on: date | None, terms: Terms, first: date, cuts: list[Cut]) -> Position:
    """An invoice bears interest and the indemnity; a further debt bears neither."""
    is_invoice, is_cost = claim.kind == ClaimKind.INVOICE, claim.head == DebtHead.COST_OF_TITLE
    first_day = first if is_invoice else NEVER
    return Position(
        claim=claim,
        head=Head.COST if is_cost else Head.PRINCIPAL,
        opened_on=max(claim.issued_on, title_on) if is_cost and title_on else claim.issued_on,
        due_on=due,
        first_day=first_day,
        running=Running(
            table=terms.table,
            principal=cents(claim.principal),
            due=due,
            since=first_day,
            flat=cents(terms.indemnity) if is_invoice else 0,
            cuts=cuts,
        ),
    )


def claim_cuts(facts: Facts) -> defaultdict[ClaimKey | None, list[Cut]]:
    """Credit notes and waivers by claim, in order of time; those of the penalty under None."""
    cuts: defaultdict[ClaimKey | None, list[Cut]] = defaultdict(list)
    for note in facts.credit_notes:
        cuts[note.claim].append(Cut(note.on, Shares(principal=cents(note.amount)), True, note.id))
    for waiver in facts.waivers:
        cuts[waiver.claim].append(Cut(waiver.on, _shares(waiver), False, waiver.id))
    for told in cuts.values():
        told.sort(key=lambda cut: (cut.on, not cut.is_credit, cut.shares, cut.id))
    return cuts


def _shares(waiver: Waiver) -> Shares:
    amount = cents(waiver.amount)
    if waiver.head == Head.INTEREST:
        return Shares(interest=amount)
    return Shares(indemnity=amount) if waiver.head == Head.INDEMNITY else Shares(principal=amount)
