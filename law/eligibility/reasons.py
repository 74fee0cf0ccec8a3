"""What stands in the way of a transfer."""

from collections.abc import Iterator, Sequence
from datetime import date

from django.utils.translation import gettext_lazy as _
from legalcity.lib.countries import EU, country_code
from legalcity.lib.dates import add_days

from law.eligibility.answer import Reason, limited
from law.eligibility.claims import ClaimAnswer, doubtful, going, oldest_due
from law.eligibility.facts import Facts, Limits, unpaid
from law.eligibility.place import state_of
from law.parties import Party
from law.territories import EUROPEAN_ORDER_STATES, NATIONAL_PROCEDURE, OVERSEAS
from law.vocabulary import CaseType

REGULATION = "Reg. (EC) 1896/2006"


def reasons_of(
    facts: Facts, claims: Sequence[ClaimAnswer], debts: Sequence[ClaimAnswer], limits: Limits, today: date
) -> Iterator[Reason]:
    """Everything that speaks against it: its state, its parties, its amount, its age."""
    yield from _reasons_of_state(facts)
    yield from _reasons_of_parties(facts)
    yield from _reasons_of_amount(facts, limits)
    yield from _reasons_of_time(facts, claims, limits, today)
    if not facts.is_hold_lifted and doubtful((*claims, *debts)):
        yield Reason(
            "limitation_held",
            _(
                "A claim is time-barred unless the payments or the due date prolonged the time: a manager has to lift "
                "the hold."
            ),
            f"{facts.limitation.article}, art. 2233, 2240 C. civ.",
        )


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
        yield from _reasons_across_borders(customer, debtor)


def _reasons_across_borders(customer: Party, debtor: Party) -> Iterator[Reason]:
    article = f"art. 3 {REGULATION}"
    creditor = country_code(customer.country)
    if creditor is None:
        yield Reason(
            "creditor_country_unknown",
            _("The creditor's country, which a cross-border case needs, is missing or could not be understood."),
            article,
        )
    elif state_of(creditor) == country_code(debtor.country):
        yield Reason("same_state", _("The creditor and the debtor are in the same member state."), article)
    elif state_of(creditor) not in EUROPEAN_ORDER_STATES:
        yield Reason(
            "creditor_outside_eu",
            _("The creditor is not in a member state that takes part in the European order for payment."),
            article,
        )
    elif debtor.is_consumer:
        yield Reason(
            "consumer_abroad",
            _("Against a consumer only the courts of the consumer's own member state can make the order."),
            f"art. 6(2) {REGULATION}",
        )


def _reasons_of_amount(facts: Facts, limits: Limits) -> Iterator[Reason]:
    if not unpaid(facts):
        yield Reason("nothing_unpaid", _("The case has no invoice that is not fully paid."), "art. 1405 CPC")
    elif facts.amount <= 0:
        yield Reason("nothing_to_recover", _("Nothing is left to recover."), "art. 1405 CPC")
    elif limits.min_amount is not None and facts.amount < limits.min_amount:
        yield limited(
            "amount_too_low", _("The amount is under the minimum of {limit} EUR."), limit=f"{limits.min_amount:.2f}"
        )
    elif limits.max_amount is not None and facts.amount > limits.max_amount:
        yield limited(
            "amount_too_high", _("The amount is over the maximum of {limit} EUR."), limit=f"{limits.max_amount:.2f}"
        )


def _reasons_of_time(facts: Facts, claims: Sequence[ClaimAnswer], limits: Limits, today: date) -> Iterator[Reason]:
    """By the claims that go or, when none does, by those that are owed."""
    owed = [answer for answer in claims if answer.claim.remaining > 0]
    counted = going(claims) or owed
    due = oldest_due(counted)
    if due is None:
        if owed:
            yield Reason("due_date_unknown", _("No unpaid invoice has a due date."), "art. 1405 CPC")
        return
    barred = [answer for answer in counted if answer.stays and answer.stays.code == "time_barred"]
    if due >= today and not barred:
        yield Reason("not_due", _("No unpaid invoice is past its due date."), "art. 1405 CPC")
    else:
        yield from _reasons_of_age((today - due).days, limits)
    yield from _reasons_of_limitation(facts, barred)


def _reasons_of_age(days: int, limits: Limits) -> Iterator[Reason]:
    if limits.min_age_days is not None and days < limits.min_age_days:
        yield limited(
            "too_recent",
            _("The oldest unpaid invoice has been due for less than {limit} days."),
            limit=limits.min_age_days,
        )
    if limits.max_age_days is not None and days > limits.max_age_days:
        yield limited(
            "too_old",
            _("The oldest unpaid invoice has been due for more than {limit} days."),
            limit=limits.max_age_days,
        )


def _reasons_of_limitation(facts: Facts, barred: Sequence[ClaimAnswer]) -> Iterator[Reason]:
    """Of claims none of which goes."""
    last = min((answer.until.latest for answer in barred if answer.until), default=None)
    if last is not None:
        yield limited(
            "time_barred",
            _("The oldest unpaid invoice has been time-barred since {day}."),
            facts.limitation.article,
            day=add_days(last, 1).isoformat(),
        )
