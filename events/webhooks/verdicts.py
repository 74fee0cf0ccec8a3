"""What follows from a try: the table of pauses, and what a receiver may ask. Pure."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import NamedTuple

from events.webhooks.sending import Outcome

# After the first try, the second … : ten tries over 75 hours.
PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
)
MOST_TRIES = len(PAUSES) + 1
LATER = 0.1  # of a pause, at most: receivers that come back see no wave
LONGEST_ASKED = timedelta(hours=24)
MAY_ASK = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})


class Verdict(NamedTuple):
    """`pause` before the next try, None when there is none; `is_gone`: nothing is to be sent there any more."""

    is_delivered: bool
    pause: timedelta | None = None
    is_gone: bool = False


ELSEWHERE = Verdict(is_delivered=False, pause=PAUSES[0])  # What comes of a try at an address of before.


def verdict_of(outcome: Outcome, *, tries: int, chance: float) -> Verdict:
    """What follows from the `tries`-th try of a delivery; `chance` from 0 to 1."""
    if outcome.is_taken:
        return Verdict(is_delivered=True)
    if outcome.status == HTTPStatus.GONE:
        return Verdict(is_delivered=False, is_gone=True)
    if tries >= MOST_TRIES:
        return Verdict(is_delivered=False)
    pause = PAUSES[max(tries, 1) - 1] * (1 + LATER * chance)
    if outcome.status in MAY_ASK:
        pause = max(pause, asked_pause(outcome.retry_after, outcome.at) or pause)
    return Verdict(is_delivered=False, pause=pause)


def asked_pause(retry_after: str | None, moment: datetime) -> timedelta | None:
    """What `Retry-After` asks, in seconds or until a date; a day at most, None for what says nothing."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit():
        return LONGEST_ASKED if len(text) > 6 else min(timedelta(seconds=int(text)), LONGEST_ASKED)
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max(until - moment, timedelta(0)), LONGEST_ASKED)
