"""A calendar as a file (RFC 5545): days without an hour, for programs that subscribe to it.

Written here: no library is installed for it, and days alone take three rules: lines end in CRLF, are folded at 75
bytes, and four signs are escaped in texts.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

WIDTH = 75  # bytes of a line
PRODUCT = "-//LegalCity//Agenda//FR"


class Day(NamedTuple):
    """A day of the calendar. `uid` stays the same while it is the same thing; `address` leads to it."""

    uid: str
    on: date
    summary: str
    description: str
    category: str
    address: str


def calendar_file(name: str, days: Iterable[Day], *, at: datetime) -> bytes:
    """The calendar `name` as it is at the moment `at` (UTC)."""
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{escaped(name)}",
    )
    events = (line for day in days for line in _event(day, f"{at:%Y%m%dT%H%M%SZ}"))
    return b"".join(folded(line) for line in (*lines, *events, "END:VCALENDAR"))


def _event(day: Day, stamp: str) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{escaped(day.uid)}"
    yield f"DTSTAMP:{stamp}"
    yield f"DTSTART;VALUE=DATE:{day.on:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{day.on + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{escaped(day.summary)}"
    yield f"DESCRIPTION:{escaped(day.description)}"
    yield f"CATEGORIES:{escaped(day.category)}"
    yield f"URL:{day.address}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def escaped(text: str) -> str:
    """A text as a value (3.3.11): signs that would part it are escaped, line breaks are `\\n`, controls go."""
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    lines = ("".join(_printed(letter) for letter in line) for line in text.splitlines())
    return "\\n".join(lines)


def _printed(letter: str) -> str:
    """Spaces of any kind are spaces: French has some that do not break."""
    return letter if letter.isprintable() else " " if letter.isspace() else ""


def folded(line: str) -> bytes:
    """A line of content (3.1): pieces of WIDTH bytes at most, none of which parts a letter, the later ones indented."""
    pieces, piece = [], b""
    for letter in line:
        sign = letter.encode()
        if len(piece) + len(sign) > WIDTH:
            pieces.append(piece)
            piece = b" "
        piece += sign
    return b"\r\n".join((*pieces, piece)) + b"\r\n"
