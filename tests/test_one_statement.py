"""Writes that wait for the end of their block, and go out together (PostgreSQL)."""

from contextlib import suppress

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from companies.models import Company
from events.models import Event
from events.services import Ref, event_record
from legalcity.lib.many_rows import rows_create
from legalcity.lib.one_statement import keys_taken, one_statement
from recoveries.events import RECOVERY_DELETED
from tests.factories import ApiUserFactory

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite writes at once"),
    pytest.mark.django_db,
]


def companies(many: int) -> list[Company]:
    owner = ApiUserFactory()
    return [Company(owner=owner, company_legalrep_lastname=f"Number {place}") for place in range(many)]


def tell(owner_id: int, recovery_id: int) -> None:
    of_case = {"type": "recovery", "id": recovery_id, "recovery_reference": "REC-AB12CD", "type_id": 1}
    event_record(
        type=RECOVERY_DELETED, owner_id=owner_id, obj=Ref("recovery", recovery_id), data={"object": of_case}, by=None
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
        tell(owner.pk, 26)
        assert not Event.objects.filter(recovery_id=26).exists()
    told = Event.objects.filter(owner=owner, type=RECOVERY_DELETED.code).order_by("pk")
    assert [event.object_id for event in told] == ["25", "26"]
