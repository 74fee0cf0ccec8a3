"""Days."""

import re
from datetime import date, datetime
from typing import Any

from legalcity.lib.dates import EARLIEST, LATEST
from legalcity.lib.reading import Manner, Unreadable
from legalcity.lib.reading.texts import cleaned

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_FRENCH = re.compile(r"(?P<day>\d{1,2})([/.])(?P<month>\d{1,2})\2(?P<year>\d{4})", re.ASCII)
_SHORT_YEAR = re.compile(r"\d{1,2}([/.-])\d{1,2}\1\d{2}", re.ASCII)


def read_day(value: Any, *, manner: Manner, earliest: date = EARLIEST, latest: date = LATEST) -> date:
    """A day from `earliest` to `latest`.

    A machine sends `2026-11-20`. A person may write `20/11/2026` and `20.11.2026` too; a year of two digits could be
    of any century.

    Raises Unreadable: `invalid`, `short_year`, `range` (earliest, latest).
    """
    day = _day(value, manner)
    if not earliest <= day <= latest:
        raise Unreadable("range", earliest=earliest, latest=latest)
    return day


def _day(value: Any, manner: Manner) -> date:
    if isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    if not isinstance(value, str):
        raise Unreadable("invalid")
    is_written = manner == Manner.WRITTEN
    text = cleaned(value) if is_written else value.strip()
    if is_written and _SHORT_YEAR.fullmatch(text):
        raise Unreadable("short_year")
    found = _FRENCH.fullmatch(text) if is_written else None
    try:
        if found:
            return date(int(found["year"]), int(found["month"]), int(found["day"]))
        if _ISO.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError as error:
        raise Unreadable("invalid") from error
    raise Unreadable("invalid")
