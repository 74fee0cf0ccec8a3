"""Writes that a page makes beside what it shows, and for which its reader does not wait.

PostgreSQL locks rows that nobody else writes then. SQLite has one writer at a time, and whoever comes second waits for
as long as the settings say.
"""

from collections.abc import Callable

from django.db import OperationalError, connection

from legalcity.lib.outages import is_away

BRIEF = 0.5  # seconds


def written_at_once(write: Callable[[], object]) -> bool:
    """Carry out `write`; false where SQLite has another writer who does not end soon."""
    if connection.vendor != "sqlite":
        write()
        return True
    _wait(BRIEF)
    try:
        write()
    except OperationalError as error:
        if is_away(error):
            return False
        raise
    finally:
        _wait(connection.settings_dict["OPTIONS"]["timeout"])
    return True


def _wait(seconds: float) -> None:
    """How long statements wait for a lock; said to the driver itself, since it is no statement of anybody's."""
    connection.ensure_connection()
    connection.connection.execute(f"PRAGMA busy_timeout = {seconds * 1000:.0f}")
