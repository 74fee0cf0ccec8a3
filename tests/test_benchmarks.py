"""The portfolios that `make bench` measures with: they fit the tables, and are what the product would have written."""

import importlib
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.management import call_command
from django.db import connection

from accounts.models import User
from benchmarks.databases import write_rows
from companies.models import Company
from invoicing.models import Invoice
from legalcity.lib.clock import today
from recoveries.ledger.balances import balance_of
from recoveries.ledger.gathering import told_by_case, with_terms
from recoveries.ledger.reckoning import reckoned
from recoveries.models import CaseBalance, CaseCount, Recovery
from recoveries.services.deadlines import next_deadlines_refresh, stale_deadlines
from tests.counts import case_counts_rebuild
from tests.factories import Api, detail
from tests.written import TABLES, newest, written

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="benchmarks fill PostgreSQL"),
    pytest.mark.django_db,
]
CASES = 150
SEVERAL = {"companies_company": 2, "invoicing_invoice": 3, "recoveries_line": 6}


def test_the_rows_are_whole() -> None:
    connection.ensure_connection()
    write_rows(connection.connection, CASES)
    next_deadlines_refresh(recovery_ids=stale_deadlines())  # As every morning: no SQL knows the legal dates.
    said = StringIO()
    call_command("check_copies", stdout=said)
    assert said.getvalue() == "0 cases differed\n"
    for row in (*Company.objects.all(), *Invoice.objects.all()):
        assert row.search_text == type(row)._meta.get_field("search_text").pre_save(row, False)
    written = set(CaseCount.objects.values_list("owner_id", "status_id", "n"))
    case_counts_rebuild()
    assert written == set(CaseCount.objects.values_list("owner_id", "status_id", "n"))

    cases = list(with_terms(Recovery.objects.all()))
    kept = CaseBalance.objects.in_bulk()
    told = told_by_case(cases)
    real = {one.pk: balance_of(one, reckoned(told[one.pk].facts, today()), today()).due for one in cases}
    assert real == {pk: row.due for pk, row in kept.items()}

    big = Api.of(User.objects.get(pk=1))
    own = Recovery.objects.filter(owner=1).order_by("id")
    assert big.data("GET", "/api/recoveries")["pagination"]["total"] == own.count() > CASES / 4
    assert 0 < big.data("GET", "/api/recoveries?search=societe")["pagination"]["total"] < own.count()
    shown = detail(big, own.first().pk)
    assert (len(shown["invoices"]), shown["debtor"]["company_country"]) == (2, "France")


def test_the_ceiling_shows_a_case_as_the_product_does(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    connection.ensure_connection()
    write_rows(connection.connection, CASES)
    statement = _ceiling(monkeypatch, tmp_path).DETAIL
    big = Api.of(User.objects.get(pk=1))
    for case in Recovery.objects.filter(owner=1).order_by("id")[:5]:
        with connection.cursor() as cursor:
            cursor.execute(statement, [case.pk, 1])
            assert json.loads(cursor.fetchone()[0])["data"] == detail(big, case.pk)


def test_the_ceiling_writes_the_rows_of_a_complete_case_as_the_product_does(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    connection.ensure_connection()
    write_rows(connection.connection, CASES)
    ceiling = _ceiling(monkeypatch, tmp_path, "complete")
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "benchmarks"))
    body = importlib.import_module("calls").complete("", 3).body
    big = Api.of(User.objects.get(pk=1))
    before = newest()
    assert big.data("POST", "/api/recoveries/complete", body, status=201)
    by_product, before = written(before), newest()
    with connection.cursor() as cursor:
        cursor.execute(ceiling.COMPLETE, ceiling.values_of(1, body))
    assert written(before) == by_product
    assert {table: len(rows) for table, rows in by_product.items()} == {**dict.fromkeys(TABLES, 1), **SEVERAL}


def _ceiling(monkeypatch: pytest.MonkeyPatch, folder: Path, part: str = "detail") -> Any:
    """A part of the bare application, which finds its services when it is read."""
    key = folder / "jwt.pem"
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    key.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    names = connection.settings_dict
    address = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**names)
    for name, value in {"JWT_PRIVATE_KEYS": key, "DATABASE_URL": address, "REDIS_URL": "redis://127.0.0.1"}.items():
        monkeypatch.setenv(name, str(value))
    return importlib.import_module(f"benchmarks.ceiling.{part}")
