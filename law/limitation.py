"""Until when a claim may be asked for in court: limitation, as a clock that stands beside those of a procedure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from legalcity.lib.dates import add_months

from law.deadlines import CONSEQUENCES, Deadline, KeyDates, Kind
from law.parties import Party
from law.vocabulary import Matter


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


@dataclass(frozen=True, slots=True)
class LastDays:
    """The last days before a claim is time-barred.

    Whether a part payment interrupts the time is judged case by case (article 2240 C. civ.), and where the day of the
    performance is not known it may run from the due date only (article 2233). `earliest` is reckoned as if neither
    helped, `latest` as if both did. `is_paid`: payments make a difference.
    """

    earliest: date
    latest: date
    is_paid: bool = True

    def is_barred(self, today: date) -> bool:
        """Whether the claim is time-barred whatever the payments and the due date did."""
        return today > self.latest

    def is_doubtful(self, today: date) -> bool:
        """Whether it hangs on them."""
        return self.earliest < today <= self.latest


def limitation_for(customer: Party | None, debtor: Party | None, matter: Matter) -> Limitation:
    """The limitation of the claim. Every creditor but a private person counts as a business."""
    if matter == Matter.CONSUMER_CREDIT:
        return CONSUMER_CREDIT
    if matter == Matter.HOUSING_LEASE:
        return HOUSING_LEASE
    if customer and customer.is_consumer:
        return BETWEEN_PERSONS
    return CONSUMER if debtor and debtor.is_consumer else BUSINESS


class Starts(NamedTuple):
    """The first and the last day from which limitation may run."""

    first: date
    last: date


def starts_of(performed: date | None, issued: date | None, due: date | None) -> Starts | None:
    """The day from which limitation runs: that of the performance (Cass. com. 26/02/2020 n° 18-25.036), as both.

    Where that is not known, the days of the invoice and of its due date. Of doubtful days the earliest is the safe one
    to act by, and the last the one after which nothing may be asked for. None while nothing is known.
    """
    if performed:
        return Starts(performed, performed)
    days = [day for day in (issued, due) if day]
    return Starts(min(days), max(days)) if days else None


def last_day_to_sue(start: date, limitation: Limitation, restarts: Collection[date] = ()) -> date:
    """The last day before the claim is time-barred: counted from `start`, anew from each restart that came in time.

    It does not move to a working day: article 642 is about time in proceedings.
    """
    last = add_months(start, limitation.months)
    for day in sorted(restarts) if limitation.restarts else ():
        if start < day <= last:
            last = add_months(day, limitation.months)
    return last


def last_days(
    starts: Starts, limitation: Limitation, *, payments: Collection[date] = (), acknowledged: Collection[date] = ()
) -> LastDays:
    """Until when a claim may be asked for, without and with what may have prolonged the time.

    `acknowledged`: days on which the debtor recognised the debt, which restart the time for sure (article 2240).
    """
    helped = [*acknowledged, *payments]
    earliest = last_day_to_sue(starts.first, limitation, acknowledged)
    if_paid = last_day_to_sue(starts.first, limitation, helped) if payments else earliest
    latest = max(if_paid, last_day_to_sue(starts.last, limitation, helped))
    return LastDays(earliest, latest, is_paid=if_paid != earliest)


def is_interrupted(dates: KeyDates) -> bool:
    """Whether the service of the order holds limitation back (articles 2241, 2244 C. civ.).

    Neither the request nor a letter does. A procedure that ended without a title (rejected, given up, lapsed, no
    lawyer) wipes the interruption out: the time is reckoned anew from its original start (article 2243).
    """
    return dates.served is not None and (dates.ended is None or dates.enforceable is not None)


def most_pressing(claims: Collection[LastDays], today: date) -> LastDays | None:
    """Of the claims that can still be saved the one whose time ends first; the last to be lost when none can."""
    saved = [claim for claim in claims if not claim.is_barred(today)]
    if saved:
        return min(saved, key=lambda claim: (claim.earliest, claim.latest))
    return max(claims, key=lambda claim: claim.latest, default=None)


def is_in_doubt(deadlines: Collection[Deadline], today: date) -> bool:
    """Whether, by the legal dates of a case, a claim is time-barred unless something prolonged the time."""
    days = {deadline.kind: deadline.date for deadline in deadlines}
    first, last = days.get(Kind.LIMITATION), days.get(Kind.LIMITATION_IF_PAID)
    return first is not None and last is not None and LastDays(first, last).is_doubtful(today)


def limitation_deadlines(days: LastDays, limitation: Limitation, today: date) -> tuple[Deadline, ...]:
    """Limitation as deadlines: one day, or two where something may have prolonged the time.

    What the due date alone may have prolonged is shown once the first day is past: before, that is the one to act by.
    """
    shows_both = days.latest != days.earliest and (days.is_paid or days.is_doubtful(today))
    kinds = {Kind.LIMITATION: days.earliest, Kind.LIMITATION_IF_PAID: days.latest}
    return tuple(
        Deadline(kind, day, CONSEQUENCES[kind], limitation.article, None)
        for kind, day in kinds.items()
        if kind == Kind.LIMITATION or shows_both
    )
