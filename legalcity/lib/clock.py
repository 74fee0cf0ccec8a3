"""What time it is. "Today" is the day in Paris; timestamps are UTC. Asked at the doors, handed down from there."""

from datetime import UTC, date, datetime

from legalcity.lib.dates import PARIS


def now() -> datetime:
    """The moment, in UTC. Taken once at the door and passed down."""
    return datetime.now(UTC)


def today() -> date:
    """The day it is in Paris, by which days overdue and due dates are counted."""
    return datetime.now(PARIS).date()
