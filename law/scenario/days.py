"""Days and moments of steps: working days, public holidays, hours and nights of the place where the debtor lives."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from legalcity.lib.dates import add_days

from law.contact.facts import Policy
from law.contact.places import SUNDAY, Place
from law.contact.places import opening as opening_at
from law.scenario.vocabulary import Unit

_SATURDAY = 6
_DAY = timedelta(1)


def days_later(day: date, delay: int, unit: Unit, place: Place) -> date:
    """The day that comes `delay` days, or working days of `place`, after `day`."""
    if unit == Unit.DAYS:
        return add_days(day, delay)
    return _working_days_later(day, delay, place.alike)


def opening(moment: datetime, place: Place, policy: Policy) -> datetime:
    """The first moment from `moment` on at which the firm writes to somebody at `place`, in UTC."""
    return opening_at(moment, place.alike, policy.days, policy.from_hour, policy.until_hour)


def moment_of(day: date, hour: int, place: Place, policy: Policy) -> datetime:
    """The first allowed moment from `hour` o'clock of `day` at `place` on, in UTC.

    On the night on which an hour is left out what falls into it comes an hour later; of an hour that comes twice the
    first one counts.
    """
    return _moment_of(day, hour, place.alike, policy.days, policy.from_hour, policy.until_hour)


@lru_cache(maxsize=20_000)
def _moment_of(day: date, hour: int, place: Place, days: frozenset[int], from_hour: int, until_hour: int) -> datetime:
    moment = datetime.combine(day, time(hour), place.zone).astimezone(UTC)
    return opening_at(moment, place, days, from_hour, until_hour)


@lru_cache(maxsize=20_000)
def _working_days_later(day: date, delay: int, place: Place) -> date:
    while delay > 0:
        day += _DAY
        is_off = day.isoweekday() in (_SATURDAY, SUNDAY) or place.is_holiday(day)
        delay -= not is_off
    return day
