"""The database server that events are written on: their order hangs on its counter of transactions (`horizon.py`).

One that a dump was restored into, that was brought back to an earlier moment, or that took the place of another one has
not counted what clients have read. The first event that is written there goes on from behind all of that; whoever
starts the product there is asked to think of the rest first (`manage.py recovered`).
"""

from django.core.exceptions import ImproperlyConfigured
from django.db import connection

# A new database has its server from the migrations on. Without events, too, others may have been read that are lost.
ELSEWHERE = """
    SELECT events_counted_before() IS NULL
        AND (EXISTS (SELECT 1 FROM events_server) OR EXISTS (SELECT 1 FROM events_event))
"""


def is_elsewhere() -> bool:
    """Whether others wrote events, and this server, or this timeline of it, has written none yet."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute(ELSEWHERE)
        return bool(cursor.fetchone()[0])


def events_go_on() -> None:
    """Have places and ids of events go on from behind all that were ever given. PostgreSQL alone.

    Nobody else is connected: sessions remember from where they counted.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT events_go_on()")


def require_at_home() -> None:
    """Refuse to start on a server that is elsewhere. Raises ImproperlyConfigured."""
    if is_elsewhere():
        raise ImproperlyConfigured(
            "the database of DATABASE_URL was restored, brought back to an earlier moment, or took the place of "
            "another: run `python manage.py recovered` first (docs/ops.md, After going back)."
        )
