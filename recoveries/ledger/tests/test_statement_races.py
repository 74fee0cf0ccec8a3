"""Statements that several make at once: numbers without a gap, and one for each client and month."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection

from documents.tests.conftest import folder  # noqa: F401 - a fixture
from legalcity.lib.clock import now, today
from recoveries.desk.tests.pages import case_of
from recoveries.ledger.services import acompte_record
from recoveries.ledger.statements import statements_make
from recoveries.models import ClientStatement
from tests.factories import Api, ApiUserFactory
from tests.races import at_once

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="races need PostgreSQL"),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.usefixtures("folder"),
]


def held_of(number: int) -> None:
    """A client for whom money came in, and is still held."""
    case = case_of(Api.of(ApiUserFactory(email=f"client-{number}@example.com")))
    acompte_record(recovery_id=case.pk, amount=Decimal(10), day=today(), confirmed=True, by=None)


def test_four_who_make_them_at_once_leave_no_gap_and_none_twice() -> None:
    for number in range(6):
        held_of(number)
    month = today().replace(day=1)
    with time_machine.travel(now() + timedelta(days=40)):
        made = at_once(4, lambda _turn: statements_make(month=month, by=None))
    rows = list(ClientStatement.objects.order_by("number").values_list("number", "owner_id"))
    assert sum(made) == len(rows) == 6
    assert [number for number, _owner in rows] == list(range(1, 7))
    assert len({owner for _number, owner in rows}) == 6
