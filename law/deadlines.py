"""The legal deadlines of an injonction de payer: from the key dates of a procedure, what must happen by when.

Pure: dates in, deadlines out. Articles without a name are those of the Code de procédure civile. Two sets of rules
stand side by side since décret n° 2026-96 of 16 February 2026; the date of the order decides which one applies.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from legalcity.lib.dates import EARLIEST, LATEST, add_days, add_months
from legalcity.lib.errors import Sentence
from legalcity.lib.public_holidays import public_holidays

from law.territories import OVERSEAS
from law.vocabulary import Court, Procedure

# Orders made from this day on: shorter time for service, longer wait before enforcement (décret 2026-96, article 9).
REFORM = date(2026, 9, 1)

# The places overseas where a court of article 644 sits, each with its calendar in the `holidays` library.
_CALENDARS = {
    "GP": "971", "MQ": "972", "GF": "973", "RE": "974", "YT": "976", "BL": "BL", "MF": "MF", "PM": "PM", "WF": "WF",
}  # fmt: skip


class Regime(StrEnum):
    """The set of rules that a deadline comes from."""

    BEFORE_REFORM = "before_2026_09_01"
    SINCE_REFORM = "since_2026_09_01"
    EUROPEAN = "european"


class Kind(StrEnum):
    """What a deadline is for."""

    COURT_FEE = "court_fee"
    SERVICE = "service"
    OPPOSITION = "opposition"
    LATE_OPPOSITION = "late_opposition"
    ENFORCEABLE = "enforceable"
    OPPOSITION_COSTS = "opposition_costs"
    LAWYER = "lawyer"
    LAWYER_AT_HEARING = "lawyer_at_hearing"
    LIMITATION = "limitation"
    LIMITATION_IF_PAID = "limitation_if_paid"


LABELS: dict[Kind, Sentence] = {
    Kind.COURT_FEE: _("Deposit the court fee"),
    Kind.SERVICE: _("Serve the order on the debtor"),
    Kind.OPPOSITION: _("End of the time to oppose the order"),
    Kind.LATE_OPPOSITION: _("End of the time to oppose an order not served in person"),
    Kind.ENFORCEABLE: _("The order may be enforced"),
    Kind.OPPOSITION_COSTS: _("Deposit the costs of the opposition"),
    Kind.LAWYER: _("Appoint a lawyer"),
    Kind.LAWYER_AT_HEARING: _("Appoint a lawyer before the hearing"),
    Kind.LIMITATION: _("Have the order served before the claim is time-barred"),
    Kind.LIMITATION_IF_PAID: _(
        "Have the order served before the claim is time-barred, if payments or the due date prolonged the time"
    ),
}
# What is lost, or for the debtor's time and ENFORCEABLE what is won, once the day has passed.
CONSEQUENCES: dict[Kind, Sentence] = {
    Kind.COURT_FEE: _("The request lapses."),
    Kind.SERVICE: _("The order becomes void."),
    Kind.OPPOSITION: _("The debtor can no longer oppose the order."),
    Kind.LATE_OPPOSITION: _("The debtor can no longer oppose the order."),
    Kind.ENFORCEABLE: _("The order has the effects of a judgment, unless an opposition was notified before."),
    Kind.OPPOSITION_COSTS: _("The claim lapses."),
    Kind.LAWYER: _("The proceedings end, the order becomes void, and the interruption of limitation is lost."),
    Kind.LAWYER_AT_HEARING: _("Nobody may speak for the creditor at the hearing."),
    Kind.LIMITATION: _("The claim can no longer be asked for in court."),
    Kind.LIMITATION_IF_PAID: _("The claim can no longer be asked for in court."),
}


class Length(NamedTuple):
    """How long a time is, in whole months or days; whether that was compared with the official text."""

    span: int
    is_confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lengths:
    """Times whose length is a row that staff correct, `lawyer` in days, the others in months.

    `service`: of orders made since the REFORM; `enforceable`: from service until such an order may be enforced.
    """

    service: Length
    service_before_reform: Length
    enforceable: Length
    lawyer: Length


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyDates:
    """What is known of a procedure. A date that is None has not come yet, or is not known.

    `court_territory` and `debtor_country` are ISO codes (`"FR"` is the mainland, `"RE"` La Réunion). `needs_lawyer`:
    the amount calls for one. `hearing`: before the tribunal de commerce, once the order was opposed.
    `served_in_person`: None is taken as no. `reached`: the first act served on the debtor in person or, failing
    that, the first measure that froze assets. `costs_invited`: the court registry's letter that asks for the costs
    of the opposition. `opposition_notified`: the registry's copy of the opposition, first presented to the creditor.
    `lengths`: what the law gives for it. `ended`: paid, withdrawn, lapsed, rejected or judged; nothing is due any more.
    """

    lengths: Lengths
    procedure: Procedure = Procedure.NATIONAL
    court: Court = Court.COMMERCIAL
    court_territory: str = "FR"
    debtor_country: str = "FR"
    needs_lawyer: bool = False
    filed: date | None = None
    court_fee_paid: date | None = None
    order_made: date | None = None
    served: date | None = None
    served_in_person: bool | None = None
    reached: date | None = None
    opposed: date | None = None
    costs_invited: date | None = None
    costs_paid: date | None = None
    opposition_notified: date | None = None
    lawyer_appointed: date | None = None
    hearing: date | None = None
    enforceable: date | None = None
    ended: date | None = None


UNCONFIRMED = _("The length of this time is still to be confirmed.")


@dataclass(frozen=True, slots=True)
class Deadline:
    """One legal date. The last day to act, or for ENFORCEABLE the first day on which the creditor may."""

    kind: Kind
    date: date
    consequence: Sentence
    article: str
    regime: Regime | None  # None while the day of the order is not known

    @property
    def what(self) -> Sentence:
        """What it is for, in words."""
        return LABELS[self.kind]


def told(kind: Kind) -> Sentence:
    """What a deadline is for, and what hangs on it."""
    return format_lazy(_("{what}. {lost}"), what=LABELS[kind], lost=CONSEQUENCES[kind])


def lawyer_needed(amount: Decimal, *, over: Decimal) -> bool:
    """Whether a claim of so many EUR is one for lawyers: `over` the sum of articles 761 and 853, before both courts."""
    return amount > over


def next_deadlines(dates: KeyDates) -> tuple[Deadline, ...]:
    """The legal dates that `dates` set running and that nothing has met yet, soonest first; past ones included.

    ValueError for a court where the Code de procédure civile does not apply.
    """
    if dates.ended:
        return ()
    found = (rule(dates) for rule in _RULES[dates.procedure])
    return tuple(sorted((deadline for deadline in found if deadline), key=lambda deadline: deadline.date))


def regime_of(dates: KeyDates) -> Regime | None:
    """The rules that apply: European, or by the day on which the order was made; None while that is not known."""
    if dates.procedure == Procedure.EUROPEAN:
        return Regime.EUROPEAN
    if dates.order_made is None:
        return None
    return Regime.SINCE_REFORM if dates.order_made >= REFORM else Regime.BEFORE_REFORM


# Reckoning time.


def next_working_day(day: date, calendar: str | None = None) -> date:
    """`day`, or the first working day after a Saturday, a Sunday or a public holiday (article 642).

    `calendar` is a French subdivision of the `holidays` library; None is the mainland at large. A day
    outside the range of a case's days, as old rows may hold, stays: no calendar knows it.
    """
    while EARLIEST <= day <= LATEST and (day.weekday() >= 5 or day in public_holidays("FR", calendar, day.year)):
        day = add_days(day, 1)
    return day


def is_court_known(territory: str) -> bool:
    """Whether a court under the Code de procédure civile sits in that territory (ISO code)."""
    return territory == "FR" or territory in _CALENDARS


def distance_months(court_territory: str, debtor_country: str) -> int:
    """Months that distance adds to the time to oppose: one for overseas, two for abroad (articles 643 to 645).

    0 for a debtor who lives where the court sits. ValueError for a place where no court applies this code.
    """
    if not is_court_known(court_territory):
        raise ValueError(f"no court under the Code de procédure civile sits in {court_territory}")
    if debtor_country == court_territory:
        return 0
    return 1 if debtor_country == "FR" or debtor_country in OVERSEAS else 2


def _months(day: date, months: int, off: str | None = None) -> date:
    return next_working_day(add_months(day, months), off)


def _days(day: date, days: int, off: str | None = None) -> date:
    return next_working_day(add_days(day, days), off)


def _local(dates: KeyDates) -> str | None:
    """The calendar for the debtor's time. Overseas it has days off by custom, which may or may not prolong a time:
    they do for the debtor, while the creditor's own time, in Alsace and Moselle as well, is reckoned without them.
    """
    return _CALENDARS.get(dates.court_territory)


# An opposition that came too late.


def is_opposed_too_late(dates: KeyDates) -> bool:
    """Whether the opposition came after its time, which the judge is to say; until then the clocks go on as before.

    Never while an order that was not served in person has not reached the debtor (article 1416 al. 2).
    ValueError as for `next_deadlines`.
    """
    if dates.opposed is None or dates.served is None:
        return False
    if dates.procedure == Procedure.EUROPEAN or dates.served_in_person:
        return dates.opposed > _end_of_opposition(dates.served, dates)
    return dates.reached is not None and dates.opposed > _end_of_opposition(max(dates.reached, dates.served), dates)


def _is_held_back(dates: KeyDates) -> bool:
    return dates.opposed is not None and not is_opposed_too_late(dates)


# The rules: one for each kind, None when it does not run.


def _deadline(kind: Kind, day: date, article: str, dates: KeyDates, *, is_confirmed: bool = True) -> Deadline:
    lost = CONSEQUENCES[kind]
    if not is_confirmed:
        lost = format_lazy("{lost} {doubt}", lost=lost, doubt=UNCONFIRMED)
    return Deadline(kind, day, lost, article, regime_of(dates))


def _court_fee(dates: KeyDates) -> Deadline | None:
    if dates.court != Court.COMMERCIAL or dates.filed is None or dates.court_fee_paid or dates.order_made:
        return None
    return _deadline(Kind.COURT_FEE, _days(dates.filed, 15), "art. 1425 al. 1 CPC", dates)


def _service(dates: KeyDates) -> Deadline | None:
    if dates.order_made is None or dates.served:
        return None
    # Distance adds nothing here: article 643 is about the debtor's time, not the creditor's.
    is_new = regime_of(dates) == Regime.SINCE_REFORM
    length = dates.lengths.service if is_new else dates.lengths.service_before_reform
    last = _months(dates.order_made, length.span)
    return _deadline(Kind.SERVICE, last, "art. 1411 CPC", dates, is_confirmed=length.is_confirmed)


def _opposition(dates: KeyDates) -> Deadline | None:
    if dates.served is None or _is_held_back(dates) or dates.enforceable:
        return None
    consequence = CONSEQUENCES[Kind.OPPOSITION]
    if not dates.served_in_person:
        consequence = _(
            "Enforcement is no longer held back; as the order was not served in person, the debtor may still oppose it "
            "within a month of the first act or seizure that reaches them."
        )
    article = "art. 643, 1416 al. 1 CPC" if _distance(dates) else "art. 1416 al. 1 CPC"
    return Deadline(Kind.OPPOSITION, _end_of_opposition(dates.served, dates), consequence, article, regime_of(dates))


def _late_opposition(dates: KeyDates) -> Deadline | None:
    if dates.served is None or dates.served_in_person or dates.reached is None or _is_held_back(dates):
        return None
    return _deadline(Kind.LATE_OPPOSITION, _end_of_opposition(dates.reached, dates), "art. 1416 al. 2 CPC", dates)


def _enforceable(dates: KeyDates) -> Deadline | None:
    if dates.served is None or _is_held_back(dates) or dates.enforceable:
        return None
    last, is_confirmed = _end_of_opposition(dates.served, dates), True
    if regime_of(dates) != Regime.BEFORE_REFORM:  # the longer wait where the day of the order is not known
        wait = dates.lengths.enforceable
        last, is_confirmed = max(last, _months(dates.served, wait.span, _local(dates))), wait.is_confirmed
    return _deadline(Kind.ENFORCEABLE, add_days(last, 1), "art. 1422 CPC", dates, is_confirmed=is_confirmed)


def _opposition_costs(dates: KeyDates) -> Deadline | None:
    if dates.court != Court.COMMERCIAL or dates.costs_invited is None or dates.costs_paid:
        return None
    # The text does not say whether sending or receipt counts: the invitation's own date is the safe one.
    last = _days(dates.costs_invited, 15)
    return _deadline(Kind.OPPOSITION_COSTS, last, "art. 1425 al. 2 CPC", dates)


def _lawyer(dates: KeyDates) -> Deadline | None:
    if dates.court != Court.JUDICIAL or not dates.needs_lawyer:
        return None
    if dates.opposition_notified is None or dates.lawyer_appointed:
        return None
    length = dates.lengths.lawyer
    last = _days(dates.opposition_notified, length.span)
    article = "art. 761, 1418, 1419 CPC, art. 2243 C. civ."
    return _deadline(Kind.LAWYER, last, article, dates, is_confirmed=length.is_confirmed)


def _lawyer_at_hearing(dates: KeyDates) -> Deadline | None:
    """The eve of the hearing of the opposition."""
    if dates.court != Court.COMMERCIAL or not dates.needs_lawyer or dates.lawyer_appointed:
        return None
    if dates.opposed is None or dates.hearing is None or dates.hearing <= add_days(dates.opposed, 1):
        return None
    return _deadline(Kind.LAWYER_AT_HEARING, add_days(dates.hearing, -1), "art. 853 CPC", dates)


def _european_opposition(dates: KeyDates) -> Deadline | None:
    if dates.served is None or _is_held_back(dates) or dates.enforceable:
        return None
    last = _end_of_opposition(dates.served, dates)
    return _deadline(Kind.OPPOSITION, last, "art. 16(2) Reg. (EC) 1896/2006", dates)


def _european_enforceable(dates: KeyDates) -> Deadline | None:
    opposition = _european_opposition(dates)
    if opposition is None:
        return None
    return Deadline(
        Kind.ENFORCEABLE,
        add_days(_days(opposition.date, 10, _local(dates)), 1),
        _("The court declares the order enforceable, unless an opposition was sent in time."),
        "art. 18 Reg. (EC) 1896/2006, art. 1424-14 CPC",
        Regime.EUROPEAN,
    )


def _distance(dates: KeyDates) -> int:
    return distance_months(dates.court_territory, dates.debtor_country)


def _end_of_opposition(start: date, dates: KeyDates) -> date:
    if dates.procedure == Procedure.EUROPEAN:
        return _days(start, 30, _local(dates))
    return _months(start, 1 + _distance(dates), _local(dates))


_Rule = Callable[[KeyDates], Deadline | None]
_RULES: dict[Procedure, tuple[_Rule, ...]] = {
    Procedure.NATIONAL: (
        _court_fee,
        _service,
        _opposition,
        _late_opposition,
        _enforceable,
        _opposition_costs,
        _lawyer,
        _lawyer_at_hearing,
    ),
    # Neither the Regulation nor articles 1424-1 to 1424-15 set a time for service, and distance adds nothing to its
    # thirty days. They, too, end on a working day: Regulation (EEC, Euratom) 1182/71, article 3(4).
    Procedure.EUROPEAN: (_european_opposition, _european_enforceable),
}
