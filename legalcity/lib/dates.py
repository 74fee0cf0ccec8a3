"""Days and moments as values: their forms, their arithmetic. What time it is says `legalcity.lib.clock`."""

import calendar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
# What can be a day of a case: of an invoice, a payment, a procedure.
EARLIEST, LATEST = date(1990, 1, 1), date(2100, 12, 31)


def moment_text(value: datetime | str | None) -> str | None:
    """The contract's form of a timestamp: `2025-10-20T10:30:00.000000Z`.

    A string is what a database driver or a JSON column gave, in UTC: `2025-10-20 10:30:00[.ffffff][+00:00]`.
    """
    if value is None:
        return None
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if value.tzinfo is not None and value.utcoffset():
        value = value.astimezone(UTC)
    return value.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def day_text(value: date | str | None) -> str | None:
    """The contract's form of a date: `2025-10-20`."""
    return value.isoformat() if isinstance(value, date) else value


def day(value: date | str | None) -> date | None:
    """A date from what a driver or a JSON column gave."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def add_days(day: date, days: int) -> date:
    """The day that comes `days` later; beyond the end of time its last day, before its beginning the first."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min


def add_months(day: date, months: int) -> date:
    """The same day number `months` later, else the last day of that month (article 641); as `add_days` at the ends."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        return date.max if months > 0 else date.min
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
