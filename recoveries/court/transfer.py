"""The transfer of an amicable case to an injunction procedure.

A request is written down, a worker carries it out: under the lock of the case, in one transaction, once. A worker
that dies leaves the request pending, and another one begins again; whoever comes second is told so.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import structlog
from django.conf import settings
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from companies.models import Company
from documents.services.copying import documents_copy
from events.schemas import MOST_IDS
from events.services import events_record, story
from invoicing.models import Invoice
from law.eligibility import ClaimAnswer, Eligibility, Reason, assess
from law.vocabulary import Step
from legalcity.api.idempotency import idempotency_bind
from legalcity.lib.claims import Job, queue, take
from legalcity.lib.clock import now
from legalcity.lib.codes import ErrorCode
from legalcity.lib.dates import PARIS
from legalcity.lib.errors import NotFound
from recoveries.court.charging import handling_vat, transfer_charge
from recoveries.court.events import (
    TRANSFER_FAILED,
    TRANSFER_REFUSED,
    TRANSFER_REQUESTED,
    completed_event,
    transfer_event,
)
from recoveries.court.selectors import facts_of, limits
from recoveries.events import filed_event
from recoveries.ledger.acknowledgements import acknowledgements_copy
from recoveries.ledger.moving import ledger_move, records_move
from recoveries.models import Injunction, InjunctionFee, Recovery, StatusChange, TransferRequest
from recoveries.rules import FIELDS
from recoveries.services.cases import NOT_FOUND
from recoveries.services.comments import comments_copy
from recoveries.services.copies import copies_refresh, copies_set
from recoveries.services.life import status_move
from recoveries.services.notices import notices_copy
from recoveries.services.references import with_reference
from recoveries.services.totals import case_count_add, totals_refresh
from recoveries.statuses import Actor

log = structlog.get_logger("recoveries")

State = TransferRequest.State
KEY_TAIL_BYTES = 24  # 192 bits that nobody guesses
# The lock of the case stands for the claim: the database lifts it when the worker is gone.
JOB = Job(
    TransferRequest,
    "recoveries.tasks.transfer_to_injunction",
    waiting=Q(state=State.PENDING),
    claim=None,
    most_attempts=5,
)

# Each room copies what it has, after the claims: documents belong to invoices, acknowledgements and proofs of notices
# name documents.
COPIES = (comments_copy, documents_copy, acknowledgements_copy, notices_copy)


def eligibility_of(recovery: Recovery, today: date) -> Eligibility:
    """Whether a case may be transferred, under the present limits."""
    return assess(facts_of(recovery, today), limits(), today)


@story()
def transfer_request(*, recovery: Recovery, by: User) -> TransferRequest:
    """Ask for the transfer of a case; a worker takes it from here. Raises NotFound when it was deleted meanwhile."""
    if not Recovery.objects.select_for_update(of=("self",)).filter(pk=recovery.pk):
        raise NotFound(NOT_FOUND, code=ErrorCode.CASE_NOT_FOUND)
    request = TransferRequest.objects.create(recovery=recovery, user=by)
    idempotency_bind(request)
    events_record([transfer_event(TRANSFER_REQUESTED, request)])
    queue(JOB.task, request.pk)
    return request


def transfer_attempt(*, request_id: int, moment: datetime) -> str:
    """Carry a request out as a worker does, counted: what has cut each attempt short is failed. Returns its state."""
    claim = take(JOB, request_id, moment=moment)
    request = claim.row() if claim else None
    if request is not None and JOB.is_given_up(request.attempts):
        transfer_fail(request_id=request_id)
    return transfer_carry_out(request_id=request_id, today=moment.astimezone(PARIS).date())


@story()
def transfer_carry_out(*, request_id: int, today: date) -> str:
    """Carry a request out, or refuse it with its reasons; returns its state. Safe to call again at any time."""
    # The case first, all that hangs on it after: what is read in the statement that waits for the lock may be from
    # before the wait. So the parties are not joined, and the request is read again.
    asked = TransferRequest.objects.filter(pk=request_id).values("recovery_id")
    original = Recovery.objects.select_for_update(of=("self",)).filter(pk__in=asked).first()
    request = TransferRequest.objects.filter(pk=request_id).first()
    if original is None or request is None or request.state != State.PENDING:
        return request.state if request else State.FAILED.value
    answer = eligibility_of(original, today)
    if not answer.eligible:
        codes = [reason.code for reason in answer.reasons]
        events_record([transfer_event(TRANSFER_REFUSED, request, reason_codes=codes)])
        return _ended(request, State.REFUSED, reasons=[_kept(reason) for reason in answer.reasons])
    left_behind = _left_behind(answer)
    _transfer(original, answer, request, left_behind)
    return _ended(request, State.DONE, left_behind=left_behind)


@story()
def transfer_fail(*, request_id: int) -> None:
    """Write down that a request could not be carried out, unless another worker has ended it meanwhile."""
    waiting = TransferRequest.objects.filter(pk=request_id, state=State.PENDING)
    if waiting.update(state=State.FAILED, ended_at=now()):
        request = TransferRequest.objects.select_related("user").get(pk=request_id)
        events_record([transfer_event(TRANSFER_FAILED, request)])
        log.info("transfer_ended", request_id=request_id, state=State.FAILED.value)


def _in_each_language(reason: Reason) -> dict[str, str]:
    """Language → sentence: a worker does not know the language of who will read it."""
    sentences = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            sentences[language] = str(reason)
    return sentences


def _kept(reason: Reason) -> dict[str, str]:
    """A reason as the request keeps it: its sentences, and its code."""
    return {**_in_each_language(reason), "code": reason.code}


def _left_behind(answer: Eligibility) -> list[dict[str, Any]]:
    """The invoices that were not taken along, as the request keeps them."""
    return [
        {"id": each.claim.id, "invoice_number": each.claim.number, "reason": _in_each_language(each.stays)}
        for each in answer.staying
        if each.stays
    ]


def _told_left_behind(answer: Eligibility) -> str:
    """The same for the history of the case, in French, as clients and courts read it."""
    with translation.override(settings.LANGUAGE_CODE):
        staying = (*answer.staying, *answer.debts_staying)
        lines = [_("{number}: {reason}").format(number=each.claim.number, reason=each.stays) for each in staying]
        return "\n".join([_("Stay in this case:"), *lines]) if lines else ""


def _ended(
    request: TransferRequest,
    state: State,
    *,
    reasons: Sequence[dict[str, str]] = (),
    left_behind: Sequence[dict[str, Any]] = (),
) -> str:
    request.state, request.reasons, request.ended_at = state, list(reasons), now()
    request.left_behind = list(left_behind)
    request.save(update_fields=["state", "reasons", "left_behind", "ended_at"])
    log.info("transfer_ended", recovery_id=request.recovery_id, state=state.value)
    return state.value


def _transfer(
    original: Recovery, answer: Eligibility, request: TransferRequest, left_behind: Sequence[Mapping[str, Any]]
) -> None:
    user = request.user
    customer, debtor = _copied_party(original.customer, "CUST-"), _copied_party(original.debtor, "DEBT-")
    case = _copied_case(original, customer, debtor)
    move = records_move(
        from_case=original.pk,
        to_case=case.pk,
        left_behind=_staying(answer.staying),
        debts_left_behind=_staying(answer.debts_staying),
    )
    for copy in COPIES:
        copy(from_case=original.pk, to_case=case.pk)
    totals_refresh(recovery_id=case.pk)
    copies_refresh(recovery_id=case.pk)
    ledger_move(move, by=user)
    _open_procedure(case, answer)
    events_record([completed_event(request, to_case=case.pk, left_behind=left_behind)])
    _tell_opened(case, user)
    StatusChange.objects.create(recovery=case, to_status_id=Step.REQUEST_DRAFT, user=user)
    Recovery.objects.filter(pk=original.pk).update(transferred_to=case)
    status_move(
        recovery_id=original.pk,
        to_status=Step.TRANSFERRED,
        by=user,
        comment=_told_left_behind(answer),
        actor=Actor.CLIENT,
    )
    case_count_add(owner_id=case.owner_id, status_id=Step.REQUEST_DRAFT)


def _tell_opened(case: Recovery, by: User | None) -> None:
    """The case in court with the claims that it has taken along; its totals, which SQL reckoned, are read with them."""
    invoices = list(Invoice.objects.filter(recovery=case).select_related("recovery").order_by("id")[:MOST_IDS])
    if invoices:
        case = invoices[0].recovery
    else:
        case.refresh_from_db()
    events_record([filed_event(case, [invoice.pk for invoice in invoices], by=by)])


def _staying(answers: Sequence[ClaimAnswer]) -> list[int]:
    """Claims that stay behind, by their ids; what is paid goes along in the ledger."""
    return [each.claim.id for each in answers if each.claim.id and each.stays and each.stays.code != "paid"]


def _copied_party(company: Company | None, prefix: str) -> Company:
    assert company is not None  # noqa: S101 - a case without a party is not eligible

    def save(reference: str) -> Company:
        values = {field.attname: getattr(company, field.attname) for field in Company._meta.concrete_fields}
        copy = Company(**{**values, "id": None, "reference": reference})
        copy.save(force_insert=True)
        return copy

    return with_reference(prefix, save)


def _copied_case(original: Recovery, customer: Company, debtor: Company) -> Recovery:
    def save(reference: str) -> Recovery:
        case = Recovery(
            **{name: getattr(original, name) for name in FIELDS},
            owner_id=original.owner_id,
            user_id=original.user_id,
            status_id=Step.REQUEST_DRAFT,
            customer=customer,
            debtor=debtor,
            recovery_reference=reference,
        )
        case.type = Recovery.Type.INJUNCTION
        case.external_id = None  # Which names one case of an account.
        copies_set(case, customer=customer, debtor=debtor, numbers=())
        case.save(force_insert=True)
        return case

    return with_reference("REC-INJ", save)


def _open_procedure(case: Recovery, answer: Eligibility) -> None:
    """The record of the procedure, with the fee of its kind of court, which is billed, and its payment page."""
    assert answer.procedure is not None and answer.court_type is not None  # noqa: S101, PT018 - it is eligible
    fee = InjunctionFee.objects.filter(procedure=answer.procedure, court_type=answer.court_type).first()
    injunction = Injunction.objects.create(
        recovery=case,
        key=case.recovery_reference.removeprefix("REC-") + secrets.token_urlsafe(KEY_TAIL_BYTES),
        procedure=answer.procedure.value,
        court_type=answer.court_type.value,
        court_fee=fee.court_fee if fee else 0,
        handling_fee=fee.handling_fee if fee else 0,
        handling_vat=handling_vat(case=case, handling_fee=fee.handling_fee) if fee else 0,
    )
    transfer_charge(case=case, injunction=injunction)
