"""The way of an order: pending → processing → completed, or failed with its tokens given back.

Who works on an order holds a claim (legalcity/lib/claims.py); results are written only while it stands. A worker may
die at any line: the sweep begins again what was left behind, and what kills its workers is given up, refunded.
"""

from datetime import datetime, timedelta
from enum import Enum

import structlog
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from events.services import events_record, story
from legalcity.lib.claims import Claim, Job, anew, queue, take
from legalcity.lib.clock import now
from legalcity.lib.dates import PARIS
from legalcity.lib.errors import Forbidden
from legalcity.lib.settings.live import live
from scoring.events import ORDER_COMPLETED, ORDER_FAILED, order_event
from scoring.evidence import Evidence, gather, subject_of
from scoring.models import ScoringOrder
from scoring.reports import report
from scoring.scorecard import Score, score
from scoring.services.tokens import tokens_refund, tokens_spend
from scoring.services.watching import surveillance_start

log = structlog.get_logger("scoring")

Status = ScoringOrder.Status
# Somebody waits for hours, not for seconds: a source that is away has time to come back.
JOB = Job(
    ScoringOrder,
    "scoring.tasks.process",
    waiting=Q(status__in=(Status.PENDING, Status.PROCESSING)),
    first_pause=timedelta(seconds=30),
)
INTERRUPTED = "interrupted"
NOT_FAILED = _("Only a failed order can be tried again.")


class Outcome(Enum):
    """What an attempt came to: LATER asks to be called again."""

    DONE = "done"
    LATER = "later"
    NOT_MINE = "not mine"


def order_process(*, order_pk: int, moment: datetime) -> Outcome:
    """Do an order. Safe to call again at any time, from any number of workers."""
    claim = take(JOB, order_pk, moment=moment, status=Status.PROCESSING)
    if claim is None:
        return Outcome.NOT_MINE
    order = ScoringOrder.objects.get(pk=order_pk)
    if JOB.is_given_up(order.attempts):
        _fail(claim, INTERRUPTED)
        return Outcome.DONE
    try:
        with claim.kept():
            evidence = gather(subject_of(order), moment.astimezone(PARIS).date())
            _complete(claim, order, evidence, score(evidence.facts))
    except Exception as error:
        log.exception("order_attempt_failed", order_id=order.order_id, attempt=order.attempts)
        return _again(claim, order, type(error).__name__)
    return Outcome.DONE


@story()
def _complete(claim: Claim[ScoringOrder], order: ScoringOrder, evidence: Evidence, outcome: Score) -> None:
    moment = now()
    results = report(evidence, outcome, credit_base=live.SCORING_CREDIT_BASE, moment=moment)
    done = {"status": Status.COMPLETED, "results": results, "completed_at": moment, "failure": ""}
    if not claim.write(claimed_until=None, **done):
        return
    if order.surveillance:
        surveillance_start(order=order, facts=evidence.facts, outcome=outcome, today=moment.astimezone(PARIS).date())
    events_record([order_event(ORDER_COMPLETED, order)])
    log.info("order_completed", order_id=order.order_id)


def _again(claim: Claim[ScoringOrder], order: ScoringOrder, reason: str) -> Outcome:
    """Something of ours is out of order: try again, a bounded number of times."""
    if not JOB.is_last(order.attempts):
        claim.release(after=JOB.pause(order.attempts), status=Status.PENDING)
        return Outcome.LATER
    _fail(claim, reason)
    return Outcome.DONE


@story()
def _fail(claim: Claim[ScoringOrder], reason: str) -> None:
    """Give the order up and its tokens back, both or neither; once, because a claim ends here."""
    if not claim.write(status=Status.FAILED, claimed_until=None, failure=reason[:255], completed_at=None):
        return
    order = ScoringOrder.objects.get(pk=claim.pk)
    tokens_refund(order=order, amount=len(order.services))
    events_record([order_event(ORDER_FAILED, order, tokens_returned=len(order.services))])
    log.info("order_failed", order_id=order.order_id, reason=reason)


@story()
def order_retry(*, order: ScoringOrder, by: User) -> None:
    """Begin a failed order again; its tokens, which were given back, are spent again.

    Raises Forbidden when it has not failed, or when the client has too few tokens.
    """
    failed = ScoringOrder.objects.filter(pk=order.pk, status=Status.FAILED)
    if not failed.update(status=Status.PENDING, failure="", **anew()):
        raise Forbidden(NOT_FAILED)
    tokens_spend(order=order, amount=len(order.services), by=by)
    queue(JOB.task, order.pk)
