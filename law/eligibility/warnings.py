"""What does not stand in the way of a transfer, and is worth a look."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext_lazy as _

from law.eligibility.answer import Reason, limited
from law.eligibility.facts import Facts, Limits, oldest_due, unpaid
from law.eligibility.reasons import REGULATION
from law.limitation import BUSINESS, CONSUMER, last_day_to_sue, limitation_for
from law.parties import Party
from law.vocabulary import Matter, Procedure, Step


def warnings_of(facts: Facts, limits: Limits, procedure: Procedure | None, today: date) -> Iterator[Reason]:
    """Everything that staff should know before they transfer: its status, its parties, its age."""
    yield from _warnings_of_status(facts)
    yield from _warnings_of_parties(facts, procedure)
    yield from _warnings_of_time(facts, limits, today)


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
    if any(claim.due is None or claim.due >= today for claim in unpaid(facts)):
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
        yield limited(
            "limitation_near",
            _("The oldest unpaid invoice is time-barred after {day}, unless the order is served before."),
            limitation.article,
            day=last.isoformat(),
        )
