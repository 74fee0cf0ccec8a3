"""Rehearsals as jobs: asked for by staff or a client, carried out by a worker."""

import csv
import io
from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from legalcity.lib.claims import Job, queue, take
from legalcity.lib.clock import now, today
from legalcity.lib.codes import Coded, FieldCode
from legalcity.lib.dates import add_months
from legalcity.lib.errors import Invalid
from legalcity.lib.logs import log_failure
from recoveries.catalogue import catalogue
from recoveries.letters.scenarios.rehearsing import Line, rehearse
from recoveries.models import Recovery, Rehearsal, ScenarioVersion

JOB: Job[Rehearsal] = Job(
    Rehearsal,
    "recoveries.tasks.rehearse",
    Q(state=Rehearsal.State.WAITING),
    claim=timedelta(minutes=15),
    most_attempts=3,
)
AHEAD = 12  # months
MOST_CASES = 1000  # that a client names
COLUMNS = ("recovery_id", "reference", "step", "on", "channel", "result", "reasons", "version", "due", "goes_with")


@transaction.atomic
def rehearsal_ask(
    *,
    version: ScenarioVersion,
    until: date,
    by: User | None,
    owner: User | None = None,
    case_ids: Collection[int] | None = None,
) -> Rehearsal:
    """Have a worker rehearse a version until a day, over the open cases of `owner` (None: all), or these of them.

    Raises Invalid for a day that has come or is more than a year ahead, and for cases that are not the owner's.
    """
    if not today() < until <= add_months(today(), AHEAD):
        raise Invalid({"until": [Coded(_("Choose a day to come, within a year."), FieldCode.RANGE)]})
    ids = None if case_ids is None else sorted(set(case_ids))
    if ids is not None and owner is not None:
        known = set(Recovery.objects.owned_by(owner).filter(pk__in=ids).values_list("pk", flat=True))
        if missing := [pk for pk in ids if pk not in known]:
            sentence = _("There is no such case for you: {ids}.").format(ids=", ".join(map(str, missing[:5])))
            raise Invalid({"recovery_ids": [Coded(sentence, FieldCode.UNKNOWN)]})
    rehearsal = Rehearsal.objects.create(version=version, until=until, by=by, owner=owner, case_ids=ids)
    queue(JOB.task, rehearsal.pk)
    return rehearsal


def rehearsal_carry_out(*, rehearsal_id: int, moment: datetime) -> None:
    """Do it, and keep what it comes to: the sums, and the lines as CSV."""
    claim = take(JOB, rehearsal_id, moment=moment)
    rehearsal = claim.row("version__scenario", "owner") if claim else None
    if claim is None or rehearsal is None:
        return
    if JOB.is_given_up(rehearsal.attempts):
        claim.write(state=Rehearsal.State.FAILED, claimed_until=None)
        return
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    try:
        told = rehearse(
            rehearsal.version,
            cases_of(rehearsal),
            rehearsal.until,
            moment=now(),
            sink=lambda line: writer.writerow(_row(line)),
        )
        as_today = rehearse(rehearsal.version, cases_of(rehearsal), rehearsal.until, moment=now(), as_today=True)
    except Exception as error:
        log_failure(error)
        claim.write(state=Rehearsal.State.FAILED, claimed_until=None, done_at=now())
        raise
    result = {**told.told(), "today": as_today.told()}
    claim.write(state=Rehearsal.State.DONE, result=result, rows=text.getvalue(), claimed_until=None, done_at=now())


def cases_of(rehearsal: Rehearsal) -> QuerySet[Recovery]:
    """Over which cases it is: open amicable ones of its scope."""
    closed = [entry.id for entry in catalogue.entries.values() if entry.is_closing]
    cases = Recovery.objects.exclude(status_id__in=closed)
    if rehearsal.owner is not None:
        cases = cases.owned_by(rehearsal.owner)
    return cases if rehearsal.case_ids is None else cases.filter(pk__in=rehearsal.case_ids)


def _row(line: Line) -> tuple[object, ...]:
    return (*line[:3], line.on.isoformat(), line.channel, line.result, " ".join(line.codes), *line[7:])
