"""Scenes that tell events, beside those of cases: what comes before the `yield` is the beginning, the rest is told."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import ApiKey
from accounts.services import access_revoke, key_issue, key_revoke
from invoicing.billing.services.issuing import invoice_credit, invoice_issue
from invoicing.billing.services.payments import payment_record
from invoicing.models import BillingClient, ClientUser, ProtectedInvoice, TokenPack
from invoicing.protected.services import protected_status_change
from invoicing.tests.billing.papers import draft, issued
from legalcity.lib.clock import now, today
from recoveries.agenda.follow_ups import promise_note
from recoveries.court.clocks import alerts_record
from recoveries.court.procedure import procedure_record
from recoveries.court.tests.transfers import transferable, transferred
from recoveries.court.transfer import transfer_carry_out, transfer_fail, transfer_request
from recoveries.ledger.remittances import remittance_record
from recoveries.ledger.services import acompte_record
from recoveries.models import Acompte, DeadlineAlert, Injunction, Recovery
from scoring.models import Alert, ScoringOrder, Surveillance
from scoring.services import pipeline, watching
from scoring.services.packs import token_pack_sell
from scoring.services.tokens import tokens_grant
from tests.factories import Api, OrderBody, ProtectedInvoiceBody, case_id, move

Scene = Callable[[Api], Iterator[None]]
SCENES: list[tuple[Scene, list[str]]] = []


def tells(*codes: str) -> Callable[[Scene], Scene]:
    """Decorator: a scene that tells these and nothing else, in this order."""

    def register(scene: Scene) -> Scene:
        SCENES.append((scene, list(codes)))
        return scene

    return register


# --- court -----------------------------------------------------------------------------------------------------------
def _asked(owner: Api, case: int) -> Any:
    return transfer_request(recovery=Recovery.objects.get(pk=case), by=owner.user)


@tells("transfer.requested", "transfer.completed", "recovery.created", "recovery.status_changed")
def a_transfer(owner: Api) -> Iterator[None]:
    case = transferable(owner)
    yield
    transferred(owner, case)


@tells("transfer.refused")
def a_transfer_that_may_not_be(owner: Api) -> Iterator[None]:
    request = _asked(owner, case_id(owner))
    move(request.recovery_id, 9)
    yield
    transfer_carry_out(request_id=request.pk, today=today())


@tells("transfer.failed")
def a_transfer_that_broke(owner: Api) -> Iterator[None]:
    request = _asked(owner, case_id(owner))
    yield
    for _time in range(2):
        transfer_fail(request_id=request.pk)


@tells("procedure.updated")
def a_date_of_a_procedure(owner: Api) -> Iterator[None]:
    case = transferred(owner, transferable(owner))
    yield
    values = {"filed_on": today(), "court_name": "Hush", "file_number": "Hush"}
    for _time in range(2):
        procedure_record(recovery_id=case, values=values, today=today(), by=None)


@tells("procedure.updated", "procedure.fee_paid")
def a_fee_of_a_procedure(owner: Api) -> Iterator[None]:
    case = transferred(owner, transferable(owner))
    yield
    procedure_record(recovery_id=case, values={"fee_paid_on": today()}, today=today(), by=None)


def _served(owner: Api, days_ago: int) -> int:
    """A case in court whose order waits for service since then."""
    case = transferred(owner, transferable(owner))
    day = today() - timedelta(days_ago)
    Injunction.objects.filter(recovery=case).update(filed_on=day, order_made_on=day)
    return case


@tells("deadline.approaching")
def a_date_that_is_near(owner: Api) -> Iterator[None]:
    _served(owner, 5)
    yield
    for _time in range(2):
        alerts_record(days=365, today=today())


@tells("deadline.passed")
def a_date_that_is_over(owner: Api) -> Iterator[None]:
    _served(owner, 5)
    alerts_record(days=365, today=today())
    day = DeadlineAlert.objects.get().date + timedelta(1)
    yield
    for _time in range(2):
        alerts_record(days=365, today=day)


# --- money -----------------------------------------------------------------------------------------------------------
def received(case: int, day: date, **more: Any) -> Acompte:
    return acompte_record(recovery_id=case, amount=Decimal(50), day=day, confirmed=True, by=None, **more)


@tells("payment.reallocated", "payment.recorded")
def an_earlier_payment_that_comes_later(owner: Api) -> Iterator[None]:
    interest = {"recovery_late_interest": True, "recovery_interest_rate": "yes 3"}
    case = case_id(owner, recovery=interest)
    received(case, today())
    yield
    received(case, today() - timedelta(3))


@tells("remittance.sent")
def money_that_is_handed_over(owner: Api) -> Iterator[None]:
    received(case_id(owner), today())
    yield
    values = {"expected": Decimal(50), "fees": Decimal(5), "paid_on": today(), "reference": "Hush"}
    remittance_record(owner_id=owner.user.pk, by=None, **values)


# --- scoring ---------------------------------------------------------------------------------------------------------
def _order(owner: Api) -> ScoringOrder:
    tokens_grant(user=owner.user, amount=4)
    shown = owner.data("GET", f"/api/recoveries/{case_id(owner)}")
    ordered = owner.data("POST", "/api/scoring/order", OrderBody(company_id=shown["debtor"]["id"]))
    return ScoringOrder.objects.get(order_id=ordered["order_id"])


@tells("tokens.granted")
def tokens_that_are_granted(owner: Api) -> Iterator[None]:
    yield
    tokens_grant(user=owner.user, amount=4, reason="Hush")


@tells("tokens.spent")
def an_order(owner: Api) -> Iterator[None]:
    tokens_grant(user=owner.user, amount=4)
    shown = owner.data("GET", f"/api/recoveries/{case_id(owner)}")
    yield
    owner.data("POST", "/api/scoring/order", OrderBody(company_id=shown["debtor"]["id"]))


@tells("scoring_order.completed")
def an_order_that_is_done(owner: Api) -> Iterator[None]:
    order = _order(owner)
    yield
    for _time in range(2):
        pipeline.order_process(order_pk=order.pk, moment=now())


@tells("scoring_order.failed")
def an_order_that_is_given_up(owner: Api) -> Iterator[None]:
    order = _order(owner)
    ScoringOrder.objects.filter(pk=order.pk).update(attempts=pipeline.JOB.most_attempts)
    yield
    pipeline.order_process(order_pk=order.pk, moment=now())


@tells("surveillance.alert", "surveillance.alert", "insolvency.detected")
def a_company_that_has_changed(owner: Api) -> Iterator[None]:
    order = _order(owner)
    watch = Surveillance.objects.create(
        order=order, starts_on=today(), ends_on=today() + timedelta(30), checked_on=today() - timedelta(1)
    )
    kinds = [Alert.Kind.ADDRESS, Alert.Kind.INSOLVENCY_NOTICE]
    found = [watching.Change(kind, "Hush", {"title": "Jane"}) for kind in kinds]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(watching, "changes", lambda *_known: found)
        yield
        for day in (today(), today() + timedelta(1)):
            watching.surveillance_check(surveillance_id=watch.pk, today=day, moment=now())


# --- protected invoices, invoices of the firm ------------------------------------------------------------------------
@tells("protected_invoice.created")
def a_protected_invoice(owner: Api) -> Iterator[None]:
    yield
    owner.data("POST", "/api/protected-invoices", ProtectedInvoiceBody())


@tells("protected_invoice.status_changed")
def a_protected_invoice_that_is_paid(owner: Api) -> Iterator[None]:
    pk = owner.data("POST", "/api/protected-invoices", ProtectedInvoiceBody())["id"]
    yield
    for _time in range(2):
        protected_status_change(invoice_id=pk, to_status=ProtectedInvoice.Status.PAID, by=None)


def _of(owner: Api, paper: Any) -> Any:
    """A paper of the firm, whose client the owner alone belongs to."""
    ClientUser.objects.filter(client=paper.client_id).delete()
    ClientUser.objects.create(user=owner.user, client=BillingClient.objects.get(pk=paper.client_id))
    return paper


@tells("firm_invoice.issued")
def an_invoice_of_the_firm(owner: Api) -> Iterator[None]:
    paper = _of(owner, draft())
    yield
    invoice_issue(invoice_id=paper.pk)


@tells("firm_invoice.issued")
def a_credit_note_of_the_firm(owner: Api) -> Iterator[None]:
    paper = _of(owner, issued())
    yield
    invoice_credit(invoice_id=paper.pk, by=None, reason="Hush")


@tells("firm_invoice.paid")
def an_invoice_of_the_firm_that_is_paid(owner: Api) -> Iterator[None]:
    paper = _of(owner, issued())
    payment_record(invoice_id=paper.pk, amount=Decimal(1), paid_on=today(), by=None)
    yield
    payment_record(invoice_id=paper.pk, amount=paper.total - 1, paid_on=today(), by=None)


@tells("firm_invoice.issued", "tokens.granted")
def a_pack_of_tokens(owner: Api) -> Iterator[None]:
    yield
    token_pack_sell(user=owner.user, pack=TokenPack.objects.filter(enable=True)[0], by=None)


@tells("promise.made")
def a_promise(owner: Api) -> Iterator[None]:
    case = case_id(owner)
    yield
    promise_note(recovery_id=case, amount=Decimal("50.00"), promised=today(), by=None)


# --- keys ------------------------------------------------------------------------------------------------------------
@tells("api_key.issued")
def a_key(owner: Api) -> Iterator[None]:
    yield
    key_issue(user=owner.user)


@tells("api_key.revoked")
def a_key_that_is_revoked(owner: Api) -> Iterator[None]:
    key = ApiKey.objects.get(user=owner.user)
    yield
    for _time in range(2):
        key_revoke(api_key=key)


@tells("api_key.revoked", "api_key.revoked")
def all_keys_that_are_revoked(owner: Api) -> Iterator[None]:
    key_issue(user=owner.user)
    yield
    for _time in range(2):
        access_revoke(user=owner.user)
