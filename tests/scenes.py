"""Scenes that tell events, beside those of cases: what comes before the `yield` is the beginning, the rest is told."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from constance import config as system_settings

from accounts.models import ApiKey
from accounts.services import access_revoke, key_issue, key_revoke
from invoicing.billing.services.issuing import invoice_credit, invoice_issue
from invoicing.billing.services.payments import payment_record
from invoicing.models import BillingClient, ClientUser, ProtectedInvoice, TokenPack
from invoicing.protected.services import protected_status_change
from invoicing.tests.billing.papers import draft, issued
from law.account.facts import NoticeState
from law.notices import Channel
from law.vocabulary import Reminder
from legalcity.lib.clock import now, today
from recoveries.agenda.follow_ups import promise_note
from recoveries.court.clocks import alerts_record
from recoveries.court.procedure import procedure_record
from recoveries.court.tests.transfers import transferable, transferred
from recoveries.court.transfer import transfer_carry_out, transfer_fail, transfer_request
from recoveries.ledger.remittances import remittance_record
from recoveries.ledger.services import acompte_record
from recoveries.letters.channels.delivering import message_deliver, messages_interrupted
from recoveries.letters.channels.facts import fact_record
from recoveries.letters.channels.receipt_posting import receipt_posted
from recoveries.letters.scenarios.pausing import scenario_pause, scenario_resume, scenario_stop
from recoveries.letters.scenarios.switching import case_switch
from recoveries.letters.scenarios.ticking import tick
from recoveries.letters.services import message_send
from recoveries.models import Acompte, DeadlineAlert, Enrolment, Injunction, Message, Recovery, ScenarioVersion
from recoveries.services.notices import notice_enter, notice_follow
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
def _received(case: int, day: date, **more: Any) -> Acompte:
    return acompte_record(recovery_id=case, amount=Decimal(50), day=day, confirmed=True, by=None, **more)


@tells("payment.reallocated", "payment.recorded")
def an_earlier_payment_that_comes_later(owner: Api) -> Iterator[None]:
    interest = {"recovery_late_interest": True, "recovery_interest_rate": "yes 3"}
    case = case_id(owner, recovery=interest)
    _received(case, today())
    yield
    _received(case, today() - timedelta(3))


@tells("remittance.sent")
def money_that_is_handed_over(owner: Api) -> Iterator[None]:
    _received(case_id(owner), today())
    yield
    values = {"expected": Decimal(50), "fees": Decimal(5), "paid_on": today(), "reference": "Hush"}
    remittance_record(owner_id=owner.user.pk, by=None, **values)


# --- messages --------------------------------------------------------------------------------------------------------
def _letter(owner: Api) -> Message:
    case = case_id(owner, invoices=[{"invoice_date": "2025-09-01", "invoice_due_date": "2025-10-01"}])
    return message_send(case_id=case, kind=Reminder.FIRST, to="debtor@example.com", by=None)


@tells("message.sent")
def a_letter(owner: Api) -> Iterator[None]:
    letter = _letter(owner)
    yield
    for _time in range(2):
        message_deliver(message_id=letter.pk, moment=now())


@tells("message.held")
def a_letter_that_may_not_leave_any_more(owner: Api) -> Iterator[None]:
    letter = _letter(owner)
    move(letter.recovery_id, 9)
    yield
    for _time in range(2):
        message_deliver(message_id=letter.pk, moment=now())


@tells("message.failed")
def a_letter_whose_worker_was_lost(owner: Api) -> Iterator[None]:
    letter = _letter(owner)
    Message.objects.filter(pk=letter.pk).update(state=Message.State.SENDING, claimed_until=now() - timedelta(1))
    yield
    for _time in range(2):
        messages_interrupted(moment=now())


@tells("message.bounced")
def a_letter_that_comes_back(owner: Api) -> Iterator[None]:
    letter = _letter(owner)
    message_deliver(message_id=letter.pk, moment=now())
    yield
    for _time in range(2):
        fact_record(message_id=letter.pk, kind="bounced", at=now(), source="smtp", provider_id="<1@mx.example>")


def _in_scenario(owner: Api, **debtor: str) -> Enrolment:
    """A case that has entered *Standard*, whose first step is due."""
    case = case_id(owner, debtor=debtor, invoices=[{"invoice_date": "2025-09-01", "invoice_due_date": "2025-10-01"}])
    version = ScenarioVersion.objects.get(scenario__code="standard")
    enrolment = case_switch(recovery_id=case, version=version, by=None)
    Enrolment.objects.update(next_due_at=now(), entered_at=now() - timedelta(30))
    return enrolment


@tells("scenario.started")
def a_case_that_enters_a_scenario(owner: Api) -> Iterator[None]:
    case = case_id(owner)
    yield
    for _time in range(2):
        case_switch(recovery_id=case, version=ScenarioVersion.objects.get(scenario__code="standard"), by=None)


@tells("scenario.step_skipped")
def a_step_that_may_not_be(owner: Api) -> Iterator[None]:
    _in_scenario(owner, company_email="jane@xyz.com")  # The debtor's address is the creditor's.
    system_settings.SCENARIOS_RUNNING = True
    yield
    for _time in range(2):
        tick()


@tells("scenario.step_done")
def a_step_for_a_person(owner: Api) -> Iterator[None]:
    _in_scenario(owner)
    Enrolment.objects.update(position=1)
    system_settings.SCENARIOS_RUNNING = True
    yield
    for _time in range(2):
        tick()


@tells("scenario.paused", "scenario.resumed")
def a_scenario_that_rests(owner: Api) -> Iterator[None]:
    case = _in_scenario(owner).recovery_id
    yield
    for _time in range(2):
        scenario_pause(recovery_id=case, reason="Hush", until=None, by=None)
    for _time in range(2):
        scenario_resume(recovery_id=case, by=None)


@tells("scenario.finished")
def a_scenario_that_is_stopped(owner: Api) -> Iterator[None]:
    case = _in_scenario(owner).recovery_id
    yield
    scenario_stop(recovery_id=case, reason="Hush", by=None)


@tells("message.sent")
def a_receipt_that_goes_by_post(owner: Api) -> Iterator[None]:
    case = case_id(owner, debtor={"company_email": None})
    _received(case, today())
    yield
    receipt_posted(message_id=Message.objects.get(recovery=case).pk, by=None)


def _notice(case: int) -> Any:
    sent = {"channel": Channel.REGISTERED.value, "state": NoticeState.SENT.value, "sent_on": today() - timedelta(3)}
    return notice_enter(recovery_id=case, by=None, **sent)


@tells("message.sent")
def a_formal_notice(owner: Api) -> Iterator[None]:
    case = case_id(owner)
    yield
    _notice(case)


def _outcome(owner: Api, state: NoticeState) -> Iterator[None]:
    notice = _notice(case_id(owner))
    days = {"presented_on": today(), "received_on": today() if state == NoticeState.RECEIVED else None}
    yield
    for _time in range(2):
        notice_follow(recovery_id=notice.recovery_id, notice_id=notice.pk, state=state.value, by=None, **days)


@tells("message.delivered")
def a_formal_notice_that_was_received(owner: Api) -> Iterator[None]:
    yield from _outcome(owner, NoticeState.RECEIVED)


@tells("message.returned")
def a_formal_notice_that_nobody_fetched(owner: Api) -> Iterator[None]:
    yield from _outcome(owner, NoticeState.UNCLAIMED)


@tells("message.refused")
def a_formal_notice_that_was_refused(owner: Api) -> Iterator[None]:
    yield from _outcome(owner, NoticeState.REFUSED)


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
