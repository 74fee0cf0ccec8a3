"""What the account moves by itself: a case on which nothing is owed any more is paid; one that owes again is not."""

from django.utils.translation import gettext as _

from accounts.models import User
from backoffice.amounts import euros
from events.services import events_record, story
from invoicing.models import Invoice
from law.account.decompte import Decompte
from law.account.facts import Facts
from law.interest import NOTHING, RateMissing
from law.vocabulary import Step
from legalcity.lib.clock import today
from legalcity.lib.errors import Forbidden
from recoveries.catalogue import catalogue
from recoveries.ledger.balances import balance_terms
from recoveries.ledger.events import paid_event
from recoveries.ledger.gathering import case_lock, told_of, with_terms
from recoveries.ledger.posting import Posted, Source, ledger_reckon
from recoveries.ledger.reckoning import reckoned
from recoveries.ledger.relisting import relist
from recoveries.models import CaseBalance, Recovery, StatusChange
from recoveries.services.life import status_move
from recoveries.statuses import Actor

PAID = {False: Step.PAID, True: Step.PAID_IN_COURT}


@story()
def case_settle(*, recovery_id: int, posted: Posted) -> None:
    """Move a case to *Payé* (*Payée* in court) when nothing is owed any more, and back when something is again.

    Called after whatever was posted on it. A case on which nothing was ever owed, or whose claims were all deleted, is
    not a paid one. Nothing moves while a rate is missing. What went to court settled and is owed again is listed there.
    The caller holds the lock.
    """
    account = posted.account
    if isinstance(account, RateMissing):
        return
    case = Recovery.objects.get(pk=recovery_id)
    paid = PAID[case.is_in_court]
    if account.is_paid and case.status_id != paid and not _is_over(case) and _has_ended(recovery_id, posted):
        moved = status_move(recovery_id=recovery_id, to_status=paid, by=None, actor=Actor.SYSTEM)
        events_record([paid_event(moved)])
    elif not account.is_paid and case.status_id == paid:
        status_move(recovery_id=recovery_id, to_status=_before(case), by=None, actor=Actor.SYSTEM)
    if case.is_in_court and not account.is_paid:
        relist(recovery_id=recovery_id, account=account)


@story()
def case_reckon(*, recovery_id: int, by: User | None, source: Source) -> None:
    """Reckon a case whose terms are others (its parties, its interest, a notice), and settle it where that changed
    what is owed: before there was a ledger staff called cases paid on which a rest stood, and those stay so when
    somebody corrects a telephone number. The caller holds the lock.
    """
    kept = CaseBalance.objects.filter(pk=recovery_id).first()
    is_waiting = kept is None or kept.due is None
    posted = ledger_reckon(recovery_id=recovery_id, by=by, source=source, is_waiting=is_waiting)
    if kept and _owes_otherwise(kept, posted):
        case_settle(recovery_id=recovery_id, posted=posted)


def _owes_otherwise(kept: CaseBalance, posted: Posted) -> bool:
    """Whether another sum is owed than `kept` says, on its own day: interest that ran since is no change of terms."""
    account = posted.account
    if kept.due is None or kept.not_due is None or isinstance(account, RateMissing):
        return not isinstance(account, RateMissing) and account.is_paid
    if kept.terms != balance_terms():  # What it says is of other rates: whether something is owed still tells.
        return _has_turned(kept, account)
    if kept.next_change and kept.next_change <= today():
        account = reckoned(told_of(with_terms(Recovery.objects).get(pk=kept.pk)).facts, kept.on)
    return not isinstance(account, RateMissing) and account.owed != kept.due + kept.not_due


def _has_turned(kept: CaseBalance, account: Decompte) -> bool:
    """Whether nothing is owed by now, or something is where `kept` says that nothing was."""
    return account.is_paid or kept.due == kept.not_due == NOTHING


def settles_otherwise(case: Recovery, account: Decompte | RateMissing) -> bool:
    """Whether where a case stands (its status) and what its account comes to may not agree: few of many."""
    if isinstance(account, RateMissing) or not (account.claims or account.not_due):
        return False
    if case.status_id == PAID[case.is_in_court]:
        return not account.is_paid
    return account.is_paid and not _is_over(case)


@story()
def case_settle_at_rates(*, recovery_id: int, facts: Facts, account: Decompte, kept: CaseBalance) -> None:
    """Settle a case at other rates than those of which `kept` is, where they turned what it owes. The caller holds the
    lock."""
    if _has_turned(kept, account):
        case_settle(recovery_id=recovery_id, posted=Posted([], [], facts, account, account))


def require_nothing_owed(*, recovery_id: int) -> None:
    """Lock a case that somebody calls paid. Raises Forbidden, with what is owed, when something is."""
    case = case_lock(recovery_id)
    account = reckoned(told_of(case).facts, today())
    if not isinstance(account, RateMissing) and not account.is_paid:
        sentence = _(
            "{amount} is still owed: record what was paid, or give up (remise) or write off the rest. The case is "
            "then moved to Payé by itself."
        )
        raise Forbidden(sentence.format(amount=euros(account.owed)))


def _has_ended(recovery_id: int, posted: Posted) -> bool:
    """Whether something was owed and no longer is: it was paid or given up, or the claim was corrected to nothing.

    Without an invoice a case is still being put together, whatever came in for it.
    """
    account, before = posted.account, posted.before
    assert not isinstance(account, RateMissing)  # noqa: S101 - the caller has asked
    if account.claims or account.not_due:
        return True
    was_owed = isinstance(before, RateMissing) or not before.is_paid
    has_ended = was_owed or any(not row.is_reversed for row in account.payments)
    return has_ended and Invoice.objects.filter(recovery=recovery_id).exists()


def _is_over(case: Recovery) -> bool:
    """Whether it was ended otherwise: closed, transferred, rejected, lapsed, withdrawn."""
    return catalogue.is_closing(case.status_id)


def _before(case: Recovery) -> int:
    """Where a case that owes again goes: to a handler, or to the open status that it had in court."""
    if not case.is_in_court:
        return Step.PRE_LITIGATION
    last = StatusChange.objects.filter(recovery=case, to_status_id=Step.PAID_IN_COURT).order_by("-id").first()
    return last.from_status_id if last and last.from_status_id else Step.REQUEST_DRAFT
