"""Moments, as programs write them."""

import re
from datetime import UTC, datetime
from typing import Any

from legalcity.lib.dates import EARLIEST, LATEST
from legalcity.lib.reading import Unreadable

# RFC 3339. The `+` of an offset reaches us as a space where a program has not encoded its query string.
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+ -]\d\d:\d\d)", re.ASCII)


def read_moment(value: Any) -> datetime:
    """A moment with its zone, `2026-11-28T10:30:00Z`, in UTC, cut to microseconds. Raises Unreadable: `invalid`."""
    text = value.strip() if isinstance(value, str) else ""
    if not _RFC_3339.fullmatch(text):
        raise Unreadable("invalid")
    clock, zone = (text[:-1], "Z") if text[-1] in "Zz" else (text[:-6], text[-6:].replace(" ", "+"))
    try:
        moment = datetime.fromisoformat(clock + zone).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Unreadable("invalid") from error
    if not EARLIEST <= moment.date() <= LATEST:
        raise Unreadable("invalid")
    return moment
