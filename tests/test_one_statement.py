"""Writes that wait for the end of their block, and go out together (PostgreSQL)."""

from contextlib import suppress
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from companies.models import Company
from events.models import Event
from events.services import Ref, event_record
from invoicing.models import Invoice
from legalcity.lib.many_rows import rows_create
from legalcity.lib.one_statement import keys_taken, one_statement, write
from recoveries.events import RECOVERY_DELETED
from recoveries.ledger.posting_models import Posting
from recoveries.models import Recovery
from tests.factories import ApiUserFactory

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite writes at once"),
    pytest.mark.django_db,
]


def companies(many: int) -> list[Company]:
    owner = ApiUserFactory()
    return [Company(owner=owner, company_legalrep_lastname=f"Number {place}") for place in range(many)]


def tell(owner_id: int, recovery_id: int, changes: Any = None) -> None:
    of_case = {"type": "recovery", "id": recovery_id, "recovery_reference": "REC-AB12CD", "type_id": 1}
    event_record(
        type=RECOVERY_DELETED,
        owner_id=owner_id,
        obj=Ref("recovery", recovery_id),
        data={"object": of_case},
        changes=changes,
    )


def test_what_is_written_waits_for_the_end_and_has_its_keys_before() -> None:
    rows = companies(3)
    with CaptureQueriesContext(connection) as asked:
        with one_statement({Company: 3}):
            rows_create(rows[:2])
            rows_create(rows[2:])
            assert len(asked) == 1  # the keys
        assert len(asked) == 2
    found = dict(Company.objects.values_list("pk", "company_legalrep_lastname"))
    assert found == {row.pk: row.company_legalrep_lastname for row in rows}
    assert len(found) == 3


def test_a_block_that_fails_writes_nothing() -> None:
    with suppress(LookupError), one_statement({Company: 1}):
        rows_create(companies(1))
        keys_taken(Company, 1)
    assert not Company.objects.exists()
    rows_create(companies(1))  # Nothing waits any more.
    assert Company.objects.count() == 1


def test_more_rows_than_keys_are_a_fault_of_the_program() -> None:
    with pytest.raises(LookupError, match="no keys were reserved for 2 rows of Company"), one_statement({Company: 1}):
        rows_create(companies(2))


def test_events_that_are_told_one_by_one_in_a_block_are_all_written() -> None:
    owner = ApiUserFactory()
    with transaction.atomic(), one_statement({}):
        tell(owner.pk, 25)
        tell(owner.pk, 26, {"stones": {"1": {"word": ["a", "b"]}}})
        tell(owner.pk, 27)
        assert not Event.objects.filter(recovery_id=27).exists()
    told = Event.objects.filter(owner=owner, type=RECOVERY_DELETED.code).order_by("pk")
    assert [event.object_id for event in told] == ["25", "26", "27"]


def test_sequences_are_named_as_keys_are_reserved_by() -> None:
    for model in (Company, Recovery, Invoice, Posting):
        table, key = model._meta.db_table, model._meta.pk.column
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [table, key])
            assert cursor.fetchall() == [(f"public.{table}_{key}_seq",)]


def test_reserving_keys_is_planned_once() -> None:
    for many in range(1, 21):  # The driver prepares after five times, PostgreSQL decides after five more.
        with one_statement({Company: many}):
            assert len(keys_taken(Company, many)) == many
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(generic_plans) FROM pg_prepared_statements WHERE statement LIKE 'SELECT ARRAY(%'")
        assert cursor.fetchone()[0] > 0


def test_writes_are_carried_out_in_the_order_in_which_they_were_told() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE heard (name text) ON COMMIT DROP")
        with one_statement({}):
            for name in ("first", "second", "third"):
                write("INSERT INTO heard SELECT %s::text", [name])
        cursor.execute("SELECT name FROM heard ORDER BY ctid")
        assert [name for (name,) in cursor.fetchall()] == ["first", "second", "third"]
