"""The workers' part: claim what is due, try it over a few connections, write down what came of it.

Threads speak with receivers and know no database; one thread claims and writes. A worker may be killed at any line:
what it had claimed is due again when the claim ends (`sweep`), and whoever gets it twice sees the same `webhook-id`.
"""

import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime
from random import random

from django.db import transaction

from events.webhooks.claiming import CLAIM, JOB, THREADS, Taken, claim_due
from events.webhooks.endpoints import endpoint_disable, endpoint_failed, endpoints_work, waiting_cancel
from events.webhooks.models import Attempt, Delivery, Endpoint
from events.webhooks.sending import Outcome, fetcher_of_settings, send
from events.webhooks.verdicts import Verdict, verdict_of
from legalcity.lib.claims import lapsed
from legalcity.lib.clock import now

BEGINS_FOR = 5.0  # seconds in which a run begins tries; the next run goes on
TOGETHER = 0.025  # seconds in which tries that end are written down together, and others begun in their places
CUT_SHORT = "interrupted"
STATE = Delivery.State
AT_ONCE = 1000  # rows of one sweep


def deliver() -> int:
    """Try what is due until nothing is, or for BEGINS_FOR seconds; returns how many tries were made."""
    fetcher, until = fetcher_of_settings(), time.monotonic() + BEGINS_FOR
    running: dict[Future[Outcome], Taken] = {}
    made = 0
    with ThreadPoolExecutor(THREADS, thread_name_prefix="webhook") as pool:
        while True:
            if len(running) < THREADS and time.monotonic() < until:
                for taken in claim_due(most=THREADS - len(running), moment=now()):
                    running[pool.submit(send, taken.message, fetcher=fetcher)] = taken
            if not running:
                return made
            wait(running, return_when=FIRST_COMPLETED)
            ended, _others = wait(running, timeout=TOGETHER)
            made += tries_record([(running.pop(future), future.result()) for future in ended])


def tries_record(results: Sequence[tuple[Taken, Outcome]]) -> int:
    """Write down what came of tries, and what follows from it; returns how many there were."""
    in_order = sorted(results, key=lambda result: result[0].delivery.pk)
    verdicts = [verdict_of(outcome, tries=taken.delivery.attempts, chance=random()) for taken, outcome in in_order]  # noqa: S311
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
    endpoints_work({endpoint.pk for endpoint, _outcome, verdict in originals if verdict.is_delivered})
    for endpoint, outcome, verdict in originals:
        if verdict.is_gone:
            endpoint_disable(endpoint_id=endpoint.pk, reason=Endpoint.Reason.GONE)
        elif not verdict.is_delivered:
            endpoint_failed(endpoint=endpoint, moment=outcome.at)
    return len(in_order)


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
    """What every claim would write one by one, at once."""
    ends = [end for each in taken for end in each.claim.ends]
    mine = Delivery.objects.filter(pk__in=[each.claim.pk for each in taken], claimed_until__in=ends)
    mine.update(claimed_until=None, state=STATE.DELIVERED, ended_at=now())


def _end(delivery: Delivery, verdict: Verdict, at: datetime) -> dict[str, object]:
    if verdict.pause is None or delivery.is_replay:  # What was sent again is tried once.
        return {"state": STATE.FAILED, "ended_at": at}
    return {"due_at": at + verdict.pause}


def sweep(*, moment: datetime) -> int:
    """Let go what a lost worker had, and what still waits for a disabled endpoint; returns how many deliveries."""
    with transaction.atomic():
        lost = lapsed(JOB, moment=moment).order_by("pk").select_for_update(skip_locked=True)
        rows = list(lost.values_list("pk", "claimed_until")[:AT_ONCE])
        Attempt.objects.bulk_create(
            Attempt(delivery_id=pk, at=until - CLAIM, reason=CUT_SHORT, ms=0) for pk, until in rows if until
        )
        Delivery.objects.filter(pk__in=[pk for pk, _until in rows]).update(claimed_until=None)
    return len(rows) + waiting_cancel()
