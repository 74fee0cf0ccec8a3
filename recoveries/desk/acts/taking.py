"""*Prendre*: who asks handles the case from now on, by one click."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.actions import ObjectAction
from backoffice.origin import staff_of
from recoveries.desk.acts.everyday import ASSIGN
from recoveries.models import Recovery
from recoveries.services.handlers import case_assign


def _take(request: HttpRequest, case: Recovery, _data: dict[str, Any]) -> str:
    case_assign(recovery_id=case.pk, handler=staff_of(request), by=staff_of(request))
    return _("You handle the case now.")


TAKE = ObjectAction(
    name="take",
    label=gettext_lazy("Take the case"),
    permission=ASSIGN.permission,
    perform=_take,
    is_offered=lambda request, case: case.user_id != staff_of(request).pk,
    explain=gettext_lazy("You handle the case from now on, whoever handled it before. The client sees your name."),
    at_once=True,
)
