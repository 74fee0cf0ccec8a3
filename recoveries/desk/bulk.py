"""What can be done with many cases at once: the acts of the case page, each case by itself, told row by row."""

from dataclasses import replace
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from backoffice.actions import ObjectAction
from backoffice.origin import staff_of
from law.vocabulary import Step
from recoveries.catalogue import catalogue
from recoveries.desk.acts import everyday
from recoveries.desk.reads.loads import people_with_loads
from recoveries.models import Recovery
from recoveries.services.handlers import NOT_A_HANDLER, case_assign


def _statuses(_request: HttpRequest, _case: Any) -> dict[str, Any]:
    """All statuses: which ones a case may get is its own affair. A transfer is no move."""
    return {"statuses": [status_id for status_id in catalogue.entries if status_id != Step.TRANSFERRED]}


class PersonChoice(forms.ChoiceField):
    """A member of staff by e-mail. Those who act on cases are offered; any other one may be named."""

    def valid_value(self, value: Any) -> bool:
        """`clean` looks for the person."""
        return True

    def clean(self, value: Any) -> User:
        """The person of that e-mail."""
        email = super().clean(value)
        person = User.objects.filter(email__iexact=email, is_staff=True, is_active=True).first()
        if person is None:
            raise forms.ValidationError(NOT_A_HANDLER)
        return person


class PersonForm(forms.Form):
    """Who takes the cases: each person with how many open cases they have."""

    handler = PersonChoice(label=_("Who takes over"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        offered = [(person.email, f"{person} ({_load(count)})") for person, count in people_with_loads()]
        self.fields["handler"].choices = [("", _t("Choose a person")), *offered]  # type: ignore[attr-defined]


def _load(count: int) -> str:
    return ngettext("{count} open case", "{count} open cases", count).format(count=count)


def _release(request: HttpRequest, case: Recovery, _data: dict[str, Any]) -> str:
    case_assign(recovery_id=case.pk, handler=None, by=staff_of(request))
    return _t("Nobody handles the case now.")


ASSIGN = replace(
    everyday.ASSIGN,
    label=_("Assign to a handler"),
    form=PersonForm,
    form_options=lambda request, case: {},
    explain=_(
        "The chosen cases are given to one member of staff. Handlers see their own cases and those of nobody: who "
        "gives a case away may not see it any more. Within an hour you can undo it from the page that follows."
    ),
)
RELEASE = ObjectAction(
    name="release",
    label=_("Take away from the handler"),
    permission=everyday.ASSIGN.permission,
    perform=_release,
    explain=_(
        "Nobody handles the chosen cases any more, and every handler sees them. It can be undone within an hour."
    ),
)
MOVE = replace(
    everyday.MOVE,
    form_options=_statuses,
    # The service refuses with the moves that the case has, which tells more than "not possible".
    is_offered=lambda request, case: True,
    explain=_(
        "Each case is moved if its life cycle allows it. The others stay as they are, and the report says why. The "
        "client sees the new status and the reason in the history of the case. Within an hour you can undo it for the "
        "cases to which nothing has happened since."
    ),
)
