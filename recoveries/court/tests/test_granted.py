"""What an order grants, by head: entered with its day, told to the client."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from law.vocabulary import Step
from legalcity.lib.clock import today
from recoveries.court.procedure import procedure_record
from recoveries.court.tests.transfers import transferable, transferred
from recoveries.desk.tests.pages import assert_refused, followed, words
from recoveries.ledger.checking import ledger_check
from recoveries.ledger.services import acompte_record
from recoveries.models import CaseBalance, Injunction, Recovery, StatusChange
from tests.backoffice import act, browser_of, chief, page_of
from tests.factories import Api, detail

pytestmark = pytest.mark.django_db
COURT = {"court_type": "tribunal_de_commerce", "court_territory": "FR"}
HEADS = ("principal", "interest", "indemnity", "penalty", "cost")


@pytest.fixture
def office(db: None) -> Client:
    """The browser of a member of staff who may do everything."""
    return browser_of(chief(language="en"))


@pytest.fixture
def cases(owner: Api) -> tuple[int, Recovery]:
    """The original case by its id, and the injunction case."""
    original = transferable(owner, invoices=[{"invoice_date": "2026-01-01", "invoice_due_date": "2026-01-31"}])
    return original, Recovery.objects.get(pk=transferred(owner, original))


def test_it_is_entered_with_the_order_and_told_on_both_cases(
    office: Client, owner: Api, cases: tuple[int, Recovery]
) -> None:
    original, case = cases
    assert detail(owner, original)["injunction"]["granted"] is None
    order = {**COURT, "filed_on": "02/02/2026", "order_made_on": "02/03/2026"}
    followed(office, case, "record-dates", **order)
    assert detail(owner, original)["injunction"]["granted"] == dict.fromkeys(HEADS)
    said = words(followed(office, case, "record-dates", **order, granted_principal="40,00", granted_penalty="0"))
    assert "Granted as principal, EUR 40.00" in said
    assert "Granted as penalty, EUR 0.00" in said
    told = {**dict.fromkeys(HEADS), "principal": "40.00", "penalty": "0.00"}
    assert detail(owner, original)["injunction"]["granted"] == told
    assert detail(owner, case.pk)["injunction"]["granted"] == told


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"granted_principal": "10"}, "When was the order made?"),
        (
            {"order_made_on": "02/03/2026", "granted_amount": "10", "granted_principal": "9", "granted_cost": "1.01"},
            "The heads come to more than what was granted in all.",
        ),
        (
            {"order_made_on": "02/03/2026", "granted_principal": "100.01"},
            "Under this head 100.00 € was owed on",
        ),
        ({"order_made_on": "02/03/2026", "granted_amount": "1000000"}, "In all "),
        ({"order_made_on": "02/03/2026", "granted_cost": "1000000"}, "Under this head "),
        ({"order_made_on": "02/03/2026", "granted_principal": "-1"}, "This cannot be below zero."),
        ({"order_made_on": "02/03/2026", "granted_principal": "1" + "0" * 30}, "digits"),
        ({"order_made_on": "02/03/2026", "granted_principal": "x"}, "Enter a number."),
    ],
)
def test_what_cannot_be_is_refused(
    office: Client, cases: tuple[int, Recovery], sent: dict[str, str], sentence: str
) -> None:
    _original, case = cases
    assert_refused(act(office, case, "record-dates", **COURT, **sent), sentence)
    address = page_of(Injunction, "change", case.injunction.pk)
    assert office.post(address, {**COURT, **sent}).status_code == 200
    assert Injunction.objects.get().granted_principal is None


def test_the_database_takes_nothing_below_zero(cases: tuple[int, Recovery]) -> None:
    for head in HEADS:
        values: dict[str, Any] = {f"granted_{head}": Decimal("-0.01")}
        with pytest.raises(IntegrityError), transaction.atomic():
            Injunction.objects.update(**values)


def test_a_case_is_paid_when_no_more_was_granted_and_open_again_when_that_was_a_mistake(
    owner: Api, cases: tuple[int, Recovery]
) -> None:
    _original, case = cases
    acompte_record(recovery_id=case.pk, amount=Decimal("40.00"), day=date(2026, 2, 10), confirmed=True, by=None)
    order: dict[str, Any] = {"order_made_on": date(2026, 3, 2), "granted_amount": Decimal("0.00")}

    def recorded(**values: Any) -> tuple[int, Decimal, int]:
        procedure_record(recovery_id=case.pk, values=values, today=today(), by=None)
        moves = StatusChange.objects.filter(recovery=case, to_status_id=Step.PAID_IN_COURT).count()
        return Recovery.objects.get(pk=case.pk).status_id, CaseBalance.objects.get(pk=case.pk).due, moves

    status, due, moves = recorded(**order)
    assert (status, moves) == (case.status_id, 0)
    assert due > 0
    assert recorded(served_on=date(2026, 3, 20)) == (Step.PAID_IN_COURT, 0, 1)
    assert recorded(file_number="26/1") == (Step.PAID_IN_COURT, 0, 1)
    assert ledger_check(recovery_id=case.pk, repair=False)[0] == frozenset()
    assert recorded(granted_amount=None) == (case.status_id, due, 1)
