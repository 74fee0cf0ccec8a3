"""Figures of the portfolio, taken in the night where there are so many cases that reading them takes seconds."""

from datetime import UTC, datetime

from django.db import connection, transaction
from django.db.models import Sum

from legalcity.lib.clock import now, today
from recoveries.desk.reads.portfolio_groups import groups_statement
from recoveries.models import CaseCount, PortfolioFigure

MANY = 100_000  # cases: fewer are read in less than a second
FIRST = datetime(1990, 1, 1, tzinfo=UTC)
APART = "client, handler,"
COLUMNS = "client, handler, month, status_id, lives, band_filed, band_now, cases, claimed, recovered, owed"


@transaction.atomic
def figures_take() -> int:
    """Take the figures of all cases anew, in the place of those of before; returns in how many groups they are.

    Where there are few cases there are none: the page reads the cases themselves.
    """
    PortfolioFigure.objects.all().delete()
    if (CaseCount.objects.aggregate(n=Sum("n"))["n"] or 0) < MANY:
        return 0
    moment = now()
    statement, values = groups_statement(FIRST, moment, today(), {}, more=APART)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO recoveries_portfoliofigure (taken_at, {COLUMNS}) "  # noqa: S608 - names of ours
            f"SELECT %s, found.* FROM ({statement}) AS found",
            [connection.ops.adapt_datetimefield_value(moment), *values],
        )
        return int(cursor.rowcount)
