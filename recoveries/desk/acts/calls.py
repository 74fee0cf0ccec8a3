"""The note of a call: what was said, and when to call back."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.actions import ObjectAction
from backoffice.origin import staff_of
from legalcity.lib.clock import today
from legalcity.lib.form_fields import DayField, TextField
from recoveries.agenda.services import By, task_open, tasks_close
from recoveries.agenda.task_kinds import CALL, CALL_BACK
from recoveries.desk.acts.everyday import ABOUT_LENGTH, PlainComment, comment_write
from recoveries.models import Recovery


class CallForm(PlainComment):
    """What was said, when to call back."""

    text = TextField(label=gettext_lazy("What was said"), widget=forms.Textarea(attrs={"rows": 4, "autofocus": True}))
    call_back_on = DayField(
        label=gettext_lazy("Call back on"), required=False, help_text=gettext_lazy("Empty: there is no need to.")
    )

    def clean_call_back_on(self) -> Any:
        """Today or later."""
        day = self.cleaned_data["call_back_on"]
        if day is not None and day < today():
            raise forms.ValidationError(_("Choose today or a day to come."))
        return day


def _note(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    """The note is internal; the calls that were to be made have been, and the next one may be asked for."""
    by, text = staff_of(request), data["text"]
    comment_write(request, case, _("Call: {text}").format(text=text), seen=())
    for kind in (CALL, CALL_BACK):
        tasks_close(recovery_id=case.pk, kind=kind, by=by)
    if data["call_back_on"] is None:
        return _("The call is noted.")
    facts = {"about": Truncator(text).chars(ABOUT_LENGTH)}
    task = task_open(
        kind=CALL_BACK,
        recovery_id=case.pk,
        due_on=data["call_back_on"],
        sentence_facts=facts,
        created_by=By.STAFF,
        by=by,
    )
    return _("The call is noted; to call back on {day}.").format(day=date_format(task.due_on, "SHORT_DATE_FORMAT"))


CALL_NOTE = ObjectAction(
    name="call-note",
    label=gettext_lazy("Note a call"),
    permission="recoveries.add_comment",
    perform=_note,
    form=CallForm,
    explain=gettext_lazy(
        "The note stays in the house: neither the client nor the debtor sees it. Calls that were to be made on this "
        "case count as made."
    ),
    in_place=True,
)
