"""Writes of tasks: opened once, done, dropped, given to a person, postponed.

What staff do with one is written down by the act that they do it by; the rest here.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from backoffice.audit import ADDED, CHANGED, audit_record, changed_values, field_values
from events.services import story
from legalcity.lib.clock import now, today
from legalcity.lib.errors import Forbidden, Invalid, NotFound
from recoveries.agenda.kinds import conditions, kind_of
from recoveries.agenda.models import StaffTask
from recoveries.agenda.sentences import plain
from recoveries.models.cases import Recovery

By, State = StaffTask.By, StaffTask.State
DO = "recoveries.do_task"
CLOSED_AT_ONCE = 500  # rows of one look; what is more is found by the next one


@story()
def task_open(
    *,
    kind: str,
    recovery_id: int | None,
    due_on: date,
    sentence_facts: Mapping[str, Any] | None = None,
    auto_close: str | None = None,
    fix_url: str = "",
    created_by: str = By.SYSTEM,
    assignee: User | None = None,
    subject: str = "",
    note: str = "",
    by: User | None = None,
) -> StaffTask:
    """The open task of this kind and subject on a case (None: of the firm): the one that is there, or a new one.

    `sentence_facts` fill the sentence of the kind: texts, days, amounts. `auto_close` is the code of the condition that
    closes it; None: that of its kind. `fix_url` is the page of the site where it is done.
    Raises NotFound for a case that is not there, Invalid for an assignee who is not staff, ValueError for what no
    caller may say (an unknown kind, condition or fact, an address outside the site).
    """
    declared, facts = _declared(kind), plain(sentence_facts or {})
    declared.require_facts(facts)
    condition = declared.condition if auto_close is None else auto_close
    if condition and condition not in conditions():
        raise ValueError(f"no condition of tasks is called {condition}")
    if fix_url and (not fix_url.startswith("/") or fix_url.startswith("//")):
        raise ValueError("a task is done on a page of the site")
    _require_doer(assignee, recovery_id)
    values = {"facts": facts, "auto_close": condition, "fix_url": fix_url, "created_by": created_by, "note": note}
    about = {"kind": kind, "recovery_id": recovery_id, "subject": subject}
    return _found_or_made(about, {**values, "due_on": due_on, "assignee": assignee, "by": by})


def _found_or_made(about: dict[str, Any], values: dict[str, Any]) -> StaffTask:
    present = StaffTask.objects.standing().filter(**about).first()
    if present is not None:
        return present
    owner_id = _owner_of(about["recovery_id"])
    try:
        with transaction.atomic():
            made = StaffTask.objects.create(owner_id=owner_id, **about, **values)
    except IntegrityError:  # Another one was quicker.
        return StaffTask.objects.standing().get(**about)
    audit_record(action=ADDED, target=made, after=field_values(made))
    return made


def _owner_of(recovery_id: int | None) -> int | None:
    if recovery_id is None:
        return None
    owner_id = Recovery.objects.filter(pk=recovery_id).values_list("owner_id", flat=True).first()
    if owner_id is None:
        raise NotFound(_("There is no such case."))
    return owner_id


def _declared(kind: str) -> Any:
    try:
        return kind_of(kind)
    except KeyError as error:
        raise ValueError(f"no kind of task is called {kind}") from error


def _require_doer(person: User | None, recovery_id: int | None) -> None:
    """Raises Invalid for who cannot do a task, or would not see the case that it is on."""
    if person is None:
        return
    if not (person.is_staff and person.is_active and person.has_perm(DO)):
        raise Invalid({"assignee": [_("Only an active member of staff who does tasks can be given one.")]})
    if recovery_id is not None and not Recovery.objects.in_reach_of(person).filter(pk=recovery_id).exists():
        raise Invalid({"assignee": [_("{name} does not see this case: another handler has it.").format(name=person)]})


def _locked(task_id: int) -> StaffTask:
    """A task that is open, locked. Raises NotFound, Forbidden."""
    task = StaffTask.objects.select_for_update(of=("self",)).filter(pk=task_id).first()
    if task is None:
        raise NotFound(_("There is no such task."))
    if not task.is_open:
        raise Forbidden(_("This task is no longer to be done."))
    return task


def _end(task: StaffTask, state: str, by: User | None, note: str) -> StaffTask:
    task.state, task.done_at, task.done_by = state, now(), by
    task.note = "\n".join(filter(None, (task.note, note)))
    task.save(update_fields=["state", "done_at", "done_by", "note"])
    return task


@story()
def task_done(*, task_id: int, by: User | None, note: str = "") -> StaffTask:
    """Say that a task is done. Raises NotFound, Forbidden when it is no longer open."""
    return _end(_locked(task_id), State.DONE, by, note)


@story()
def task_drop(*, task_id: int, by: User | None, note: str = "") -> StaffTask:
    """Say that a task need not be done. Raises NotFound, Forbidden when it is no longer open."""
    return _end(_locked(task_id), State.DROPPED, by, note)


@story()
def task_assign(*, task_id: int, assignee: User | None, by: User | None) -> StaffTask:
    """Give a task to a person, or (None) to whoever handles the case. Raises NotFound, Forbidden, Invalid."""
    task = _locked(task_id)
    _require_doer(assignee, task.recovery_id)
    task.assignee = assignee
    task.save(update_fields=["assignee"])
    return task


@story()
def task_snooze(*, task_id: int, until: date, by: User | None, note: str = "") -> StaffTask:
    """Put a task off to a day to come. Raises NotFound, Forbidden, Invalid."""
    if until <= today():
        raise Invalid({"until": [_("Choose a day to come.")]})
    task = _locked(task_id)
    task.due_on = until
    task.note = "\n".join(filter(None, (task.note, note)))
    task.save(update_fields=["due_on", "note"])
    return task


@story()
def tasks_close(*, recovery_id: int | None, kind: str, subject: str | None = None, by: User | None = None) -> int:
    """Say that the open tasks of a kind on a case (None: of the firm) are done, of one subject or all; how many."""
    of_case = Q(recovery=None) if recovery_id is None else Q(recovery_id=recovery_id)
    tasks = StaffTask.objects.standing().filter(of_case, kind=_declared(kind).code)
    return tasks_end(tasks if subject is None else tasks.filter(subject=subject), State.DONE, by=by)


def tasks_end(tasks: QuerySet[StaffTask], state: str, *, by: User | None = None) -> int:
    """End open tasks, CLOSED_AT_ONCE at most, each with its line in the audit; how many. In a transaction."""
    rows = list(tasks.order_by("id").select_for_update(of=("self",), skip_locked=True)[:CLOSED_AT_ONCE])
    for task in rows:
        before = field_values(task)
        _end(task, state, by, "")
        was, is_now = changed_values(before, field_values(task))
        audit_record(action=CHANGED, target=task, before=was, after=is_now)
    return len(rows)
