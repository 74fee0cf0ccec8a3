"""The workers' part: claim what is due, have it tried over a few connections, write down what came of it.

A worker may be killed at any line: what it had claimed is due again when the claim ends (`sweep`), and whoever gets it
twice sees the same `webhook-id`.
"""

import os
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from random import random

from django.db import connection, transaction
from django.db.models import Q

from events.webhooks.claiming import CLAIM, JOB, Taken, claim_due
from events.webhooks.endpoints import endpoint_failed, endpoint_gone, endpoints_slow, endpoints_work, waiting_cancel
from events.webhooks.fan_out import DELIVER, fan_out
from events.webhooks.lanes import SLOW_AFTER
from events.webhooks.models import Attempt, Delivery, Endpoint
from events.webhooks.post import Post, Result
from events.webhooks.sending import Outcome, fetcher_of_settings, send
from events.webhooks.verdicts import ELSEWHERE, Verdict, verdict_of
from legalcity.lib.claims import lapsed
from legalcity.lib.clock import now
from legalcity.lib.embedded_clock import hint
from legalcity.lib.logs import log_failure

RUNS_FOR = 5.0  # seconds in which a run begins tries; the next run goes on
IDLE_FOR = 1.0  # seconds without anything to begin or to write down after which a run is over
TURN = 0.2  # seconds after which a run looks again at what has happened, and what is due, if nothing ends
TOGETHER = 0.025  # seconds in which tries that end are written down together, and others begun in their places
CUT_SHORT = "interrupted"
STATE = Delivery.State
SLOW_MS = SLOW_AFTER / timedelta(milliseconds=1)
AT_ONCE = 1000  # rows of one sweep


def deliver() -> int:
    """Try what is due until nothing is, for RUNS_FOR seconds at most; returns how many tries have ended meanwhile.

    Receivers that are slow are not waited for: their tries run on beside the next runs.
    """
    with post.attended() as is_mine:  # A run of this process that still goes on sees to it as well.
        return _attend() if is_mine else 0


def _attend() -> int:
    made, begun = 0, 0
    over_at = time.monotonic() + RUNS_FOR
    busy_at = handed_on_at = time.monotonic()
    while True:
        is_time = (moment := time.monotonic()) < over_at
        if is_time and moment >= handed_on_at + TURN:
            fan_out(hints=False)  # The worker that would do it may be this one.
            handed_on_at = moment
        begun = _begin() if is_time else begun
        made += (ended := _record())
        if (begun and is_time) or ended:
            busy_at = time.monotonic()
            continue
        is_idle = time.monotonic() > busy_at + (IDLE_FOR if is_time else TURN)
        if (is_idle or not post.is_busy) and post.leave():
            break
    if begun:  # Time is over, and there may be more.
        hint(DELIVER)
    return made


def _begin() -> int:
    """Begin tries of what is due, as many as there is room for; returns how many."""
    if taken := claim_due(post.room(), moment=now()):
        fetcher = fetcher_of_settings()
        for each in taken:
            post.begin(each, partial(send, each.message, fetcher=fetcher))
    return len(taken)


def _record() -> int:
    """Write down what ends within a moment; returns how many tries."""
    results = post.ended(within=TURN) if post.is_busy else []
    if results:
        time.sleep(TOGETHER)
        results += post.ended(within=0)
    return _write_down(results)


def _write_down(results: Sequence[Result]) -> int:
    return tries_record([(taken, future.result()) for taken, future in results]) if results else 0


def _write_down_late(results: Sequence[Result]) -> None:
    """In the thread of a try that no run waited for."""
    try:
        _write_down(results)
    except Exception as error:  # The claim ends, and the sweep has it tried again.
        log_failure(error)
    finally:
        connection.close()


post = Post(unattended=_write_down_late)
os.register_at_fork(after_in_child=post.clear)  # A child has none of the threads.


def tries_record(results: Sequence[tuple[Taken, Outcome]]) -> int:
    """Write down what came of tries, and what follows from it; returns how many there were."""
    in_order = sorted(results, key=lambda result: result[0].delivery.pk)
    verdicts = _verdicts(in_order)
    with transaction.atomic():
        _lock([taken.claim.pk for taken, _outcome in in_order])
        Attempt.objects.bulk_create(attempt_of(outcome, taken.delivery) for taken, outcome in in_order)
        _arrived([taken for (taken, _outcome), verdict in zip(in_order, verdicts, strict=True) if verdict.is_delivered])
        for (taken, outcome), verdict in zip(in_order, verdicts, strict=True):
            if not verdict.is_delivered:
                taken.claim.write(claimed_until=None, **_end(taken.delivery, verdict, outcome.at))
    originals = [
        (taken.delivery.endpoint, outcome, verdict)
        for (taken, outcome), verdict in zip(in_order, verdicts, strict=True)
        if not taken.delivery.is_replay
    ]
    endpoints_work([endpoint for endpoint, _outcome, verdict in originals if verdict.is_delivered])
    endpoints_slow([taken.delivery.endpoint for taken, outcome in in_order if outcome.ms >= SLOW_MS], moment=now())
    for endpoint, outcome, verdict in originals:
        if not verdict.is_delivered:
            endpoint_failed(endpoint=endpoint, moment=outcome.at)
        if verdict.is_gone:
            endpoint_gone(tried=endpoint)
    return len(in_order)


def _verdicts(results: Sequence[tuple[Taken, Outcome]]) -> list[Verdict]:
    """What follows from each try. An address that is gone, and the endpoint's no more, was the wrong one to try."""
    verdicts = [verdict_of(outcome, tries=taken.delivery.attempts, chance=random()) for taken, outcome in results]  # noqa: S311
    gone = [taken.delivery.endpoint for (taken, _outcome), one in zip(results, verdicts, strict=True) if one.is_gone]
    if not gone:
        return verdicts
    urls = dict(Endpoint.objects.filter(pk__in=[endpoint.pk for endpoint in gone]).values_list("pk", "url"))
    moved = {endpoint.pk for endpoint in gone if urls.get(endpoint.pk) != endpoint.url}
    return [
        ELSEWHERE if verdict.is_gone and taken.delivery.endpoint_id in moved else verdict
        for (taken, _outcome), verdict in zip(results, verdicts, strict=True)
    ]


def attempt_of(outcome: Outcome, delivery: Delivery | None = None) -> Attempt:
    """A try as it is kept; of a trial there is no delivery."""
    return Attempt(
        delivery=delivery,
        at=outcome.at,
        status=outcome.status,
        reason=outcome.reason,
        ms=outcome.ms,
        response_head=outcome.response_head,
    )


def _lock(ids: Sequence[int]) -> None:
    """Lock deliveries in the order in which everybody does."""
    rows = Delivery.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True)
    list(rows.values_list("pk", flat=True))


def _arrived(taken: Sequence[Taken]) -> None:
    """What every claim would write one by one, at once. What was cancelled under way has arrived all the same."""
    ends = [end for each in taken for end in each.claim.ends]
    mine = Q(claimed_until__in=ends) | Q(state=STATE.CANCELLED)
    Delivery.objects.filter(mine, pk__in=[each.claim.pk for each in taken]).update(
        claimed_until=None, state=STATE.DELIVERED, ended_at=now()
    )


def _end(delivery: Delivery, verdict: Verdict, at: datetime) -> dict[str, object]:
    if verdict.pause is None or delivery.is_replay:  # What was sent again is tried once.
        return {"state": STATE.FAILED, "ended_at": at}
    return {"due_at": at + verdict.pause}


def sweep(*, moment: datetime) -> int:
    """Let go what a lost worker had, and what still waits for a disabled endpoint; returns how many deliveries.

    A delivery whose last try was cut short has failed: it may be what the workers die of.
    """
    with transaction.atomic():
        lost = lapsed(JOB, moment=moment).order_by("pk").select_for_update(skip_locked=True)
        rows = list(lost.values_list("pk", "claimed_until", "attempts")[:AT_ONCE])
        Attempt.objects.bulk_create(
            Attempt(delivery_id=pk, at=until - CLAIM, reason=CUT_SHORT, ms=0) for pk, until, _tries in rows if until
        )
        Delivery.objects.filter(pk__in=[pk for pk, _until, _tries in rows]).update(claimed_until=None)
        given_up = [pk for pk, _until, tries in rows if JOB.is_given_up(tries + 1)]
        Delivery.objects.filter(pk__in=given_up).update(state=STATE.FAILED, ended_at=moment)
    return len(rows) + waiting_cancel()
