"""Rehearsals as jobs: asked for by staff or a client, parted among workers, joined by the one that ends last."""

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from hashlib import sha256
from itertools import chain
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q, QuerySet, Sum, prefetch_related_objects
from django.utils.translation import gettext as _

from accounts.models import User
from legalcity.lib.claims import Claim, Job, queue, take
from legalcity.lib.clock import now, today
from legalcity.lib.codes import Coded, FieldCode
from legalcity.lib.dates import add_months
from legalcity.lib.errors import Invalid
from recoveries.catalogue import catalogue
from recoveries.letters.scenarios.carrying import version_planned
from recoveries.letters.scenarios.outcome import Line, Summary
from recoveries.letters.scenarios.parting import parts_of
from recoveries.letters.scenarios.rehearsing import rehearse
from recoveries.models import Recovery, Rehearsal, RehearsalPart, ScenarioVersion

JOB: Job[Rehearsal] = Job(
    Rehearsal,
    "recoveries.tasks.rehearse",
    Q(state=Rehearsal.State.WAITING, begun_at=None),
)
PART_JOB: Job[RehearsalPart] = Job(RehearsalPart, "recoveries.tasks.rehearse_part", Q(done_at=None))
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


def rehearsal_begin(*, rehearsal_id: int, moment: datetime) -> None:
    """Make the parts of a rehearsal, which workers take then."""
    claim = take(JOB, rehearsal_id, moment=moment)
    rehearsal = claim.row("owner") if claim else None
    if claim is None or rehearsal is None:
        return
    if JOB.is_given_up(rehearsal.attempts):
        rehearsal_fail(rehearsal.pk)
        return
    with claim.kept():
        debtors = list(parts_of(cases_of(rehearsal)))
    parts = [
        RehearsalPart(rehearsal=rehearsal, number=number, debtors=part, cases=sum(map(len, part)))
        for number, part in enumerate(debtors)
    ]
    with transaction.atomic():
        if claim.write(begun_at=moment, rows=_text([COLUMNS]), claimed_until=None):
            for part in RehearsalPart.objects.bulk_create(parts):
                queue(PART_JOB.task, part.pk)


def part_carry_out(*, part_id: int, moment: datetime) -> None:
    """Rehearse a part, and keep what it comes to; the last one joins the sums of all."""
    claim = take(PART_JOB, part_id, moment=moment)
    part = claim.row("rehearsal__version__scenario") if claim else None
    if claim is None or part is None:
        return
    if PART_JOB.is_given_up(part.attempts):
        rehearsal_fail(part.rehearsal_id)
        return
    rehearsal, rows = part.rehearsal, list[Sequence[object]]()
    prefetch_related_objects([rehearsal.version], "steps")  # Once: what is rehearsed is what has the fingerprint.
    steps = sha256(repr(version_planned(rehearsal.version)).encode()).hexdigest()
    try:
        with claim.kept():
            rehearsed = rehearse(
                rehearsal.version,
                part.debtors,
                rehearsal.until,
                moment=rehearsal.begun_at or moment,
                sink=lambda line: rows.append(_row(line)),
            )
    except (OperationalError, InterfaceError):
        raise  # A database that is away is waited for.
    except Exception:
        rehearsal_fail(part.rehearsal_id)
        raise
    sums = {"told": rehearsed.told.kept(), "today": rehearsed.today.kept(), "steps": steps}
    _part_done(claim, rehearsal.pk, sums=sums, rows=_text(rows))


@transaction.atomic
def _part_done(claim: Claim[RehearsalPart], rehearsal_id: int, **found: object) -> None:
    """Parts of a rehearsal end one at a time: one of them sees that it is the last."""
    waiting = Rehearsal.objects.filter(pk=rehearsal_id, state=Rehearsal.State.WAITING)
    rehearsal = waiting.select_for_update().defer("rows").first()
    if rehearsal is None:  # Given up, or done by a worker that knew of no parts.
        RehearsalPart.objects.filter(rehearsal=rehearsal_id).delete()
        return
    if not claim.write(**found, done_at=now(), claimed_until=None):
        return
    if rehearsal.parts.filter(done_at=None).exists():
        return
    parts: list[dict[str, Any]] = [
        part.sums or {} for part in rehearsal.parts.order_by("number").defer("rows", "debtors")
    ]
    if len({sums["steps"] for sums in parts}) > 1:  # The draft was changed meanwhile.
        rehearsal_fail(rehearsal_id)
        return
    told, today = Summary(), Summary()
    for sums in parts:
        told.join(sums["told"])
        today.join(sums["today"])
    rehearsal.state, rehearsal.done_at = Rehearsal.State.DONE, now()
    rehearsal.result = {**told.told(), "today": today.told()}
    rehearsal.save(update_fields=["state", "done_at", "result"])
    rehearsal.parts.update(sums=None)


@transaction.atomic
def rehearsal_fail(rehearsal_id: int) -> None:
    """Give a rehearsal up: its parts go, so who works on one has nothing to write to."""
    waiting = Rehearsal.objects.filter(pk=rehearsal_id, state=Rehearsal.State.WAITING)
    if waiting.update(state=Rehearsal.State.FAILED, done_at=now(), claimed_until=None):
        RehearsalPart.objects.filter(rehearsal=rehearsal_id).delete()


def progress_of(rehearsal: Rehearsal) -> tuple[int, int]:
    """How many cases were rehearsed, and of how many: for who waits."""
    parts = rehearsal.parts.aggregate(done=Sum("cases", filter=Q(done_at__isnull=False)), all=Sum("cases"))
    return parts["done"] or 0, parts["all"] or 0


def lines_of(rehearsal: Rehearsal) -> Iterator[list[str]]:
    """The lines of a rehearsal below their heading, part by part."""
    parts = rehearsal.parts.order_by("number").values_list("rows", flat=True).iterator(chunk_size=1)
    for text in chain([rehearsal.rows], parts):
        yield from csv.reader(io.StringIO(text, newline=""))


def cases_of(rehearsal: Rehearsal) -> QuerySet[Recovery]:
    """Over which cases it is: open amicable ones of its scope."""
    closed = [entry.id for entry in catalogue.entries.values() if entry.is_closing]
    cases = Recovery.objects.exclude(status_id__in=closed)
    if rehearsal.owner is not None:
        cases = cases.owned_by(rehearsal.owner)
    return cases if rehearsal.case_ids is None else cases.filter(pk__in=rehearsal.case_ids)


def _row(line: Line) -> tuple[object, ...]:
    return (*line[:3], line.on.isoformat(), line.channel, line.result, " ".join(line.codes), *line[7:])


def _text(rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()
