"""May a case go to court for an order for payment? A rule over values, with the article behind each answer.

Pure: facts, limits and the day come in as arguments; what comes out says everything that stands in the way, not only
the first thing. CPC is the Code de procédure civile.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from legalcity.lib.countries import (
    EU,
    EUROPEAN_ORDER_STATES,
    NATIONAL_PROCEDURE,
    OUTERMOST_REGIONS,
    OVERSEAS,
    country_code,
)
from legalcity.lib.errors import Sentence
from recoveries.deadlines import Court, Procedure, add_months
from recoveries.statuses import CaseType, Step

REGULATION = "Reg. (EC) 1896/2006"


class Matter(StrEnum):
    """What the claim is about, where that changes court and limitation."""

    ORDINARY = "ordinary"
    HOUSING_LEASE = "housing_lease"
    CONSUMER_CREDIT = "consumer_credit"


@dataclass(frozen=True, slots=True)
class Party:
    """A creditor or a debtor. `kind` and `freelance_kind` are `company_type` and `company_freelance_type`."""

    kind: str | None
    country: str | None  # as typed
    freelance_kind: str | None = None

    @property
    def is_consumer(self) -> bool:
        """A private person, who does not act for a business."""
        return self.kind == "particular"

    @property
    def is_artisan(self) -> bool:
        """A sole trader of the crafts."""
        return self.kind == "freelance" and self.freelance_kind == "artisan"

    @property
    def is_trader(self) -> bool:
        """Of those whom the commercial court judges: commercial companies, traders and artisans (L721-3 C. com.)."""
        return self.kind == "commercial" or (self.kind == "freelance" and self.freelance_kind is not None)

    @property
    def is_unclear(self) -> bool:
        """Not enough is known to say whether it is a trader."""
        return self.kind is None or (self.kind == "freelance" and self.freelance_kind is None)


@dataclass(frozen=True, slots=True)
class Claim:
    """An invoice: when it was due and what remains of it, in EUR."""

    due: date | None
    remaining: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the rule looks at.

    `amount`: what is left to recover, in EUR, payments received taken off. `invoices`: all of the case.
    `restarts`: days on which the debtor acknowledged the debt or paid a part of it.
    """

    case_type: int
    status_id: int
    is_closed: bool
    is_transferred: bool
    customer: Party | None
    debtor: Party | None
    invoices: tuple[Claim, ...]
    amount: Decimal
    restarts: tuple[date, ...] = ()
    matter: Matter = Matter.ORDINARY


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What staff set. Amounts in EUR; ages in days since the oldest unpaid due date; None is no limit.

    `limitation_notice_days`: a claim with fewer days left than this before it is time-barred gets a warning.
    """

    min_amount: Decimal | None = None
    max_amount: Decimal | None = None
    min_age_days: int | None = None
    max_age_days: int | None = None
    limitation_notice_days: int = 180


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence for people, a code for programs, and the article behind it, if there is one."""

    code: str
    sentence: Sentence
    article: str = ""

    def __str__(self) -> str:
        sentence = str(self.sentence)
        return f"{sentence.removesuffix('.')} ({self.article})." if self.article else sentence


@dataclass(frozen=True, slots=True)
class Eligibility:
    """The answer. `procedure` and `court_type` are None when the parties or their countries leave them open."""

    procedure: Procedure | None
    court_type: Court | None
    reasons: tuple[Reason, ...]
    warnings: tuple[Reason, ...]

    @property
    def eligible(self) -> bool:
        """Nothing stands in the way."""
        return not self.reasons


def assess(facts: Facts, limits: Limits, today: date) -> Eligibility:
    """Whether the case may be transferred, to which procedure and court, and everything that speaks against it."""
    procedure = procedure_for(facts.customer, facts.debtor)
    return Eligibility(
        procedure=procedure,
        court_type=court_for(facts.customer, facts.debtor, facts.matter),
        reasons=(
            *_reasons_of_state(facts),
            *_reasons_of_parties(facts),
            *_reasons_of_amount(facts, limits),
            *_reasons_of_time(facts, limits, today),
        ),
        warnings=(
            *_warnings_of_status(facts),
            *_warnings_of_parties(facts, procedure),
            *_warnings_of_time(facts, limits, today),
        ),
    )


def procedure_for(customer: Party | None, debtor: Party | None) -> Procedure | None:
    """National against a debtor in France. European against a debtor in another state of the European order, when
    the creditor is in such a state too, and not in the same. None where neither is open.
    """
    where = country_code(debtor.country) if debtor else None
    if where in NATIONAL_PROCEDURE:
        return Procedure.NATIONAL
    creditor = _state(country_code(customer.country)) if customer else None
    if where in EUROPEAN_ORDER_STATES and creditor in EUROPEAN_ORDER_STATES and creditor != where:
        return Procedure.EUROPEAN
    return None


def court_for(customer: Party | None, debtor: Party | None, matter: Matter = Matter.ORDINARY) -> Court | None:
    """The kind of court: commercial when both are traders or commercial companies, else the tribunal judiciaire;
    its judge of protection for housing leases and consumer credit (art. 1406 CPC, L721-3 C. com., L213-4-4 and
    L213-4-5 COJ). A party that is not clear is taken for no trader. None while a party is missing.
    """
    if customer is None or debtor is None:
        return None
    if matter != Matter.ORDINARY:
        return Court.PROTECTION
    return Court.COMMERCIAL if customer.is_trader and debtor.is_trader else Court.JUDICIAL


@dataclass(frozen=True, slots=True)
class Limitation:
    """How long a claim may be asked for in court: in months, by which article, and what restarts it."""

    months: int
    article: str
    restarts: bool = True


BUSINESS = Limitation(60, "art. L110-4 C. com.")
CONSUMER = Limitation(24, "art. L218-2 C. conso.")
BETWEEN_PERSONS = Limitation(60, "art. 2224 C. civ.")
HOUSING_LEASE = Limitation(36, "art. 7-1 loi n° 89-462")
CONSUMER_CREDIT = Limitation(24, "art. R312-35 C. conso.", restarts=False)  # a time that only a court action stops


def limitation_for(customer: Party | None, debtor: Party | None, matter: Matter) -> Limitation:
    """The limitation of the claim. Every creditor but a private person counts as a business."""
    if matter == Matter.CONSUMER_CREDIT:
        return CONSUMER_CREDIT
    if matter == Matter.HOUSING_LEASE:
        return HOUSING_LEASE
    if customer and customer.is_consumer:
        return BETWEEN_PERSONS
    return CONSUMER if debtor and debtor.is_consumer else BUSINESS


def last_day_to_sue(due: date, limitation: Limitation, restarts: tuple[date, ...] = ()) -> date:
    """The last day before the claim is time-barred: counted from `due`, anew from each restart that came in time.

    It does not move to a working day: article 642 is about time in proceedings.
    """
    last = add_months(due, limitation.months)
    for day in sorted(restarts) if limitation.restarts else ():
        if due < day <= last:
            last = add_months(day, limitation.months)
    return last


def oldest_due(facts: Facts) -> date | None:
    """The oldest due date among the invoices that are not fully paid."""
    return min((claim.due for claim in _unpaid(facts) if claim.due), default=None)


# What stands in the way.


def _reasons_of_state(facts: Facts) -> Iterator[Reason]:
    if facts.case_type != CaseType.AMICABLE:
        yield Reason("not_amicable", _("Only an amicable case can be transferred."))
    if facts.is_transferred:
        yield Reason("transferred", _("The case has already been transferred to an injunction procedure."))
    elif facts.is_closed:
        yield Reason("closed", _("The case is closed."))


def _reasons_of_parties(facts: Facts) -> Iterator[Reason]:
    if facts.customer is None:
        yield Reason("no_customer", _("The case has no creditor."), "art. 54, 1407 CPC")
    if facts.debtor is None:
        yield Reason("no_debtor", _("The case has no debtor."), "art. 54, 1407 CPC")
    else:
        yield from _reasons_of_place(facts.customer, facts.debtor)


def _reasons_of_place(customer: Party | None, debtor: Party) -> Iterator[Reason]:
    where = country_code(debtor.country)
    if where is None:
        yield Reason(
            "debtor_country_unknown", _("The debtor's country is missing or could not be understood."), "art. 1406 CPC"
        )
    elif where in NATIONAL_PROCEDURE:
        return
    elif where in OVERSEAS:
        yield Reason(
            "debtor_under_another_code",
            _("The court of the place where the debtor lives has a civil procedure of its own."),
            "art. 1406 CPC",
        )
    elif where == "DK":
        yield Reason(
            "debtor_in_denmark",
            _("Denmark does not take part in the European order for payment."),
            f"art. 2(3) {REGULATION}",
        )
    elif where not in EU:
        yield Reason(
            "debtor_outside_eu",
            _("The debtor is neither in France nor in the European Union."),
            f"art. 1406 CPC, art. 2 {REGULATION}",
        )
    elif customer is not None:
        yield from _reasons_across_borders(country_code(customer.country), where)


def _reasons_across_borders(creditor: str | None, debtor: str) -> Iterator[Reason]:
    article = f"art. 3 {REGULATION}"
    if creditor is None:
        yield Reason(
            "creditor_country_unknown",
            _("The creditor's country, which a cross-border case needs, is missing or could not be understood."),
            article,
        )
    elif _state(creditor) == debtor:
        yield Reason("same_state", _("The creditor and the debtor are in the same member state."), article)
    elif _state(creditor) not in EUROPEAN_ORDER_STATES:
        yield Reason(
            "creditor_outside_eu",
            _("The creditor is not in a member state that takes part in the European order for payment."),
            article,
        )


def _reasons_of_amount(facts: Facts, limits: Limits) -> Iterator[Reason]:
    if not _unpaid(facts):
        yield Reason("nothing_unpaid", _("The case has no invoice that is not fully paid."), "art. 1405 CPC")
    elif facts.amount <= 0:
        yield Reason("nothing_to_recover", _("Nothing is left to recover."), "art. 1405 CPC")
    elif limits.min_amount is not None and facts.amount < limits.min_amount:
        yield _limited(
            "amount_too_low", _("The amount is under the minimum of {limit} EUR."), limit=f"{limits.min_amount:.2f}"
        )
    elif limits.max_amount is not None and facts.amount > limits.max_amount:
        yield _limited(
            "amount_too_high", _("The amount is over the maximum of {limit} EUR."), limit=f"{limits.max_amount:.2f}"
        )


def _reasons_of_time(facts: Facts, limits: Limits, today: date) -> Iterator[Reason]:
    due = oldest_due(facts)
    if due is None:
        if _unpaid(facts):
            yield Reason("due_date_unknown", _("No unpaid invoice has a due date."), "art. 1405 CPC")
        return
    age = (today - due).days
    if age < 1:
        yield Reason("not_due", _("No unpaid invoice is past its due date."), "art. 1405 CPC")
    elif limits.min_age_days is not None and age < limits.min_age_days:
        yield _limited(
            "too_recent",
            _("The oldest unpaid invoice has been due for less than {limit} days."),
            limit=limits.min_age_days,
        )
    if limits.max_age_days is not None and age > limits.max_age_days:
        yield _limited(
            "too_old",
            _("The oldest unpaid invoice has been due for more than {limit} days."),
            limit=limits.max_age_days,
        )
    limitation = limitation_for(facts.customer, facts.debtor, facts.matter)
    last = last_day_to_sue(due, limitation, facts.restarts)
    if today > last:
        yield _limited(
            "time_barred",
            _("The oldest unpaid invoice has been time-barred since {day}."),
            limitation.article,
            day=(last + timedelta(days=1)).isoformat(),
        )


# What does not stand in the way, and is worth a look.


def _warnings_of_status(facts: Facts) -> Iterator[Reason]:
    if facts.status_id in (Step.CREATED, Step.REMINDER_1, Step.REMINDER_2):
        yield Reason("no_formal_notice", _("No formal notice has been sent to the debtor."), "art. 1231-6 C. civ.")
    if facts.status_id == Step.PAYMENT_PLAN:
        yield Reason(
            "payment_plan",
            _("A payment plan is running: what it has put off is not due unless it failed."),
            "art. 1405 CPC",
        )
    if facts.status_id == Step.DISPUTE:
        yield Reason("dispute", _("The debtor disputes the claim and may well oppose the order."), "art. 1412 CPC")


def _warnings_of_parties(facts: Facts, procedure: Procedure | None) -> Iterator[Reason]:
    customer, debtor = facts.customer, facts.debtor
    if customer is None or debtor is None:
        return
    if facts.matter == Matter.ORDINARY:
        yield from _warnings_of_court(customer, debtor)
    if debtor.is_consumer and procedure == Procedure.EUROPEAN:
        yield Reason(
            "consumer_abroad",
            _("Against a consumer only the courts of the consumer's own member state can make the order."),
            f"art. 6(2) {REGULATION}",
        )


def _warnings_of_court(customer: Party, debtor: Party) -> Iterator[Reason]:
    if customer.is_unclear or debtor.is_unclear:
        yield Reason(
            "party_unclear",
            _("The kind of a party is not known; the court is the tribunal judiciaire unless both are traders."),
            "art. 1406 CPC",
        )
    elif customer.is_trader and debtor.is_trader and (customer.is_artisan or debtor.is_artisan):
        yield Reason(
            "artisan",
            _("A party is an artisan: the commercial court judges the debts of their trade since 1 January 2022."),
            "art. L721-3 C. com.",
        )


def _warnings_of_time(facts: Facts, limits: Limits, today: date) -> Iterator[Reason]:
    due = oldest_due(facts)
    if due is None:
        return
    if any(claim.due is None or claim.due >= today for claim in _unpaid(facts)):
        yield Reason("not_all_due", _("Some unpaid invoices are not due yet, or have no due date."), "art. 1405 CPC")
    limitation = limitation_for(facts.customer, facts.debtor, facts.matter)
    may_be_consumer = limitation == BUSINESS and facts.debtor is not None and facts.debtor.kind is None
    if may_be_consumer and today > last_day_to_sue(due, CONSUMER, facts.restarts):
        yield Reason(
            "maybe_consumer",
            _("The kind of the debtor is not known; against a consumer the claim would be time-barred."),
            CONSUMER.article,
        )
    last = last_day_to_sue(due, limitation, facts.restarts)
    if 0 <= (last - today).days < limits.limitation_notice_days:
        yield _limited(
            "limitation_near",
            _("The oldest unpaid invoice is time-barred after {day}, unless the order is served before."),
            limitation.article,
            day=last.isoformat(),
        )


def _unpaid(facts: Facts) -> tuple[Claim, ...]:
    return tuple(claim for claim in facts.invoices if claim.remaining > 0)


def _state(country: str | None) -> str | None:
    """The member state that a region overseas belongs to, else the country itself."""
    return "FR" if country in OUTERMOST_REGIONS else country


def _limited(code: str, sentence: Any, article: str = "", **values: Any) -> Reason:
    return Reason(code, format_lazy(sentence, **values), article)
