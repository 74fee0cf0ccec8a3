"""Asking for the transfer of a case: one story for every door, which only renders its outcome."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db import Error
from django.utils.translation import get_language

from accounts.models import User
from legalcity.lib.errors import NotFound
from legalcity.lib.settings.live import live
from legalcity.lib.waiting import read_until
from recoveries.court.selectors import injunction_of
from recoveries.court.transfer import eligibility_of, transfer_request
from recoveries.models import Injunction, Recovery, TransferRequest

State = TransferRequest.State


class End(StrEnum):
    """How the asking ended. Those of a request are told by its state."""

    DONE = State.DONE.value
    PENDING = State.PENDING.value
    REFUSED = State.REFUSED.value
    FAILED = State.FAILED.value
    GONE = "gone"  # The case was deleted meanwhile.


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """An invoice that a transfer did not take along."""

    id: int
    invoice_number: str
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of asking.

    end         done, pending (a worker has it or will), refused, failed (nothing was changed), gone
    request_id  the request; None when the case was refused, or gone, before there was one
    reasons     why it was refused, in the language of who reads
    reason_codes  the same by their codes; of requests from before there were any, none
    left_behind  invoices that were not taken along, with the reason, in the language of who reads
    injunction  the procedure with its new case and both parties, when it is done; None when that was deleted since
    """

    end: End
    request_id: int | None = None
    reasons: tuple[str, ...] = ()
    reason_codes: tuple[str, ...] = ()
    left_behind: tuple[LeftBehind, ...] = ()
    injunction: Injunction | None = None


def transfer_ask(*, recovery: Recovery, by: User, today: date) -> Outcome:
    """Have a case transferred if it may be, and wait for the worker as long as the system settings say.

    Outside transactions: the worker begins after the commit.
    """
    answer = eligibility_of(recovery, today)
    if not answer.eligible:
        codes = tuple(reason.code for reason in answer.reasons)
        return Outcome(End.REFUSED, reasons=_told(answer.reasons), reason_codes=codes)
    try:
        asked = transfer_request(recovery=recovery, by=by)
    except NotFound:
        return Outcome(End.GONE)
    ended = read_until(
        lambda request: request is None or request.state != State.PENDING,
        TransferRequest.objects.filter(pk=asked.pk).first,
        seconds=live.TRANSFER_WAIT_SECONDS,
        known=asked,
    )
    if ended is None:
        return Outcome(End.GONE, asked.pk)
    try:
        return _outcome(ended)
    except Error:  # It is written down, and the database has gone away since.
        return Outcome(End.PENDING, asked.pk)


def transfer_outcome(recovery: Recovery) -> Outcome | None:
    """What came of the last asking for a case; what was done counts before later refusals. None: nobody has asked."""
    requests = recovery.transfer_requests
    last = requests.filter(state=State.DONE).first() or requests.first()
    return _outcome(last) if last else None


def transfer_ended(request_id: int) -> Outcome:
    """What came of one request. One that went with its case is gone."""
    request = TransferRequest.objects.filter(pk=request_id).first()
    return _outcome(request) if request else Outcome(End.GONE, request_id)


def _outcome(request: TransferRequest) -> Outcome:
    return Outcome(
        End(request.state),
        request.pk,
        reasons=_told(sentences[get_language()] for sentences in request.reasons),
        reason_codes=tuple(kept["code"] for kept in request.reasons if "code" in kept),
        left_behind=tuple(
            LeftBehind(each["id"], each["invoice_number"], each["reason"][get_language()])
            for each in request.left_behind
        ),
        injunction=injunction_of(request.recovery_id) if request.state == State.DONE else None,
    )


def _told(reasons: Iterable[object]) -> tuple[str, ...]:
    return tuple(str(reason) for reason in reasons)
