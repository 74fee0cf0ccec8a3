"""The way of an order: pending → processing → completed, or failed with its tokens given back.

Who works on an order holds a claim with an end; results are written only while the claim stands. A worker may die at
any line: the sweep begins again what was left behind, and what kills its workers is given up, refunded.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

import structlog
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from legalcity.lib.clock import now
from legalcity.lib.dates import PARIS
from legalcity.lib.errors import Forbidden
from legalcity.lib.settings.live import live
from scoring.evidence import Evidence, gather, subject_of
from scoring.models import ScoringOrder
from scoring.reports import report
from scoring.scorecard import Score, score
from scoring.services.queueing import queue_processing
from scoring.services.tokens import tokens_refund, tokens_spend
from scoring.services.watching import surveillance_start

log = structlog.get_logger("scoring")

Status = ScoringOrder.Status
CLAIM = timedelta(minutes=5)
LEFT_BEHIND = timedelta(minutes=1)
MOST_ATTEMPTS = 3
INTERRUPTED = "interrupted"
NOT_FAILED = _("Only a failed order can be tried again.")


class Outcome(Enum):
    """What an attempt came to: LATER asks to be called again."""

    DONE = "done"
    LATER = "later"
    NOT_MINE = "not mine"


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work on an order until an end that nobody else has chosen."""

    order_pk: int
    until: datetime

    def write(self, **values: object) -> bool:
        """Write a result, unless the claim has passed to somebody else."""
        mine = ScoringOrder.objects.filter(pk=self.order_pk, claimed_until=self.until)
        return bool(mine.update(**values))


def order_process(*, order_pk: int, moment: datetime) -> Outcome:
    """Do an order. Safe to call again at any time, from any number of workers."""
    claim = _claimed(order_pk, moment)
    if claim is None:
        return Outcome.NOT_MINE
    order = ScoringOrder.objects.get(pk=order_pk)
    if order.attempts > MOST_ATTEMPTS:
        _fail(claim, INTERRUPTED)
        return Outcome.DONE
    try:
        evidence = gather(subject_of(order), moment.astimezone(PARIS).date())
        _complete(claim, order, evidence, score(evidence.facts))
    except Exception as error:
        log.exception("order_attempt_failed", order_id=order.order_id, attempt=order.attempts)
        return _again(claim, order, type(error).__name__)
    return Outcome.DONE


def _claimed(order_pk: int, moment: datetime) -> Claim | None:
    """One winner, by a conditional update; the odd microseconds make each claim's end its own."""
    claim = Claim(order_pk, moment + CLAIM + timedelta(microseconds=uuid.uuid4().int % 1_000_000))
    free = Q(claimed_until=None) | Q(claimed_until__lt=moment)
    won = (
        ScoringOrder.objects.unfinished()
        .filter(free, pk=order_pk)
        .update(status=Status.PROCESSING, claimed_until=claim.until, attempts=F("attempts") + 1)
    )
    return claim if won else None


@transaction.atomic
def _complete(claim: Claim, order: ScoringOrder, evidence: Evidence, outcome: Score) -> None:
    moment = now()
    results = report(evidence, outcome, credit_base=live.SCORING_CREDIT_BASE, moment=moment)
    done = {"status": Status.COMPLETED, "results": results, "completed_at": moment, "failure": ""}
    if not claim.write(claimed_until=None, **done):
        return
    if order.surveillance:
        surveillance_start(order=order, facts=evidence.facts, outcome=outcome, today=moment.astimezone(PARIS).date())
    log.info("order_completed", order_id=order.order_id)


def _again(claim: Claim, order: ScoringOrder, reason: str) -> Outcome:
    """Something of ours is out of order: try again, a bounded number of times."""
    if order.attempts < MOST_ATTEMPTS:
        claim.write(claimed_until=None, status=Status.PENDING)
        return Outcome.LATER
    _fail(claim, reason)
    return Outcome.DONE


@transaction.atomic
def _fail(claim: Claim, reason: str) -> None:
    """Give the order up and its tokens back, both or neither; once, because a claim ends here."""
    if not claim.write(status=Status.FAILED, claimed_until=None, failure=reason[:255], completed_at=None):
        return
    order = ScoringOrder.objects.get(pk=claim.order_pk)
    tokens_refund(order=order, amount=len(order.services))
    log.info("order_failed", order_id=order.order_id, reason=reason)


@transaction.atomic
def order_retry(*, order: ScoringOrder, by: User) -> None:
    """Begin a failed order again; its tokens, which were given back, are spent again.

    Raises Forbidden when it has not failed, or when the client has too few tokens.
    """
    failed = ScoringOrder.objects.filter(pk=order.pk, status=Status.FAILED)
    if not failed.update(status=Status.PENDING, attempts=0, failure="", claimed_until=None):
        raise Forbidden(NOT_FAILED)
    tokens_spend(order=order, amount=len(order.services), by=by)
    queue_processing(order.pk)


def orders_left_behind(*, moment: datetime) -> list[int]:
    """Keys of orders that nobody works on."""
    free = Q(claimed_until=None) | Q(claimed_until__lt=moment)
    waiting = ScoringOrder.objects.unfinished().filter(free, created_at__lt=moment - LEFT_BEHIND)
    return list(waiting.order_by("id").values_list("id", flat=True)[:1000])
