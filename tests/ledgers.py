"""What tests do to ledgers that nobody else may."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models import Max, QuerySet

from legalcity.lib.append_only import door
from legalcity.lib.clock import now
from recoveries.ledger.rate_book import rate_book
from recoveries.models import FormerRow, Line, Posting, Recovery


def cases_vanish(cases: QuerySet[Recovery]) -> None:
    """Delete cases with their ledgers, whatever was received on them."""
    with door(Line, Posting, reason="a test"):
        Line.objects.filter(posting__recovery__in=cases).delete()
        Posting.objects.filter(recovery__in=cases).delete()
        cases.delete()


@contextmanager
def former_rows_dated() -> Iterator[None]:
    """Former rows that are written inside have the moment of the clock that tests move: that of databases stays."""
    last = FormerRow.objects.aggregate(last=Max("pk"))["last"] or 0
    yield
    with door(FormerRow, reason="a test"):
        FormerRow.objects.filter(pk__gt=last).update(until=now())
    rate_book.forget()


def former_rows_vanish() -> None:
    """Let all count as if it had always been as it is."""
    with door(FormerRow, reason="a test"):
        FormerRow.objects.all().delete()
    rate_book.forget()
