"""What does not stand in the way of a transfer, and is worth a look."""

from collections.abc import Iterator, Sequence
from datetime import date

from django.utils.translation import gettext_lazy as _

from law.eligibility.answer import Reason, limited
from law.eligibility.claims import ClaimAnswer, doubtful, going
from law.eligibility.costs import warnings_of_costs
from law.eligibility.facts import Facts, Limits
from law.eligibility.place import court_for
from law.eligibility.reasons import REGULATION
from law.limitation import BUSINESS, CONSUMER, last_days
from law.parties import Party
from law.vocabulary import Matter, Procedure, Step


def warnings_of(
    facts: Facts,
    claims: Sequence[ClaimAnswer],
    debts: Sequence[ClaimAnswer],
    limits: Limits,
    procedure: Procedure | None,
    today: date,
) -> Iterator[Reason]:
    """Everything that staff should know before they transfer: its status, its parties, its age."""
    yield from _warnings_of_status(facts)
    yield from _warnings_of_parties(facts, procedure)
    yield from _warnings_of_claims(claims, today)
    yield from _warnings_of_time(facts, going(claims), limits, today)
    if limits.costs:
        court = court_for(facts.customer, facts.debtor, facts.matter)
        yield from warnings_of_costs(limits.costs, procedure, court, facts.amount)
    if facts.is_hold_lifted and doubtful((*claims, *debts)):
        yield Reason(
            "limitation_doubtful",
            _(
                "A claim is time-barred unless the payments or the due date prolonged the time: a manager has lifted "
                "the hold."
            ),
            f"{facts.limitation.article}, art. 2233, 2240 C. civ.",
        )
    if any(debt.stays and debt.stays.code == "time_barred" for debt in debts):
        yield Reason("not_all_debts_in_time", _("A debt beside the invoices is time-barred."), "art. 1405 CPC")


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
    if procedure == Procedure.EUROPEAN and not debtor.is_consumer:
        yield Reason(
            "place_of_performance",
            _("The court is that of the place of performance, or of the debtor's state: make sure where that was."),
            f"art. 6(1) {REGULATION}, art. 4, 7(1) Reg. (EU) 1215/2012",
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


def _warnings_of_claims(claims: Sequence[ClaimAnswer], today: date) -> Iterator[Reason]:
    """What a transfer would leave behind, when it takes anything along."""
    stays = {answer.stays.code for answer in claims if answer.stays}
    if not going(claims):
        return
    if stays & {"not_due", "due_date_unknown"}:
        yield Reason("not_all_due", _("Some unpaid invoices are not due yet, or have no due date."), "art. 1405 CPC")
    if "time_barred" in stays:
        yield Reason("not_all_in_time", _("Some unpaid invoices are time-barred."), "art. 1405 CPC")


def _warnings_of_time(facts: Facts, claims: Sequence[ClaimAnswer], limits: Limits, today: date) -> Iterator[Reason]:
    limitation = facts.limitation
    starts = [answer.claim.starts for answer in claims if answer.claim.starts]
    may_be_consumer = limitation == BUSINESS and facts.debtor is not None and facts.debtor.kind is None
    if may_be_consumer and any(
        last_days(each, CONSUMER, payments=facts.payments, acknowledged=facts.acknowledged).is_barred(today)
        for each in starts
    ):
        yield Reason(
            "maybe_consumer",
            _("The kind of the debtor is not known; against a consumer the claim would be time-barred."),
            CONSUMER.article,
        )
    ahead = [answer.until.earliest for answer in claims if answer.until and answer.until.earliest >= today]
    last = min(ahead, default=None)
    if last is not None and (last - today).days < limits.limitation_notice_days:
        yield limited(
            "limitation_near",
            _("The oldest unpaid invoice is time-barred after {day}, unless the order is served before."),
            limitation.article,
            day=last.isoformat(),
        )
