"""Every action of the back-office, carried out as staff do it, leaves its row in the audit."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from axes.models import AccessAttempt
from constance import config as system_settings
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import AccessToken, ApiKey, AuditEvent, User
from backoffice.admins import StaffAdmin
from backoffice.registry import Registered, registered_actions
from companies.contacts import contact_add
from documents.models import Document, SignatureRequest
from documents.services.storage import file_keep
from documents.tests.samples import image
from events.calls import ACTS
from events.models import Event, Notice
from events.notices.delivery import recipient_hold
from events.webhooks.models import Delivery, Endpoint
from invoicing.models import Charge, ProtectedInvoice, Tax, TokenPack
from invoicing.tests.billing.papers import draft, issued, item_ids
from law.account.facts import ClaimKind, Head
from law.vocabulary import Step
from legalcity.lib.clock import now, today
from recoveries.agenda.services import task_open
from recoveries.court.hold import hold_lift
from recoveries.court.tests.transfers import transferable, transferred
from recoveries.court.transfer import transfer_carry_out
from recoveries.ledger.acknowledgements import acknowledgement_record
from recoveries.ledger.reductions import waiver_record
from recoveries.ledger.remittances import remittance_record
from recoveries.ledger.services import acompte_record, dette_record
from recoveries.letters.party_facts import party_fact_enter
from recoveries.letters.scenarios.drawing import draft_open
from recoveries.letters.scenarios.pausing import scenario_pause
from recoveries.letters.scenarios.switching import case_switch
from recoveries.letters.services import message_send
from recoveries.letters.wording.services import draft_begin
from recoveries.models import (
    ClientStatement,
    Comment,
    InboundMail,
    Message,
    Recovery,
    Scenario,
    ScenarioVersion,
    Template,
    TemplateVersion,
    TransferRequest,
)
from recoveries.services.pins import note_pin
from scoring.models import ScoringOrder, TokenAccount
from scoring.services.tokens import tokens_grant
from tests.backoffice import act, act_on_rows, browser_of, chief, page_of
from tests.factories import Api, ApiUserFactory, OrderBody, ProtectedInvoiceBody, case_id, file_case, move
from tests.letters import FREE
from tests.races import at_once
from tests.told import last_event, told_since

pytestmark = pytest.mark.django_db

PAYMENT = {"amount": "10.00", "day": "2026-01-05"}
REDUCTION = {**PAYMENT, "reason": "Agreed on the telephone."}
DEBT = {**PAYMENT, "label": "Deposit", "head": "deposit"}


@dataclass
class Example:
    """A thing that an action is offered for, and what its form is filled in with."""

    thing: models.Model
    data: dict[str, Any] = field(default_factory=dict)


def _user_with_second_factor(_owner: Api) -> Example:
    user = ApiUserFactory(email="second@example.com", is_staff=True)
    TOTPDevice.objects.create(user=user, name="telephone", confirmed=True)
    return Example(user, {"reason": "Lost telephone, called back."})


def _attempt(_owner: Api) -> Example:
    return Example(
        AccessAttempt.objects.create(
            username="ann@example.com", ip_address="192.0.2.1", failures_since_start=5, get_data="", post_data=""
        )
    )


def _document(owner: Api, state: str) -> Document:
    return Document.objects.create(recovery_id=case_id(owner), author=owner.user, name="contract.pdf", state=state)


def _signature(owner: Api) -> Example:
    document = _document(owner, "ready")
    return Example(
        SignatureRequest.objects.create(document=document, signer_name="Ann Martin", signer_email="ann@example.com")
    )


def _failed_order(owner: Api) -> Example:
    tokens_grant(user=owner.user, amount=4)
    company = file_case(owner)["debtor"]["id"]
    owner.data("POST", "/api/scoring/order", OrderBody(company_id=company))
    ScoringOrder.objects.update(status=ScoringOrder.Status.FAILED)
    return Example(ScoringOrder.objects.get())


def _case(owner: Api) -> Recovery:
    return Recovery.objects.get(pk=case_id(owner))


def _taken(owner: Api) -> Example:
    case = _case(owner)
    taker = User.objects.filter(is_staff=True).order_by("-pk").first() or chief(email="taker@example.com")
    act(browser_of(taker), case, "take")
    return Example(Recovery.objects.get(pk=case.pk))


def _case_with_sole_trader(owner: Api) -> Example:
    case = Recovery.objects.get(pk=file_case(owner, debtor={"company_type": "freelance"})["recovery"]["id"])
    return Example(case, {"side": "debtor", "quality": "professional"})


def _case_with_comment(owner: Api) -> Example:
    comment = Comment.objects.create(recovery=_case(owner), html="<p>x</p>", text="x")
    return Example(comment.recovery, {"read": comment.pk})


def _task(owner: Api, **data: Any) -> Example:
    task = task_open(kind="call", recovery_id=case_id(owner), due_on=today())
    return Example(task, data)


def _letter(owner: Api) -> Example:
    for name, value in FREE.items():
        setattr(system_settings, name, value)
    return Example(_case(owner), {"kind": "relance_1", "channel": "email", "to": "debtor@example.com"})


def _held_letter(owner: Api) -> Example:
    example = _letter(owner)
    case = example.thing
    move(case.pk, Step.DISPUTE)
    email = message_send(case_id=case.pk, **example.data, by=None)
    return Example(email, {"reason": "The debtor has written that it pays all the same."})


def _failed_message(owner: Api) -> Example:
    example = _letter(owner)
    message = message_send(case_id=example.thing.pk, **example.data, by=None)
    Message.objects.filter(pk=message.pk).update(state="failed", error="Interrupted", claimed_until=None)
    return Example(Message.objects.get(pk=message.pk))


def _posted_message(owner: Api) -> Example:
    message = _failed_message(owner).thing
    paper = file_keep(content=b"%PDF-1.4", name="letter.pdf", mime="application/pdf")
    Message.objects.filter(pk=message.pk).update(state="sent", error="", sent_at=now(), pdf=paper)
    return Example(Message.objects.get(pk=message.pk))


def _mail_of_nobody(owner: Api) -> Example:
    return Example(InboundMail.objects.create(mail_id="<1@a.example>", sort="reply", sender="a@example.com"))


def _known_debtor(owner: Api) -> Example:
    case = _case(owner)
    fact = party_fact_enter(recovery_id=case.pk, kind="deceased", since=date(2026, 1, 5), by=None)
    return Example(case, {"fact": fact.pk, "reason": "It was somebody else."})


def _recorded(owner: Api, record: Callable[..., Any]) -> Example:
    case = _case(owner)
    entry = record(recovery_id=case.pk, amount=Decimal(10), day=today(), by=None)
    return Example(case, {"entry": entry.pk, "reason": "mistake"})


def _owed(owner: Api) -> Example:
    case = _case(owner)
    return Example(case, {**REDUCTION, "part": f"invoice-{case.invoices.get().pk}-principal"})


def _overpaid(owner: Api) -> Example:
    case = _case(owner)
    payment = acompte_record(recovery_id=case.pk, amount=Decimal(9000), day=date(2026, 1, 5), confirmed=True, by=None)
    return Example(case, {**REDUCTION, "payment": payment.pk})


def _overpaid_and_owed(owner: Api) -> Example:
    example = _overpaid(owner)
    dette_record(recovery_id=example.thing.pk, label="Deposit", amount=Decimal(90), day=date(2026, 1, 6), by=None)
    return replace(example, data={**example.data, "day": "2026-01-07"})


def _given_up(owner: Api) -> Example:
    case = _case(owner)
    claim = (ClaimKind.INVOICE, case.invoices.get().pk)
    told = {"head": Head.PRINCIPAL, "claim": claim, "amount": Decimal(10), "day": date(2026, 1, 5)}
    posting = waiver_record(recovery_id=case.pk, by=None, **told)
    return Example(case, {"entry": posting.pk, "reason": "Of another case."})


def _case_with_note(owner: Api) -> Example:
    internal = dict.fromkeys(Comment.visibility.columns.values(), False)
    note = Comment.objects.create(recovery=_case(owner), html="<p>x</p>", text="x", **internal)
    return Example(note.recovery, {"note": note.pk})


def _case_with_pinned_note(owner: Api) -> Example:
    example = _case_with_note(owner)
    note_pin(recovery_id=example.thing.pk, comment_id=example.data["note"], by=None)
    return example


def _case_with_contact(owner: Api) -> Example:
    case = _case(owner)
    contact = contact_add(company_id=case.debtor_id or 0, value="06 98 76 54 32", by=None)
    return Example(case, {"contact": contact.pk, "value": "06 98 76 54 33"})


def _acknowledged(owner: Api) -> Example:
    case = _case(owner)
    entry = acknowledgement_record(recovery_id=case.pk, day=today(), note="Asked for time.", by=None)
    return Example(case, {"entry": entry.pk, "reason": "Another debtor wrote it."})


def _held(owner: Api) -> Example:
    invoice = {"invoice_date": "2020-06-01", "invoice_due_date": "2020-07-01"}
    case = Recovery.objects.get(pk=case_id(owner, invoices=[invoice]))
    acompte_record(recovery_id=case.pk, amount=Decimal(10), day=date(2024, 1, 5), by=None)
    return Example(case, {"reason": "Paid by the debtor with a letter."})


def _held_no_longer(owner: Api) -> Example:
    example = _held(owner)
    hold_lift(recovery_id=example.thing.pk, reason="Paid with a letter.", by=None)
    return example


def _receipt_for_the_post(owner: Api) -> Example:
    case = Recovery.objects.get(pk=case_id(owner, debtor={"company_email": None}))
    acompte_record(recovery_id=case.pk, amount=Decimal(10), day=today(), by=None)
    return Example(Message.objects.get())


def _case_and_file(owner: Api) -> Example:
    return Example(_case(owner), {"file": SimpleUploadedFile("photo.png", image("PNG"))})


def _case_with_document(owner: Api) -> Example:
    document = _document(owner, "ready")
    signer = {"signer_name": "Ann Martin", "signer_email": "ann@example.com"}
    return Example(document.recovery, {"document": document.pk, "debtor": "yes", **signer})


def _injunction_case(owner: Api) -> Example:
    asked = TransferRequest.objects.create(recovery=_case(owner))
    transfer_carry_out(request_id=asked.pk, today=today())
    court = {"court_type": "tribunal_de_commerce", "court_territory": "FR", "filed_on": "2026-01-05"}
    return Example(Recovery.objects.get(transferred_from=asked.recovery_id), court)


def _protected(owner: Api, status: str) -> Example:
    invoice = owner.data("POST", "/api/protected-invoices", ProtectedInvoiceBody(status=status))
    return Example(ProtectedInvoice.objects.get(pk=invoice["id"]))


def _unpaid() -> Example:
    invoice = issued()
    return Example(invoice, {"amount": str(invoice.total), "paid_on": "2026-01-05"})


def _credit(_owner: Api) -> Example:
    invoice = issued()
    return Example(invoice, {"reason": "Wrong price", **{f"item_{pk}": 1 for pk in item_ids(invoice)}})


def _charge(owner: Api) -> Example:
    transferred(owner, transferable(owner))
    return Example(Charge.objects.get(invoice=None))


def _sale(owner: Api) -> Example:
    return Example(TokenPack.objects.filter(enable=True)[0], {"user": owner.user.email, "packs": 1})


# How to make the thing that each action is for. An action that is not here fails the first test below.
def _remittance(owner: Api) -> Example:
    acompte_record(recovery_id=case_id(owner), amount=Decimal("50.00"), day=today(), confirmed=True, by=None)
    values = {"expected": Decimal("50.00"), "fees": Decimal("5.00"), "paid_on": today()}
    assert owner.user is not None
    return Example(remittance_record(owner_id=owner.user.pk, by=None, **values), {"reason": "The bank sent it back"})


def _statement(owner: Api) -> Example:
    sums = dict.fromkeys(("opening", "received", "fees", "handed_over", "closing"), Decimal("0.00"))
    paper = file_keep(content=b"%PDF-1.7", name="RC000001.pdf", mime="application/pdf")
    month = today().replace(day=1)
    return Example(
        ClientStatement.objects.create(number=1, owner=owner.user, month=month, made_at=now(), paper=paper, **sums)
    )


def _endpoint(owner: Api, **fields: Any) -> Endpoint:
    assert owner.user is not None
    return Endpoint.objects.create(owner=owner.user, url="https://erp.example.com/hook", secret="whsec_eA==", **fields)


def _delivery(owner: Api) -> Delivery:
    case_id(owner)
    event = Event.objects.filter(owner_id=owner.user.pk).latest("id")
    return Delivery.objects.create(endpoint=_endpoint(owner), event=event, state="failed", ended_at=now())


def _endpoint_with_a_failure(owner: Api) -> Example:
    return Example(_delivery(owner).endpoint)


def _failed_notice(owner: Api) -> Example:
    words = {"subject": "Notice", "text": "Words", "html": "<p>Words</p>"}
    return Example(
        Notice.objects.create(
            owner=owner.user, group="scoring", period="1", recipient=owner.user.email, state="failed", **words
        )
    )


def _template() -> Template:
    return Template.objects.get(code="cloture", channel="email", language="fr")


def _draft_of_words() -> TemplateVersion:
    return draft_begin(template_id=_template().pk, by=None)


def _standard() -> ScenarioVersion:
    return ScenarioVersion.objects.get(scenario__code="standard", state="published")


def _in_scenario(owner: Api, **data: Any) -> Example:
    case = _case(owner)
    case_switch(recovery_id=case.pk, version=_standard(), by=None)
    return Example(case, data)


def _paused_in_scenario(owner: Api) -> Example:
    example = _in_scenario(owner)
    scenario_pause(recovery_id=example.thing.pk, reason="Promised", until=None, by=None)
    return example


def _for_a_scenario(owner: Api) -> Example:
    _case(owner)
    return Example(_standard(), {"owner": "", "at_least": "", "only_new": "on"})


def _new_invoice() -> dict[str, str]:
    return {"invoice_number": "F-NEW", "invoice_date": "05/01/2026", "invoice_amount": "1 234,56"}


def _claim(case: Recovery) -> dict[str, Any]:
    return {"recovery_service_object": "Another object", "recovery_due_date": f"{case.recovery_due_date:%d/%m/%Y}"}


def _case_to_score(owner: Api) -> Example:
    tokens_grant(user=owner.user, amount=2)
    return Example(_case(owner), {"side": "debtor", "solvency_report": "on", **SCORED})


SCORED = {"report_type": "standard", "priority": "standard"}
EXAMPLES: dict[str, Callable[[Api], Example]] = {
    "accounts.user:object:issue-key": lambda owner: Example(ApiUserFactory()),
    "accounts.user:object:renew-secret": lambda owner: Example(owner.user, {"reason": "It was leaked"}),
    "events.endpoint:object:disable-endpoint": lambda owner: Example(_endpoint(owner), {"reason": "It floods us"}),
    "events.endpoint:bulk:disable-endpoint": lambda owner: Example(_endpoint(owner), {"reason": "It floods us"}),
    "events.endpoint:object:enable-endpoint": lambda owner: Example(
        _endpoint(owner, state="disabled", disabled_at=now(), disabled_reason="staff"), {"missed": "all"}
    ),
    "events.endpoint:object:replay-failed": _endpoint_with_a_failure,
    "events.endpoint:bulk:replay-failed": _endpoint_with_a_failure,
    "events.delivery:object:replay-delivery": lambda owner: Example(_delivery(owner)),
    "events.delivery:bulk:replay-delivery": lambda owner: Example(_delivery(owner)),
    "accounts.user:object:reset-second-factor": _user_with_second_factor,
    "accounts.user:object:revoke-access": lambda owner: Example(owner.user, {"reason": "The laptop is lost"}),
    "accounts.apikey:object:revoke-key": lambda owner: Example(ApiKey.objects.get(user=owner.user)),
    "accounts.apikey:bulk:revoke-key": lambda owner: Example(ApiKey.objects.get(user=owner.user)),
    "accounts.accesstoken:object:revoke-token": lambda owner: Example(AccessToken.objects.get(user=owner.user)),
    "accounts.accesstoken:bulk:revoke-token": lambda owner: Example(AccessToken.objects.get(user=owner.user)),
    "axes.accessattempt:object:lift-lock": _attempt,
    "axes.accessattempt:bulk:lift-lock": _attempt,
    "documents.document:object:try-again": lambda owner: Example(_document(owner, "scanning")),
    "documents.document:bulk:try-again": lambda owner: Example(_document(owner, "scanning")),
    "recoveries.remittance:object:reverse-remittance": _remittance,
    "recoveries.clientstatement:object:send-statement": _statement,
    "recoveries.clientstatement:bulk:send-statement": _statement,
    "documents.signaturerequest:object:record-signed": _signature,
    "documents.signaturerequest:bulk:record-signed": _signature,
    "documents.signaturerequest:object:record-declined": _signature,
    "documents.signaturerequest:bulk:record-declined": _signature,
    "events.notice:object:resend": _failed_notice,
    "events.notice:bulk:resend": _failed_notice,
    "events.recipient:object:release": lambda owner: Example(
        recipient_hold(owner_id=owner.user.pk, email="a@example.com", reason="550"),
        {"reason": "It takes e-mails again"},
    ),
    "invoicing.firminvoice:object:issue": lambda owner: Example(draft()),
    "invoicing.firminvoice:object:pay": lambda owner: _unpaid(),
    "invoicing.firminvoice:object:credit": _credit,
    "invoicing.charge:object:bill": _charge,
    "invoicing.tax:object:offer": lambda owner: Example(Tax.objects.all()[0]),
    "invoicing.tokenpack:object:sell": _sale,
    "invoicing.protectedinvoice:object:protected_paid": lambda owner: _protected(owner, "pending"),
    "invoicing.protectedinvoice:object:protected_cancelled": lambda owner: _protected(owner, "pending"),
    "invoicing.protectedinvoice:object:protected_pending": lambda owner: _protected(owner, "paid"),
    "invoicing.protectedinvoice:bulk:protected_paid": lambda owner: _protected(owner, "pending"),
    "invoicing.protectedinvoice:bulk:protected_cancelled": lambda owner: _protected(owner, "pending"),
    "invoicing.protectedinvoice:bulk:protected_pending": lambda owner: _protected(owner, "paid"),
    "recoveries.recovery:object:move-status": lambda owner: Example(_case(owner), {"to_status": 2, "reason": "Sent."}),
    "recoveries.recovery:object:assign": lambda owner: Example(_case(owner), {"handler": "chief@example.com"}),
    "recoveries.recovery:object:undo": _taken,
    "recoveries.recovery:object:take": lambda owner: Example(_case(owner)),
    "recoveries.recovery:object:send-next-reminder": lambda owner: replace(_letter(owner), data={}),
    "recoveries.recovery:object:send-decompte": lambda owner: replace(_letter(owner), data={}),
    "recoveries.recovery:object:next-date": lambda owner: replace(
        _injunction_case(owner), data={"filed_on": "2026-01-05"}
    ),
    "recoveries.recovery:object:fee-paid": lambda owner: replace(
        _injunction_case(owner), data={"fee_paid_on": "2026-01-05", "fee_payment_reference": "VIR 12"}
    ),
    "recoveries.recovery:bulk:move-status": lambda owner: Example(_case(owner), {"to_status": 2, "reason": "Sent."}),
    "recoveries.recovery:bulk:release": lambda owner: Example(_case(owner)),
    "recoveries.recovery:bulk:assign": lambda owner: Example(_case(owner), {"handler": "chief@example.com"}),
    "recoveries.recovery:object:comment": lambda owner: Example(_case(owner), {"text": "Called."}),
    "recoveries.recovery:object:answer-client": lambda owner: Example(_case(owner), {"text": "Soon."}),
    "recoveries.recovery:object:call-note": lambda owner: Example(_case(owner), {"text": "He pays on Friday."}),
    "recoveries.recovery:object:follow-up": lambda owner: Example(
        _case(owner), {"on": today() + timedelta(days=3), "why": "He is on holiday."}
    ),
    "recoveries.recovery:object:promise": lambda owner: Example(
        _case(owner), {"amount": "100.00", "promised": today() + timedelta(days=3)}
    ),
    "recoveries.recovery:object:add-task": lambda owner: Example(
        _case(owner), {"kind": "call", "about": "the delivery note", "due_on": today() + timedelta(days=1)}
    ),
    "recoveries.stafftask:object:task-done": lambda owner: _task(owner, note="Nobody answers."),
    "recoveries.stafftask:bulk:task-done": _task,
    "recoveries.stafftask:object:task-postpone": lambda owner: _task(owner, until=today() + timedelta(days=3)),
    "recoveries.stafftask:bulk:task-postpone": lambda owner: _task(owner, until=today() + timedelta(days=3)),
    "recoveries.stafftask:object:task-assign": lambda owner: _task(
        owner, assignee=chief(email="colleague@example.com").pk
    ),
    "recoveries.stafftask:bulk:task-assign": lambda owner: _task(
        owner, assignee=chief(email="colleague@example.com").pk
    ),
    "recoveries.stafftask:object:task-drop": lambda owner: _task(owner, reason="The debtor paid."),
    "recoveries.recovery:object:send-reminder": _letter,
    "recoveries.recovery:object:notice-received": lambda owner: Example(
        _case(owner), {"channel": "creditor", "sent_on": "2026-01-05", "received_on": "2026-01-08", "state": "received"}
    ),
    "recoveries.message:object:receipt-posted": _receipt_for_the_post,
    "recoveries.template:object:begin-draft": lambda owner: Example(_template(), {"like": ""}),
    "recoveries.template:object:retire-template": lambda owner: Example(_template(), {"reason": "Not used any more"}),
    "recoveries.templateversion:object:publish-version": lambda owner: Example(_draft_of_words()),
    "recoveries.templateversion:object:discard-draft": lambda owner: Example(_draft_of_words()),
    "recoveries.message:object:lift-letter": _held_letter,
    "recoveries.message:object:resend-message": _failed_message,
    "recoveries.message:object:file-message": _posted_message,
    "recoveries.inboundmail:object:mail-handled": _mail_of_nobody,
    "recoveries.message:object:cancel-letter": lambda owner: replace(_held_letter(owner), data={}),
    "recoveries.recovery:object:enter-party-fact": lambda owner: Example(
        _case(owner), {"kind": "opted_out", "since": "2026-01-05"}
    ),
    "recoveries.recovery:object:withdraw-party-fact": _known_debtor,
    "recoveries.recovery:object:creditor-reminder": lambda owner: Example(_case(owner), {"sent_on": "2026-01-05"}),
    "recoveries.recovery:object:pause-scenario": lambda owner: _in_scenario(owner, reason="Promised"),
    "recoveries.recovery:object:resume-scenario": _paused_in_scenario,
    "recoveries.recovery:object:stop-scenario": lambda owner: _in_scenario(owner, reason="The client asks so"),
    "recoveries.scenario:object:draft": lambda owner: Example(Scenario.objects.get(code="standard")),
    "recoveries.scenarioversion:object:rehearse": lambda owner: Example(
        _standard(), {"until": f"{today() + timedelta(30):%Y-%m-%d}"}
    ),
    "recoveries.scenarioversion:object:publish": lambda owner: Example(
        draft_open(scenario_id=Scenario.objects.get(code="standard").pk, by=None)
    ),
    "recoveries.scenarioversion:object:switch": _for_a_scenario,
    "recoveries.recovery:object:mark-read": _case_with_comment,
    "recoveries.recovery:object:pin-note": _case_with_note,
    "recoveries.recovery:object:unpin-note": _case_with_pinned_note,
    "recoveries.recovery:object:record-payment": lambda owner: Example(_case(owner), PAYMENT),
    "recoveries.recovery:object:record-debt": lambda owner: Example(_case(owner), DEBT),
    "recoveries.recovery:object:reverse-payment": lambda owner: _recorded(owner, acompte_record),
    "recoveries.recovery:object:reverse-debt": lambda owner: _recorded(owner, partial(dette_record, label="Deposit")),
    "recoveries.recovery:object:credit-note": lambda owner: Example(
        case := _case(owner), {**REDUCTION, "invoice": case.invoices.get().pk}
    ),
    "recoveries.recovery:object:waive": _owed,
    "recoveries.recovery:object:write-off": _owed,
    "recoveries.recovery:object:refund-surplus": _overpaid,
    "recoveries.recovery:object:move-surplus": _overpaid_and_owed,
    "recoveries.recovery:object:reverse-posting": _given_up,
    "recoveries.recovery:object:record-acknowledgement": lambda owner: Example(
        _case(owner), {"day": "2026-01-05", "note": "Asked for time."}
    ),
    "recoveries.recovery:object:reverse-acknowledgement": _acknowledged,
    "recoveries.recovery:object:lift-hold": _held,
    "recoveries.recovery:object:restore-hold": _held_no_longer,
    "recoveries.recovery:object:upload-document": _case_and_file,
    "recoveries.recovery:object:set-visibility": _case_with_document,
    "recoveries.recovery:object:request-signature": _case_with_document,
    "recoveries.recovery:object:check-eligibility": lambda owner: Example(_case(owner)),
    "recoveries.recovery:object:transfer": lambda owner: Example(_case(owner)),
    "recoveries.recovery:object:record-dates": _injunction_case,
    "recoveries.recovery:object:set-matter": lambda owner: Example(_case(owner), {"matter": "housing_lease"}),
    "recoveries.recovery:object:invoice-facts": lambda owner: Example(
        case := _case(owner), {"invoice": case.invoices.get().pk, "performed_on": "2025-10-20", "is_disputed": "on"}
    ),
    "recoveries.recovery:object:correct-contact": lambda owner: Example(
        _case(owner), {"company_phone": "04 50 12 34 56", "company_city": "Annecy"}
    ),
    "recoveries.recovery:object:add-contact": lambda owner: Example(_case(owner), {"value": "06 98 76 54 32"}),
    "recoveries.recovery:object:correct-added-contact": _case_with_contact,
    "recoveries.recovery:object:end-contact": _case_with_contact,
    "recoveries.recovery:object:write-there": _case_with_contact,
    "recoveries.recovery:object:correct-party": lambda owner: Example(
        _case(owner),
        {"side": "debtor", "company_legalrep_firstname": "Théo", "company_legalrep_lastname": "Lefèvre"},
    ),
    "recoveries.recovery:object:add-invoice": lambda owner: Example(_case(owner), _new_invoice()),
    "recoveries.recovery:object:correct-invoice": lambda owner: Example(
        case := _case(owner), {"invoice": case.invoices.get().pk, **_new_invoice()}
    ),
    "recoveries.recovery:object:remove-invoice": lambda owner: Example(
        case := _case(owner), {"invoice": case.invoices.get().pk, "reason": "Of another debtor."}
    ),
    "recoveries.recovery:object:correct-claim": lambda owner: Example(case := _case(owner), _claim(case)),
    "recoveries.recovery:object:order-score": _case_to_score,
    "recoveries.recovery:object:confirm-quality": _case_with_sole_trader,
    "scoring.scoringorder:object:retry-order": _failed_order,
    "scoring.scoringorder:bulk:retry-order": _failed_order,
    "scoring.tokenaccount:object:grant-tokens": lambda owner: Example(
        TokenAccount.objects.get(pk=owner.user.pk), {"tokens": 5, "reason": "Offer 12"}
    ),
}
ACTIONS = {str(known): known for known in registered_actions()}


@pytest.fixture
def office(system_setting: Callable[..., None]) -> Client:
    """The browser of a member of staff who may do everything, and waits for no worker."""
    system_setting(TRANSFER_WAIT_SECONDS=0, DOCUMENT_WAIT_SECONDS=0)
    return browser_of(chief())


def _carried_out(office: Client, known: Registered, example: Example) -> Any:
    if known.way == "object":
        return act(office, example.thing, known.name, **example.data)
    if known.way == "bulk":
        return act_on_rows(office, [example.thing], known.name, **example.data)
    chosen = {"action": known.name, "_selected_action": [example.thing.pk], **example.data}
    return office.post(page_of(known.model, "changelist"), chosen)


def test_every_action_has_an_example() -> None:
    assert set(ACTIONS) == set(EXAMPLES)


def act_of(known: Registered) -> str:
    """An act as the table of what is told names it."""
    return f"{known.model._meta.label_lower}:{known.name}"


def test_every_action_stands_in_the_table_of_what_is_told() -> None:
    assert set(ACTS) == {act_of(known) for known in ACTIONS.values()}


def test_every_page_of_ours_is_audited() -> None:
    strangers = {
        model._meta.label_lower for model, page in admin.site._registry.items() if not isinstance(page, StaffAdmin)
    }
    assert strangers <= {"constance.config"}  # Its changes are audited by a signal.


@pytest.mark.parametrize("name", sorted(set(ACTIONS) & set(EXAMPLES)))
def test_an_action_leaves_its_row(office: Client, owner: Api, name: str) -> None:
    known, example = ACTIONS[name], EXAMPLES[name](owner)
    thing, pk = example.thing, str(example.thing.pk)
    getattr(thing, "recovery", None)  # Its name has that of the case where that was read, as the page does.
    label = str(thing)
    last = last_event()
    answer = _carried_out(office, known, example)
    assert answer.status_code in (200, 302)
    assert tuple(told_since(last)) == ACTS[act_of(known)].codes
    event = AuditEvent.objects.get(action=known.name, object_type=thing._meta.label_lower, object_id=pk)
    assert event.succeeded, event.details
    assert (event.actor_email, event.door, event.address) == ("chief@example.com", "backoffice", "127.0.0.1")
    assert event.object_label == label
    assert event.request_id == answer["X-Request-ID"]
    assert event.reason == example.data.get("reason", "")


@pytest.mark.same_everywhere
@pytest.mark.parametrize("name", sorted(name for name in set(ACTIONS) & set(EXAMPLES) if ":object:" in name))
def test_without_the_right_an_action_is_neither_shown_nor_carried_out(owner: Api, name: str) -> None:
    known, example = ACTIONS[name], EXAMPLES[name](owner)
    clerk = ApiUserFactory(is_staff=True)
    answer = act(browser_of(clerk), example.thing, known.name, **example.data)
    assert answer.status_code in (302, 403)  # 302 where the list does not even hold the thing for them.
    assert not AuditEvent.objects.filter(action=known.name).exists()


def test_the_page_of_a_thing_offers_what_makes_sense(office: Client, owner: Api) -> None:
    key = ApiKey.objects.get(user=owner.user)
    change, action = page_of(ApiKey, "change", key.pk), page_of(ApiKey, "action", key.pk, "revoke-key")
    assert action in office.get(change).content.decode()
    act(office, key, "revoke-key")
    assert action not in office.get(change).content.decode()
    assert office.get(action).status_code == 302


def test_an_unknown_action_or_thing_is_not_found(office: Client, owner: Api) -> None:
    key = ApiKey.objects.get(user=owner.user)
    assert office.get(page_of(ApiKey, "action", key.pk, "fly")).status_code == 404
    for wrong in ("0", "x", "9" * 30, "1/../2"):
        assert office.get(f"/admin/accounts/apikey/{wrong}/action/revoke-key/").status_code == 302


# --- sent twice, sent by strangers, refused --------------------------------------------------------------------


def test_a_form_sent_twice_acts_once(office: Client) -> None:
    user = ApiUserFactory()
    address = page_of(User, "action", user.pk, "issue-key")
    token = office.get(address).context["token"]
    office.post(address, {"form_token": token})
    again = office.post(address, {"form_token": token}, follow=True)
    assert ApiKey.objects.filter(user=user).count() == 1
    assert AuditEvent.objects.filter(action="issue-key").count() == 1
    assert "already" in again.content.decode()


@pytest.mark.parametrize("token", ["", "x", "\x00" * 32, "a" * 100_000])
def test_a_token_of_nobody_does_nothing(office: Client, token: str) -> None:
    user = ApiUserFactory()
    assert office.post(page_of(User, "action", user.pk, "issue-key"), {"form_token": token}).status_code == 200
    assert not ApiKey.objects.filter(user=user).exists()


def test_a_form_of_another_site_does_nothing() -> None:
    user, office = ApiUserFactory(), Client(enforce_csrf_checks=True)
    office.force_login(chief())
    answer = office.post(page_of(User, "action", user.pk, "issue-key"), {"form_token": "0" * 32})
    assert answer.status_code == 403
    assert not ApiKey.objects.filter(user=user).exists()


def test_a_form_with_a_fault_comes_back(office: Client, owner: Api) -> None:
    example = _user_with_second_factor(owner)
    answer = act(office, example.thing, "reset-second-factor", reason="")
    assert answer.status_code == 200
    assert "reason" in answer.context["form"].errors
    assert TOTPDevice.objects.filter(user=example.thing).exists()


def test_a_refusal_is_written_down(office: Client, owner: Api) -> None:
    key = ApiKey.objects.get(user=owner.user)
    address = page_of(ApiKey, "action", key.pk, "revoke-key")
    token = office.get(address).context["token"]
    act(office, key, "revoke-key")
    answer = office.post(address, {"form_token": token})
    assert answer.status_code == 200
    assert answer.context["form"].non_field_errors() == ["“Revoke the key” is not possible now."]
    refused = AuditEvent.objects.get(action="revoke-key", succeeded=False)
    assert refused.details == {"refusal": "“Revoke the key” is not possible now."}


def test_what_changed_is_in_the_row(office: Client, owner: Api) -> None:
    key = ApiKey.objects.get(user=owner.user)
    act(office, key, "revoke-key")
    event = AuditEvent.objects.get(action="revoke-key")
    assert event.before == {"revoked_at": None}
    assert set(event.after) == {"revoked_at"}


# --- lists -----------------------------------------------------------------------------------------------------


def test_each_row_of_a_list_is_told_of(office: Client, owner: Api, stranger: Api) -> None:
    first, second = ApiKey.objects.get(user=owner.user), ApiKey.objects.get(user=stranger.user)
    act(office, first, "revoke-key")
    answer = act_on_rows(office, [first, second], "revoke-key")
    told = {result.label: (result.succeeded, result.sentence) for result in answer.context["results"]}
    assert told == {
        str(first): (False, "“Revoke the key” is not possible now."),
        str(second): (True, "The key is revoked."),
    }
    assert not ApiKey.objects.filter(revoked_at=None).exists()
    assert AuditEvent.objects.filter(action="revoke-key").count() == 3


@pytest.mark.parametrize("rows", [["x"], ["9" * 30], ["\x00"], ["-1"], ["1", "' OR 1=1"]])
def test_rows_of_nobody_are_not_looked_for(office: Client, rows: list[str]) -> None:
    answer = office.post(page_of(ApiKey, "changelist"), {"action": "revoke-key", "_selected_action": rows})
    assert answer.status_code in (200, 302)
    assert not AuditEvent.objects.filter(action="revoke-key").exists()


def test_a_list_asks_before_it_acts(office: Client, owner: Api) -> None:
    key = ApiKey.objects.get(user=owner.user)
    page = office.post(page_of(ApiKey, "changelist"), {"action": "revoke-key", "_selected_action": [key.pk]})
    assert str(key) in page.content.decode()
    key.refresh_from_db()
    assert key.revoked_at is None


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="races need PostgreSQL")
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_form_sent_many_times_at_once_acts_once() -> None:
    user, boss = ApiUserFactory(), chief()
    browsers = [browser_of(boss) for _ in range(6)]
    address = page_of(User, "action", user.pk, "issue-key")
    token = browsers[0].get(address).context["token"]
    answers = at_once(6, lambda number: browsers[number].post(address, {"form_token": token}).status_code)
    assert set(answers) <= {200, 302}
    assert ApiKey.objects.filter(user=user).count() == 1
    assert AuditEvent.objects.filter(action="issue-key").count() == 1
