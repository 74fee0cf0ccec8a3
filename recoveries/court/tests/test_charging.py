"""What the firm bills by itself: transfers and packs of tokens."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from invoicing.billing.services.charges import charge_attempt, charge_bill
from invoicing.models import Charge, FirmInvoice, TokenPack
from invoicing.tasks import sweep_charges
from invoicing.tests.billing.doors import PASSWORD, Panel
from legalcity.celery import app
from legalcity.lib.clock import now
from legalcity.lib.errors import Invalid
from recoveries.court.tests.transfers import transfer_path, transferable, transferred
from recoveries.models import Injunction, InjunctionFee, Recovery
from scoring.models import TokenBalance
from scoring.services.packs import token_pack_sell
from tests.factories import Api
from tests.races import at_once

D = Decimal
COMMITTED = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def eager() -> Iterator[None]:
    """Tasks run at once in this process, whatever broker there is."""
    before, app.conf.task_always_eager = app.conf.task_always_eager, True
    yield
    app.conf.task_always_eager = before


def fee_is(court: str, handling: str) -> None:
    InjunctionFee.objects.update(court_fee=D(court), handling_fee=D(handling))


@COMMITTED
def test_a_transfer_is_billed_to_the_owner(owner: Api, eager: None) -> None:
    fee_is("33.47", "120")
    answer = owner.post(transfer_path(transferable(owner)))
    assert answer.status_code == 200, answer.content
    case = Injunction.objects.get().recovery
    owner.user.set_password(PASSWORD)
    owner.user.save()
    [shown] = Panel.of(owner.user.email).get("invoice").json()
    assert [
        (
            each["code"],
            each["currency_units"],
            each["taxes"][0]["percent"],
            each["invoice_entity_type"],
            each["invoice_entity_id"],
        )
        for each in shown["invoice_items"]
    ] == [("handling-fee", 120, 20, "recovery", str(case.pk)), ("court-fee", 33.47, 0, "recovery", str(case.pk))]
    assert all(case.recovery_reference in each["details"] for each in shown["invoice_items"])
    assert FirmInvoice.objects.get().total == D("177.47")
    assert (shown["client"]["name"], shown["user"]["email"]) == (owner.user.entreprise, owner.user.email)


@COMMITTED
def test_a_charge_is_billed_once_however_often(owner: Api) -> None:
    transferred(owner, transferable(owner))
    charge = Charge.objects.get()
    for _ in range(3):
        assert charge_bill(charge_id=charge.pk) == FirmInvoice.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Charge.objects.create(
            user=charge.user,
            invoice_entity_type=charge.invoice_entity_type,
            invoice_entity_id=charge.invoice_entity_id,
            lines=[],
        )
    assert charge_bill(charge_id=0) is None


@COMMITTED
@pytest.mark.parametrize("off", ["setting", "fee"])
def test_nothing_is_billed_where_there_is_nothing_to_bill(
    off: str, owner: Api, system_setting: Callable[..., None]
) -> None:
    if off == "setting":
        system_setting(BILL_TRANSFERS=False)
    else:
        fee_is("0", "0")
    transferred(owner, transferable(owner))
    assert not Charge.objects.exists()
    assert not FirmInvoice.objects.exists()


@pytest.mark.django_db
def test_a_transfer_that_fails_bills_nothing(owner: Api) -> None:
    case = transferable(owner)
    with transaction.atomic():
        transferred(owner, case)
        assert Charge.objects.exists()
        transaction.set_rollback(True)
    assert not Charge.objects.exists()


@pytest.mark.django_db
def test_a_charge_costs_the_transfer_three_statements(owner: Api) -> None:
    """The client that is billed, the VAT that it bears, the charge."""

    def tables() -> list[str]:
        case = transferable(owner)
        with CaptureQueriesContext(connection) as queries:
            transferred(owner, case)
        named = [re.search(r'(?:FROM|INTO) "(invoicing_\w+)"', query["sql"]) for query in queries]
        return [found[1] for found in named if found and found[1] != "invoicing_invoice"]

    tables()
    assert tables() == ["invoicing_clientuser", "invoicing_vatrule", "invoicing_charge"]


@COMMITTED
def test_a_charge_waits_for_the_details_of_the_firm_and_the_sweep_bills_it(
    owner: Api, eager: None, settings: Settings
) -> None:
    settings.FIRM_DETAILS_REQUIRED = True
    transferred(owner, transferable(owner))
    assert Recovery.objects.filter(type=2).exists()
    assert not FirmInvoice.objects.exists()
    assert sweep_charges() == 0  # It is not old enough to have been left behind.
    Charge.objects.update(due_at=now())
    assert sweep_charges() == 1
    assert not FirmInvoice.objects.exists()
    settings.FIRM_DETAILS_REQUIRED = False
    assert sweep_charges() == 0  # It has just been tried.
    with time_machine.travel(now() + timedelta(minutes=2)):
        assert sweep_charges() == 1
    assert FirmInvoice.objects.get().invoice_number == 1
    assert sweep_charges() == 0


@COMMITTED
def test_a_charge_that_cannot_be_billed_is_met_with_after_longer_and_longer_pauses(owner: Api, eager: None) -> None:
    charge = Charge.objects.create(
        user=owner.user, invoice_entity_type="recovery", invoice_entity_id="1", lines=[{"product": "none", "name": "x"}]
    )
    moment, pauses = now(), []
    for _attempt in range(3):
        with pytest.raises(TypeError), time_machine.travel(moment, tick=False):
            charge_attempt(charge_id=charge.pk, moment=moment)
        charge.refresh_from_db()
        pauses.append(charge.due_at - moment)
    # The first pause is as short as the patience that the sweep has besides.
    assert pauses == [timedelta(minutes=2), timedelta(minutes=2), timedelta(minutes=4)]


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="row locks and races need PostgreSQL")
@COMMITTED
def test_many_workers_bill_many_charges_once_each(
    owner: Api, stranger: Api, system_setting: Callable[..., None]
) -> None:
    charges = [
        Charge.objects.create(
            user=person.user,
            invoice_entity_type="recovery",
            invoice_entity_id=f"{person.user.pk}-{turn}",
            lines=[{"product": "handling-fee", "name": "x", "price": "10.00"}],
        ).pk
        for person in (owner, stranger)
        for turn in range(10)
    ]
    billed = at_once(20, lambda turn: [charge_bill(charge_id=key).pk for key in charges[turn % 10 :: 10] * 2])
    assert len({key for each in billed for key in each}) == 20
    assert sorted(FirmInvoice.objects.values_list("invoice_number", flat=True)) == list(range(1, 21))
    assert FirmInvoice.objects.values("client").distinct().count() == 2


def sold(*arguments: str) -> str:
    out = StringIO()
    call_command("sell_token_pack", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_packs_are_sold_with_their_invoice(owner: Api) -> None:
    assert sold("Owner@example.com", "PACK10", "--packs", "2") == "20 tokens, invoice FA000001: 216.00 EUR\n"
    paper = FirmInvoice.objects.get()
    line = paper.items.get()
    assert (line.quantity, line.currency_units, line.invoice_entity_type) == (2, D("90.00"), "token_pack")
    assert TokenBalance.objects.get(user=owner.user).tokens == 20
    assert owner.user.token_entries.get().reason == paper.reference


@pytest.mark.django_db
@pytest.mark.parametrize(
    "arguments",
    [
        ("nobody@example.com", "PACK10"),
        ("owner@example.com", "NONE"),
        ("owner@example.com", "PACK10", "--packs", "0"),
        ("owner@example.com", "PACK10", "--packs", "101"),
        ("owner@example.com", "PACK50"),
    ],
)
def test_what_cannot_be_sold_leaves_nothing(owner: Api, arguments: tuple[str, ...]) -> None:
    TokenPack.objects.filter(code="PACK50").update(enable=False)
    with pytest.raises(CommandError):
        sold(*arguments)
    assert not FirmInvoice.objects.exists()
    assert not TokenBalance.objects.filter(tokens__gt=0).exists()


@pytest.mark.django_db
def test_no_invoice_no_tokens(owner: Api, settings: Settings) -> None:
    settings.FIRM_DETAILS_REQUIRED = True
    with pytest.raises(Invalid):
        token_pack_sell(user=owner.user, pack=TokenPack.objects.get(code="PACK10"), by=None)
    assert not TokenBalance.objects.filter(tokens__gt=0).exists()
