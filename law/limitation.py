"""Until when a claim may be asked for in court."""

from dataclasses import dataclass
from datetime import date

from legalcity.lib.dates import add_months

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
