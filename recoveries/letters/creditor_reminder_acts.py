"""The act that tells of a reminder that the creditor sent, or takes one back."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.actions import ObjectAction
from backoffice.fields import ChildField, not_in_the_future
from backoffice.origin import staff_of
from law.notices import FIRST_DAY
from legalcity.lib.form_fields import DayField
from recoveries.letters.creditor_reminders import creditor_reminder_enter, creditor_reminder_withdraw
from recoveries.letters.gathering import is_open
from recoveries.models import CreditorReminder, Recovery


class ReminderChoice(ChildField):
    """A reminder by its day."""

    def label_from_instance(self, obj: Any) -> str:
        """What tells reminders from one another."""
        return date_format(obj.sent_on, "SHORT_DATE_FORMAT")


class CreditorReminderForm(forms.Form):
    """When the creditor reminded, or which reminder there was none of."""

    sent_on = DayField(
        label=gettext_lazy("Sent on"), required=False, earliest=FIRST_DAY, validators=[not_in_the_future]
    )
    withdrawn = ReminderChoice(
        queryset=CreditorReminder.objects.none(), required=False, label=gettext_lazy("Or withdraw that of")
    )

    def __init__(self, *args: Any, reminders: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["withdrawn"].among(reminders, None)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and bool(data.get("sent_on")) == bool(data.get("withdrawn")):
            self.add_error("sent_on", _("Name a day, or the reminder to withdraw."))
        return data


def _enter(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    if data["withdrawn"]:
        creditor_reminder_withdraw(recovery_id=case.pk, reminder_id=data["withdrawn"].pk)
        return _("The reminder of the creditor is withdrawn.")
    creditor_reminder_enter(recovery_id=case.pk, sent_on=data["sent_on"], by=staff_of(request))
    return _("The reminder of the creditor is entered.")


CREDITOR_REMINDER = ObjectAction(
    name="creditor-reminder",
    label=gettext_lazy("Reminder sent by the creditor"),
    permission="recoveries.send_email",
    perform=_enter,
    form=CreditorReminderForm,
    form_options=lambda request, case: {"reminders": CreditorReminder.objects.filter(recovery=case)},
    is_offered=lambda request, case: is_open(case),
    explain=gettext_lazy(
        "Letters speak of reminders (“malgré nos rappels”) only when they were sent: by us, or by the creditor before "
        "the case came, as entered here. A formal notice of the creditor is entered as such."
    ),
)
