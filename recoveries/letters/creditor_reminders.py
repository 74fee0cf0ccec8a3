"""Reminders that the creditor sent before the case came: a letter may speak of them, since they were sent."""

from datetime import date

from django.utils.translation import gettext as _

from accounts.models import User
from backoffice.audit import ADDED, DELETED, audit_record, field_values
from events.services import story
from legalcity.lib.clock import today
from legalcity.lib.errors import Invalid, NotFound
from recoveries.models import CreditorReminder
from recoveries.services.cases import recovery_lock
from recoveries.services.touching import cases_touch


@story()
def creditor_reminder_enter(*, recovery_id: int, sent_on: date, by: User | None) -> CreditorReminder:
    """Write down that the creditor reminded the debtor on a day. Raises NotFound, Invalid."""
    case = recovery_lock(recovery_id=recovery_id)
    if sent_on > today():
        raise Invalid({"sent_on": [_("This day is still to come.")]})
    reminder, is_new = CreditorReminder.objects.get_or_create(recovery=case, sent_on=sent_on, defaults={"by": by})
    if is_new:
        audit_record(action=ADDED, target=reminder, after=field_values(reminder))
        cases_touch(case.pk)
    return reminder


@story()
def creditor_reminder_withdraw(*, recovery_id: int, reminder_id: int) -> None:
    """Say that there was no such reminder. Raises NotFound."""
    case = recovery_lock(recovery_id=recovery_id)
    reminder = CreditorReminder.objects.filter(recovery=case, pk=reminder_id).first()
    if reminder is None:
        raise NotFound(_("There is no such reminder on this case."))
    audit_record(action=DELETED, target=reminder, before=field_values(reminder))
    reminder.delete()
    cases_touch(case.pk)
