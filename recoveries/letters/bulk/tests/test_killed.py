"""Workers of a bulk sending that are killed, or work at the same moment: no reminder twice, none forgotten."""

import os
import signal
import sys
from collections import Counter
from random import Random
from time import monotonic, sleep
from typing import Any

import pytest
from django.core import mail
from django.db import connection, connections

from legalcity.lib.clock import now
from recoveries.letters.bulk.services import mailing_ask, mailing_confirm, mailing_stop
from recoveries.letters.bulk.working import mailing_carry
from recoveries.models import Mailing, Message
from tests.backoffice import chief
from tests.factories import Api, case_id
from tests.letters import FREE
from tests.races import at_once

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="a killed process needs a server of its own"),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
CASES, KILLS = 12, 10
MINE = ("letters/bulk/", "letters/services.py")


@pytest.fixture
def mailing(owner: Api, system_setting: Any, settings: Any) -> Mailing:
    """A sending that is asked for; nobody has worked on it."""
    settings.CELERY_TASK_ALWAYS_EAGER = False
    system_setting(**FREE)
    cases = [case_id(owner, debtor={"company_email": f"debtor{number}@example.com"}) for number in range(CASES)]
    by = chief()
    return mailing_ask(case_ids=cases, kind="relance_1", channel="email", moves_case=False, by=by, token="t")


def carry(mailing: Mailing) -> None:
    """What the next worker does, once the claim of the dead one has run out."""
    Mailing.objects.filter(pk=mailing.pk).update(claimed_until=None)
    mailing_carry(mailing_id=mailing.pk, moment=now())


def killed(mailing: Mailing, after: int) -> bool:
    """Have a process of its own work, and kill it at the `after`-th line that it runs; whether it came so far."""
    Mailing.objects.filter(pk=mailing.pk).update(claimed_until=None)
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        try:
            _die(mailing, after)
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(pid, 0)[1])


def _die(mailing: Mailing, after: int) -> None:
    left = [after]

    def lines(frame: Any, event: str, _argument: Any) -> Any:
        if not any(mine in frame.f_code.co_filename for mine in MINE):
            return None
        if event == "line":
            left[0] -= 1
            if left[0] <= 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return lines

    sys.settrace(lines)
    mailing_carry(mailing_id=mailing.pk, moment=now())


def confirmed(mailing: Mailing) -> None:
    carry(mailing)
    mailing_confirm(mailing_id=mailing.pk, with_held=False, by=mailing.by)


def test_workers_that_are_killed_send_nothing_twice_and_lose_nothing(mailing: Mailing) -> None:
    chance = Random(1)
    killed(mailing, chance.randrange(20, 120))
    confirmed(mailing)
    died = [killed(mailing, chance.randrange(1, 400)) for _turn in range(KILLS)]
    carry(mailing)
    mailing.refresh_from_db()
    assert any(died)
    assert mailing.state == "done"
    assert sorted(Message.objects.values_list("recovery_id", flat=True)) == sorted(
        mailing.cases.values_list("recovery_id", flat=True)
    )
    assert set(mailing.cases.values_list("result", flat=True)) == {"written"}
    assert mail.outbox == []  # Each is queued: what sends it is the worker of messages.


def test_two_workers_at_once_write_each_reminder_once(mailing: Mailing) -> None:
    confirmed(mailing)

    def work(_number: int) -> None:
        carry(mailing)

    at_once(3, work)
    carry(mailing)
    assert Message.objects.count() == CASES


def test_confirmed_by_two_clicks_at_once_it_begins_once(mailing: Mailing) -> None:
    carry(mailing)
    at_once(4, lambda _number: mailing_confirm(mailing_id=mailing.pk, with_held=False, by=mailing.by))
    carry(mailing)
    assert Message.objects.count() == CASES


def test_stopped_while_workers_are_at_it_each_case_was_sent_or_never_is(mailing: Mailing) -> None:
    confirmed(mailing)

    def work(number: int) -> None:
        if number:
            mailing_carry(mailing_id=mailing.pk, moment=now())
            return
        deadline = monotonic() + 20
        while not Message.objects.exists() and monotonic() < deadline:
            sleep(0.005)
        mailing_stop(mailing_id=mailing.pk, by=mailing.by)

    at_once(2, work)
    carry(mailing)
    mailing.refresh_from_db()
    results = Counter(mailing.cases.values_list("result", flat=True))
    assert mailing.state == "stopped"
    assert results["written"] == Message.objects.count()
    assert results["stopped"] == CASES - results["written"] > 0
