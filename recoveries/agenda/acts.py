"""What staff do with a task: done, put off, given to somebody, dropped; and what they open on a case."""

from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from backoffice.actions import ObjectAction
from backoffice.origin import staff_of
from legalcity.lib.clock import today
from legalcity.lib.dates import add_days
from legalcity.lib.form_fields import AmountField, DayField, TextField
from legalcity.lib.ids import is_id
from recoveries.agenda.follow_ups import follow_up_set, follow_up_was, promise_note
from recoveries.agenda.kinds import kinds
from recoveries.agenda.models import StaffTask
from recoveries.agenda.services import By, task_assign, task_done, task_drop, task_open, task_snooze
from recoveries.agenda.task_lists import doers
from recoveries.catalogue import catalogue
from recoveries.models.cases import Recovery

DO = "recoveries.do_task"
NOTE_LENGTH = 2000
CENT = Decimal("0.01")


def _note(**options: Any) -> TextField:
    return TextField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        **options,
    )


def person_choices(recovery: Recovery | None) -> list[tuple[str, str]]:
    """Who can be given a task, each with how many they have; nobody leaves it to the handler of the case."""
    people = [(str(person.pk), f"{person} ({_load(count)})") for person, count in doers(recovery)]
    return [("", _("the handler of the case")), *people]


def _load(count: int) -> str:
    return ngettext("{count} task", "{count} tasks", count).format(count=count)


class PersonField(forms.ChoiceField):
    """A member of staff. Who can be given the task is offered; the service says why another one cannot."""

    def valid_value(self, value: Any) -> bool:
        """Any number of a person; `clean` looks for them."""
        return is_id(value)

    def clean(self, value: Any) -> User | None:
        """The person, or None for the handler of the case."""
        key = super().clean(value)
        if not key:
            return None
        person = User.objects.filter(pk=int(key), is_staff=True).first()
        if person is None:
            raise forms.ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": key})
        return person


# --- a task ----------------------------------------------------------------------------------------------------------
class DoneForm(forms.Form):
    """What came of it, if there is something to say."""

    note = _note()


class PostponeForm(forms.Form):
    """Until when."""

    until = DayField(label=gettext_lazy("Until"))
    note = _note()


class AssignForm(forms.Form):
    """To whom."""

    assignee = PersonField(label=gettext_lazy("Given to"), required=False)

    def __init__(self, *args: Any, people: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["assignee"].choices = people  # type: ignore[attr-defined]


class DropForm(forms.Form):
    """Why it need not be done."""

    reason = TextField(label=gettext_lazy("Reason"), max_length=NOTE_LENGTH)


def _done(request: HttpRequest, task: StaffTask, data: dict[str, Any]) -> str:
    task_done(task_id=task.pk, by=staff_of(request), note=data["note"])
    return _("Done: {task}").format(task=task.sentence)


def _postpone(request: HttpRequest, task: StaffTask, data: dict[str, Any]) -> str:
    put_off = task_snooze(task_id=task.pk, until=data["until"], by=staff_of(request), note=data["note"])
    return _("Put off to {day}: {task}").format(
        day=date_format(put_off.due_on, "SHORT_DATE_FORMAT"), task=task.sentence
    )


def _assign(request: HttpRequest, task: StaffTask, data: dict[str, Any]) -> str:
    given = task_assign(task_id=task.pk, assignee=data["assignee"], by=staff_of(request))
    if given.assignee is None:
        return _("Left to the handler of the case: {task}").format(task=task.sentence)
    return _("Given to {name}: {task}").format(name=given.assignee, task=task.sentence)


def _drop(request: HttpRequest, task: StaffTask, data: dict[str, Any]) -> str:
    task_drop(task_id=task.pk, by=staff_of(request), note=data["reason"])
    return _("Dropped: {task}").format(task=task.sentence)


def _people(_request: HttpRequest, task: Any) -> dict[str, Any]:
    chosen = {"assignee": str(task.assignee_id or "")} if task is not None else {}
    return {"people": person_choices(task.recovery if task is not None else None), "initial": chosen}


def _is_open(_request: HttpRequest, task: StaffTask) -> bool:
    return task.is_open


TASK_DONE = ObjectAction(
    name="task-done",
    label=gettext_lazy("Mark as done"),
    permission=DO,
    perform=_done,
    form=DoneForm,
    is_offered=_is_open,
    explain=gettext_lazy("The task leaves the list. What you note stays with it."),
)
TASK_POSTPONE = ObjectAction(
    name="task-postpone",
    label=gettext_lazy("Put off"),
    permission=DO,
    perform=_postpone,
    form=PostponeForm,
    form_options=lambda request, task: {"initial": {"until": add_days(today(), 1)}},
    is_offered=_is_open,
    explain=gettext_lazy("The task comes back on the day that you choose."),
)
TASK_ASSIGN = ObjectAction(
    name="task-assign",
    label=gettext_lazy("Give to somebody"),
    permission="recoveries.assign_task",
    perform=_assign,
    form=AssignForm,
    form_options=_people,
    is_offered=_is_open,
    explain=gettext_lazy("Only those who see the case are offered, each with the tasks that they have to do."),
)
TASK_DROP = ObjectAction(
    name="task-drop",
    label=gettext_lazy("Drop"),
    permission=DO,
    perform=_drop,
    form=DropForm,
    is_offered=_is_open,
    explain=gettext_lazy("The task need not be done any more. It stays in the list of what was done, with the reason."),
)
TASK_ACTIONS = (TASK_DONE, TASK_POSTPONE, TASK_ASSIGN, TASK_DROP)


# --- a case ----------------------------------------------------------------------------------------------------------
class AddTaskForm(forms.Form):
    """What is to be done, by when, by whom."""

    kind = forms.ChoiceField(label=gettext_lazy("What is to be done"))
    about = TextField(label=gettext_lazy("About"), max_length=300, required=False)
    due_on = DayField(label=gettext_lazy("By"))
    assignee = PersonField(label=gettext_lazy("Given to"), required=False)

    def __init__(self, *args: Any, people: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        by_hand = [(one.code, one.label) for one in kinds().values() if one.by_hand]
        self.fields["kind"].choices = by_hand  # type: ignore[attr-defined]
        self.fields["assignee"].choices = people  # type: ignore[attr-defined]

    def clean_due_on(self) -> Any:
        """Today or later."""
        if self.cleaned_data["due_on"] < today():
            raise forms.ValidationError(_("Choose today or a day to come."))
        return self.cleaned_data["due_on"]


def _add(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    task = task_open(
        kind=data["kind"],
        recovery_id=case.pk,
        due_on=data["due_on"],
        sentence_facts={"about": data["about"]},
        subject=_subject(data["about"]),
        created_by=By.STAFF,
        assignee=data["assignee"],
        by=staff_of(request),
    )
    day = date_format(task.due_on, "SHORT_DATE_FORMAT")
    return _("To do by {day}: {task}").format(day=day, task=task.sentence)


def _subject(about: str) -> str:
    """Two tasks of a kind may be open where they are about different things."""
    return about.casefold()[:64]


ADD_TASK = ObjectAction(
    name="add-task",
    label=gettext_lazy("Add a task"),
    permission=DO,
    perform=_add,
    form=AddTaskForm,
    form_options=lambda request, case: {"people": person_choices(case), "initial": {"due_on": today()}},
    explain=gettext_lazy("It stands among the tasks of the person, or of the handler of the case, from today on."),
    in_place=True,
)


class FollowUpForm(forms.Form):
    """When the case comes up again, and why."""

    on = DayField(label=gettext_lazy("Look again on"))
    why = TextField(label=gettext_lazy("Why"), max_length=300, required=False)


def _follow_up(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    data["was"] = follow_up_was(case.pk)  # In the audit, by which *Annuler* puts it back
    row = follow_up_set(recovery_id=case.pk, on=data["on"], why=data["why"], by=staff_of(request))
    data["set"] = row.on
    return _("The case comes up again on {day}.").format(day=date_format(row.on, "SHORT_DATE_FORMAT"))


class PromiseForm(forms.Form):
    """What was promised, for when."""

    amount = AmountField(label=gettext_lazy("Amount promised (€)"), max_digits=14, decimal_places=2, min_value=CENT)
    promised = DayField(label=gettext_lazy("Promised for"))


def _promise(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    was = follow_up_was(case.pk)
    row = promise_note(recovery_id=case.pk, **data, by=staff_of(request))
    data |= {"was": was, "set": row.on}
    return _("The promise is noted; the case comes up on {day}.").format(day=date_format(row.on, "SHORT_DATE_FORMAT"))


def _is_followed(_request: HttpRequest, case: Recovery) -> bool:
    return not catalogue.is_closing(case.status_id)


FOLLOW_UP = ObjectAction(
    name="follow-up",
    label=gettext_lazy("Look again on"),
    permission="recoveries.set_follow_up",
    perform=_follow_up,
    form=FollowUpForm,
    form_options=lambda request, case: {"initial": {"on": add_days(today(), 1)}},
    is_offered=_is_followed,
    explain=gettext_lazy(
        "Until then the case is not among those to do, unless something unread comes in. It cannot be put off beyond "
        "its next legal date."
    ),
    in_place=True,
)
PROMISE = ObjectAction(
    name="promise",
    label=gettext_lazy("Note a promise to pay"),
    permission="recoveries.set_follow_up",
    perform=_promise,
    form=PromiseForm,
    is_offered=_is_followed,
    explain=gettext_lazy(
        "The case comes up three working days after the day that was promised, to see what arrived. The client is told "
        "of it, as the law has it (art. R124-5 CPCE)."
    ),
    in_place=True,
)
