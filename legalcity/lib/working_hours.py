"""The firm's working hours: Monday to Friday, 9 to 18 in Paris, without public holidays."""

from datetime import UTC, date, datetime, time, timedelta

from legalcity.lib.dates import PARIS
from legalcity.lib.public_holidays import public_holidays

OPENS, CLOSES = time(9), time(18)
SATURDAY = 5


def is_working_day(day: date) -> bool:
    """True from Monday to Friday, but for the public holidays of France at large (article L3133-1, Code du travail)."""
    return day.weekday() < SATURDAY and day not in public_holidays("FR", None, day.year)


def after_working_hours(moment: datetime, hours: int) -> datetime:
    """The moment, in UTC, at which `hours` (0 or more) working hours after `moment` are over."""
    here = moment.astimezone(PARIS)
    day, begins = here.date(), max(here.time(), OPENS)
    left = timedelta(hours=hours)
    while True:
        if is_working_day(day) and begins < CLOSES:
            # No clock is put back or forward between opening and closing.
            start, end = (datetime.combine(day, hour, PARIS) for hour in (begins, CLOSES))
            if start + left <= end:
                return (start + left).astimezone(UTC)
            left -= end - start
        day, begins = day + timedelta(days=1), OPENS
