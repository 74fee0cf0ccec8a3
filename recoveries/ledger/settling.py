"""What the account moves by itself: a case on which nothing is owed any more is paid; one that owes again is not."""

from events.services import events_record, story
from law.account.decompte import Decompte
from law.interest import RateMissing
from law.vocabulary import Step
from recoveries.catalogue import catalogue
from recoveries.ledger.events import paid_event
from recoveries.models import Recovery, StatusChange
from recoveries.services.life import status_move
from recoveries.statuses import Actor

PAID = {False: Step.PAID, True: Step.PAID_IN_COURT}


@story()
def case_settle(*, recovery_id: int, account: Decompte | RateMissing) -> None:
    """Move a case to *Payé* (*Payée* in court) when nothing is owed, and back when something is again.

    Called after money came in, was taken back or given up, never because a claim was written: an empty case is not a
    paid one. Nothing moves while a rate is missing. The caller holds the lock.
    """
    if isinstance(account, RateMissing):
        return
    case = Recovery.objects.get(pk=recovery_id)
    paid = PAID[case.is_in_court]
    if account.is_paid and account.claims and case.status_id != paid and not _is_over(case):
        moved = status_move(recovery_id=recovery_id, to_status=paid, by=None, actor=Actor.SYSTEM)
        events_record([paid_event(moved)])
    elif not account.is_paid and case.status_id == paid:
        status_move(recovery_id=recovery_id, to_status=_before(case), by=None, actor=Actor.SYSTEM)


def _is_over(case: Recovery) -> bool:
    """Whether it was ended otherwise: closed, transferred, rejected, lapsed, withdrawn."""
    return catalogue.is_closing(case.status_id)


def _before(case: Recovery) -> int:
    """Where a case that owes again goes: to a handler, or to the open status that it had in court."""
    if not case.is_in_court:
        return Step.PRE_LITIGATION
    last = StatusChange.objects.filter(recovery=case, to_status_id=Step.PAID_IN_COURT).order_by("-id").first()
    return last.from_status_id if last and last.from_status_id else Step.REQUEST_DRAFT
