"""The clock of scenarios: claims what is due, some at once, and has each case acted on in a transaction of its own.

A claim keeps two clocks from working on the same cases; what keeps a step from being done twice are the locks of
`enrolment_act` and the database, whoever is killed wherever.
"""

import time
from datetime import datetime, timedelta

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from law.scenario import Standing
from legalcity.lib.clock import now
from legalcity.lib.settings.live import live
from recoveries.letters.scenarios.acting import enrolment_act
from recoveries.letters.scenarios.models import LOOKED_AT
from recoveries.models import Enrolment, ScenarioStop

log = structlog.get_logger("scenarios")

AT_ONCE = 200
CLAIM = timedelta(minutes=5)
MOST_ATTEMPTS = 5
TICKS_FOR = timedelta(seconds=110)  # Started every minute: two at most work at the same time


def tick() -> int:
    """Act on all that is due, for `TICKS_FOR` at most; returns how many cases were looked at."""
    live.forget()
    if not live.SCENARIOS_RUNNING:
        return 0
    end, done = time.monotonic() + TICKS_FOR.total_seconds(), 0
    while time.monotonic() < end and (claimed := due_claim(moment=now())):
        for enrolment_id, case_id in claimed:
            _acted(enrolment_id, case_id)
        done += len(claimed)
    return done


@transaction.atomic
def due_claim(*, moment: datetime) -> list[tuple[int, int]]:
    """Take some of the enrolments that are due and that nobody has, the longest due first: ids of each and its case."""
    free = Q(claimed_until=None) | Q(claimed_until__lt=moment)
    due = Enrolment.objects.filter(free, state__in=LOOKED_AT, next_due_at__lte=moment)
    due = due.exclude(owner__in=ScenarioStop.objects.values("owner"))
    locked = due.order_by("next_due_at", "pk").select_for_update(of=("self",), skip_locked=True)
    claimed = list(locked.values_list("pk", "recovery_id")[:AT_ONCE])
    Enrolment.objects.filter(pk__in=[pk for pk, _case in claimed]).update(
        claimed_until=moment + CLAIM, attempts=F("attempts") + 1
    )
    return claimed


def _acted(enrolment_id: int, case_id: int) -> None:
    """One that cannot be acted on keeps no other back; after some attempts it is held, where staff see it."""
    try:
        enrolment_act(enrolment_id=enrolment_id, case_id=case_id, moment=now())
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("scenario_not_acted", enrolment_id=enrolment_id, recovery_id=case_id)
        failed = Enrolment.objects.filter(pk=enrolment_id, attempts__gte=MOST_ATTEMPTS, state=Standing.RUNNING)
        failed.update(
            state=Standing.HELD,
            next_due_at=None,
            reason=_("The step could not be carried out: tell who runs the site."),
        )
