"""What can be done with many cases at once: the acts of the case page, each case by itself, told row by row."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from law.vocabulary import Step
from recoveries.catalogue import catalogue
from recoveries.desk.acts import everyday


def _statuses(_request: HttpRequest, _case: Any) -> dict[str, Any]:
    """All statuses: which ones a case may get is its own affair. A transfer is no move."""
    return {"statuses": [status_id for status_id in catalogue.entries if status_id != Step.TRANSFERRED]}


ASSIGN = replace(
    everyday.ASSIGN,
    label=_("Assign to a handler"),
    form_options=lambda request, case: {},
    explain=_(
        "The chosen cases are given to one member of staff. Handlers see their own cases and those of nobody: who "
        "gives a case away may not see it any more."
    ),
)
MOVE = replace(
    everyday.MOVE,
    form_options=_statuses,
    # The service refuses with the moves that the case has, which tells more than "not possible".
    is_offered=lambda request, case: True,
    explain=_(
        "Each case is moved if its life cycle allows it. The others stay as they are, and the report says why. The "
        "client sees the new status and the reason in the history of the case."
    ),
)
