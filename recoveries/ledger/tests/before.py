"""Ledgers as they should not be: cases of before there was one, lines that nobody could have posted."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection

from legalcity.lib.append_only import door
from recoveries.models import Acompte, CaseBalance, Line, Posting, Recovery


def ledgers_vanish() -> None:
    """Take all ledgers away: their cases were filed before there were any."""
    with door(Line, Posting, reason="a test"):
        Line.objects.all().delete()
        Posting.objects.filter(reverses__isnull=False).delete()
        Posting.objects.filter(supersedes__isnull=False).delete()
        Posting.objects.all().delete()
    CaseBalance.objects.all().delete()


def payments_stay_behind(copy: Recovery) -> None:
    """A transfer of earlier times: the case in court knew of no payment."""
    Acompte.objects.filter(recovery=copy).delete()


def recorded(model: type, pk: int, moment: datetime) -> None:
    """A record that was made at `moment`."""
    model.objects.filter(pk=pk).update(created_at=moment)


@contextmanager
def unguarded() -> Iterator[None]:
    """Inside, PostgreSQL's triggers look away; SQLite has none that adds lines up."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = origin")
