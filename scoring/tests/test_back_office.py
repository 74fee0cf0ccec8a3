"""Staff's door: reports that one can read, failed orders tried again, tokens granted."""

import re

import pytest
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from accounts.models import AuditEvent
from scoring.models import Alert, ScoringOrder, Surveillance, TokenAccount, TokenBalance, TokenEntry
from scoring.tasks import check_surveillances
from scoring.tests.partner import Partner, entry, notice
from scoring.tests.people import debtor, invoice, place, work
from tests.backoffice import act, browser_of, chief, page_of
from tests.factories import Api

pytestmark = pytest.mark.django_db

MODELS = (ScoringOrder, Surveillance, Alert, TokenAccount, TokenEntry)


@pytest.fixture
def desk(db: None) -> Client:
    """The back-office before a member of staff who may do everything."""
    return browser_of(chief())


def text(answer: HttpResponse) -> str:
    """A page without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def page(desk: Client, model: type[Model], name: str = "changelist", *args: object) -> str:
    """The text of a page of the room."""
    answer = desk.get(page_of(model, name, *args))
    assert answer.status_code == 200
    return text(answer)


def failed(api: Api) -> ScoringOrder:
    """An order that has failed."""
    place(api, debtor(api))
    order = ScoringOrder.objects.latest("id")
    ScoringOrder.objects.filter(pk=order.pk).update(status="failed", failure="RuntimeError")
    return order


def test_a_report_is_shown_in_words(desk: Client, owner: Api, partner: Partner) -> None:
    partner.notices = [notice()]
    work(place(owner, debtor(owner, invoice(paid="1000.00"))))
    order = ScoringOrder.objects.get()
    told = page(desk, ScoringOrder, "change", order.pk)
    assert "Share of your claims that was paid" in told
    assert "EUR 1000.00 of EUR 1000.00 was paid." in told
    assert "Open insolvency proceedings" in told
    assert "15 / 100" in told
    assert "critical" in told
    assert "BODACC: Asked, and answered." in told
    assert "payment_records" not in told
    assert "paid_share" not in told
    assert "{" not in told.split("Report")[1]
    listed = page(desk, ScoringOrder)
    assert order.order_id in listed
    assert "solvency report, surveillance" in listed


def test_pages_of_every_state(desk: Client, owner: Api) -> None:
    place(owner, debtor(owner))
    assert "pending" in page(desk, ScoringOrder, "change", ScoringOrder.objects.get().pk)
    for model in MODELS:
        page(desk, model)


def test_alerts(desk: Client, owner: Api, partner: Partner, settings: Settings) -> None:
    settings.OPEN_DATA_CACHE_SECONDS = 0
    work(place(owner, debtor(owner)))
    Surveillance.objects.update(checked_on="2020-01-01")
    partner.companies = [entry(etat_administratif="C", closed_on="2026-01-02")]
    check_surveillances()
    assert "The company closed on 2026-01-02." in page(desk, Alert)
    assert "The company closed on 2026-01-02." in page(desk, ScoringOrder, "change", ScoringOrder.objects.get().pk)
    assert "ACME Corporation" in page(desk, Surveillance)


def test_tokens_are_granted(desk: Client, owner: Api) -> None:
    answer = act(desk, TokenAccount.objects.get(pk=owner.user.pk), "grant-tokens", tokens=5, reason="offer")
    assert answer.status_code == 302
    assert "Granted. The balance is 5 now." in page(desk, TokenAccount)
    line = TokenEntry.objects.get()
    assert (line.user, line.amount, line.by.email, line.reason) == (owner.user, 5, "chief@example.com", "offer")
    event = AuditEvent.objects.get(action="grant-tokens")
    assert (event.reason, event.succeeded) == ("offer", True)
    assert "5 granted offer" in page(desk, TokenAccount, "change", owner.user.pk)


@pytest.mark.parametrize("tokens", [0, -3, "many", 10**9, ""])
def test_grants_that_make_no_sense(desk: Client, owner: Api, tokens: object) -> None:
    answer = act(desk, TokenAccount.objects.get(pk=owner.user.pk), "grant-tokens", tokens=tokens, reason="offer")
    assert answer.status_code == 200
    assert TokenEntry.objects.count() == 0


def test_a_failed_order_is_tried_again(desk: Client, owner: Api) -> None:
    order = failed(owner)
    assert "Not enough tokens available" in text(act(desk, order, "retry-order"))
    assert ScoringOrder.objects.get().status == "failed"
    TokenBalance.objects.update(tokens=2)
    assert act(desk, order, "retry-order").status_code == 302
    assert ScoringOrder.objects.get().status == "pending"
    assert TokenEntry.objects.filter(kind="spent").latest("id").by.email == "chief@example.com"


def test_nothing_is_written_by_hand(desk: Client, owner: Api) -> None:
    order = failed(owner)
    for model in MODELS:
        assert desk.get(page_of(model, "add")).status_code == 403
    desk.post(page_of(ScoringOrder, "change", order.pk), {"status": "completed"})
    assert ScoringOrder.objects.get().status == "failed"
    assert desk.post(page_of(ScoringOrder, "delete", order.pk)).status_code == 403
