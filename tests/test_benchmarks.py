"""The portfolios that `make bench` measures with: they fit the tables, and are what the product would have written."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from accounts.models import User
from benchmarks.databases import write_rows
from recoveries.models import CaseCount, Recovery
from recoveries.services.deadlines import next_deadlines_refresh, stale_deadlines
from recoveries.services.totals import case_counts_rebuild
from tests.factories import Api, detail

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="benchmarks fill PostgreSQL"),
    pytest.mark.django_db,
]
CASES = 150


def test_the_rows_are_whole() -> None:
    connection.ensure_connection()
    write_rows(connection.connection, CASES)
    next_deadlines_refresh(recovery_ids=stale_deadlines())  # As every morning: no SQL knows the legal dates.
    said = StringIO()
    call_command("check_copies", stdout=said)
    assert said.getvalue() == "0 cases differed\n"
    written = set(CaseCount.objects.values_list("owner_id", "status_id", "n"))
    case_counts_rebuild()
    assert written == set(CaseCount.objects.values_list("owner_id", "status_id", "n"))

    big = Api.of(User.objects.get(pk=1))
    own = Recovery.objects.filter(owner=1).order_by("id")
    assert big.data("GET", "/api/recoveries")["pagination"]["total"] == own.count() > CASES / 4
    assert 0 < big.data("GET", "/api/recoveries?search=societe")["pagination"]["total"] < own.count()
    shown = detail(big, own.first().pk)
    assert (len(shown["invoices"]), shown["debtor"]["company_country"]) == (2, "France")
