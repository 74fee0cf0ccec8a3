"""The décompte of a case, as everybody reads it: API, case page, letter, request, debtor."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from law.account.decompte import BeforeFirstDay, Decompte, decompte
from law.interest import RateMissing
from legalcity.lib.clock import today
from legalcity.lib.codes import ErrorCode
from legalcity.lib.dates import PARIS, add_days, add_months
from legalcity.lib.errors import Conflict, Invalid
from recoveries.ledger.gathering import told_before, told_of, with_terms
from recoveries.ledger.rate_book import account_rates
from recoveries.ledger.reckoning import reckoned
from recoveries.models import Recovery

AHEAD = 12  # months
NO_RATE = _("No interest rate is known for {day}: staff enter it in the catalogue of rates.")
FIRST_DAY = _("The first day of this case is {day}.")
NOT_FILED = _("Nothing was known of this case before {day}, when it was filed.")


def case_decompte(case: Recovery, *, on: date | None = None, known_on: date | None = None) -> Decompte:
    """The account of `case` (read by `gathering.with_terms`) at the end of the day `on`, today unless given.

    `known_on`: as it was told at the end of that day, from what was known then: whatever was recorded, corrected or
    taken back since. At most eight statements, whatever the case has. Raises Invalid for a day before the first claim,
    for one more than a year ahead, for a `known_on` to come and for one before the case was filed; Conflict, with
    `errors`, where no interest rate is known for a day.
    """
    now = today()
    day = on or now
    if day > add_months(now, AHEAD):
        raise Invalid({"on": [_("The account is reckoned up to a year ahead.")]})
    if known_on and known_on > now:
        raise Invalid({"known_on": [_("This day is still to come.")]})
    filed_on = case.created_at.astimezone(PARIS).date()
    if known_on and known_on < filed_on:
        raise Invalid({"known_on": [format_lazy(NOT_FILED, day=f"{filed_on:%d/%m/%Y}")]})
    known, until = known_on or now, _end_of(known_on) if known_on else None
    is_before = day < known and case.transferred_to_id is not None
    facts = told_before(case, until=until) if is_before else told_of(case, until=until).facts
    rates = account_rates(before=until)
    try:
        return decompte(facts, day, rates, known_on=known, is_known_on_asked=known_on is not None)
    except BeforeFirstDay as error:
        raise Invalid({"on": [format_lazy(FIRST_DAY, day=f"{error.day:%d/%m/%Y}")]}) from error
    except RateMissing as error:
        sentence = format_lazy(NO_RATE, day=f"{error.day:%d/%m/%Y}")
        raise Conflict(sentence, code=ErrorCode.RATE_MISSING, errors={"on": [sentence]}) from error


def due_today(recovery_id: int) -> Decimal | None:
    """What is owed on a case and due today, EUR, whatever is kept of it; None while a rate is missing."""
    account = reckoned(told_of(with_terms(Recovery.objects).get(pk=recovery_id)).facts, today())
    return None if isinstance(account, RateMissing) else account.total.due


def _end_of(day: date) -> datetime:
    """The moment at which a day is over in Paris: the first of the next one."""
    return datetime.combine(add_days(day, 1), time.min, PARIS).astimezone(UTC)
