"""A bulk sending as the worker's: case by case, each in a transaction of its own, wherever one is killed."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from legalcity.lib.claims import Claim, take
from legalcity.lib.clock import now
from recoveries.letters.bulk.reviewing import Reviewer
from recoveries.letters.bulk.sending import case_sent
from recoveries.letters.bulk.services import JOB, to_be_sent
from recoveries.models import Mailing, MailingCase

State = Mailing.State


def mailing_carry(*, mailing_id: int, moment: datetime) -> None:
    """Review it, or send what was confirmed. What another worker has done is left as it is."""
    claim = take(JOB, mailing_id, moment=moment)
    mailing = claim.row("by") if claim else None
    if claim is None or mailing is None:
        return
    if JOB.is_given_up(mailing.attempts):
        claim.write(state=State.FAILED, claimed_until=None)
        return
    with claim.kept():
        if mailing.state == State.REVIEWING:
            rows = list(mailing.cases.filter(verdict="").values_list("pk", flat=True))
            if _gone_through(claim, rows, Reviewer(mailing).review):
                claim.write(state=State.REVIEWED, reviewed_at=now(), claimed_until=None)
        elif _gone_through(claim, _unsent(mailing), partial(_send, mailing)):
            claim.write(state=State.DONE, done_at=now(), claimed_until=None)


def _unsent(mailing: Mailing) -> list[int]:
    return list(to_be_sent(mailing).order_by("pk").values_list("pk", flat=True))


def _send(mailing: Mailing, pk: int) -> None:
    case_sent(pk=pk, mailing=mailing)


def _gone_through(claim: Claim[Mailing], rows: list[int], step: Callable[[int], None]) -> bool:
    """Do a step with each of these rows of a sending; whether it is done with all, and still ours."""
    for pk in rows:
        step(pk)
        if not claim.write(attempts=0):
            return False
    return True


def done_of(mailing: Mailing) -> tuple[int, int]:
    """How many cases were gone through, and of how many: for who waits."""
    cases = MailingCase.objects.filter(mailing=mailing)
    if mailing.confirmed_at is None:
        return cases.exclude(verdict="").count(), cases.count()
    waiting = to_be_sent(mailing).count()
    return cases.exclude(result="").count(), cases.exclude(result="").count() + waiting
