"""Django's own, which says what to do when a lock could not be had, or the database is away."""

from typing import Any

from django.conf import settings
from django.core.management import CommandError
from django.core.management.commands import migrate
from django.db import OperationalError, connections
from psycopg.errors import LockNotAvailable

# Who has worked longest in one transaction. Nobody's statement is shown: it may hold what people wrote.
HOLDERS = """
    SELECT pid, usename, application_name, state, extract(epoch FROM now() - xact_start)::int
    FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
    ORDER BY xact_start LIMIT 3
"""
# Without the words of the driver: they repeat the user and the address.
UNREACHED = "the database of DATABASE_URL cannot be reached: start it, or correct the URL ({kind})."


class Command(migrate.Command):
    """Brings the database up to date; gives up where others hold a table for too long."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate. Raises CommandError with what to do when a lock could not be had, or nobody answers."""
        try:
            connections[options["database"]].ensure_connection()
        except OperationalError as error:
            raise CommandError(UNREACHED.format(kind=type(error).__name__)) from error
        try:
            super().handle(*args, **options)
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise
            raise CommandError(_advice(options["database"])) from error


def _advice(alias: str) -> str:
    waited = settings.MIGRATION_LOCK_TIMEOUT
    return (
        f"A table was in use for more than {waited} seconds, so this migration was given up: requests wait behind it. "
        f"It left nothing; those before it stay. Run `migrate` again, in a quieter moment or after the "
        f"transactions that are open longest have ended:\n{_holders(alias)}\n"
        f"One that nobody needs is ended by `SELECT pg_terminate_backend(PID)`. MIGRATION_LOCK_TIMEOUT=SECONDS waits "
        f"longer, and has everybody else who needs the table wait as long."
    )


def _holders(alias: str) -> str:
    connection = connections[alias]
    connection.close()  # Whatever state the migration left it in.
    with connection.cursor() as cursor:
        cursor.execute(HOLDERS)
        rows = cursor.fetchall()
    told = [f"  PID {pid}, {user}, {name or 'unnamed'}, {state}, {age} s" for pid, user, name, state, age in rows]
    return "\n".join(told) or "  (none by now)"
