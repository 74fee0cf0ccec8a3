"""What tests do to ledgers that nobody else may."""

from django.db.models import QuerySet

from legalcity.lib.append_only import door
from recoveries.models import Line, Posting, Recovery


def cases_vanish(cases: QuerySet[Recovery]) -> None:
    """Delete cases with their ledgers, whatever was received on them."""
    with door(Line, Posting, reason="a test"):
        Line.objects.filter(posting__recovery__in=cases).delete()
        Posting.objects.filter(recovery__in=cases).delete()
        cases.delete()
