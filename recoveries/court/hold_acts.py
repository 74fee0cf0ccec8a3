"""Acts of managers on the hold that doubtful limitation lays on a case."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.actions import ObjectAction, Reason
from backoffice.origin import staff_of
from recoveries.catalogue import catalogue
from recoveries.court.hold import hold_lift, hold_restore, is_doubtful
from recoveries.models import Recovery


def _lift(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    hold_lift(recovery_id=case.pk, reason=data["reason"], by=staff_of(request))
    return _("The hold is lifted: letters and the transfer go, with a warning.")


def _restore(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    hold_restore(recovery_id=case.pk, reason=data["reason"], by=staff_of(request))
    return _("The hold lies on the case again.")


def _is_amicable(case: Recovery) -> bool:
    return not case.is_in_court and not catalogue.is_closing(case.status_id)


LIFT_HOLD = ObjectAction(
    name="lift-hold",
    label=gettext_lazy("Lift the hold of limitation"),
    permission="recoveries.lift_hold",
    perform=_lift,
    form=Reason,
    is_offered=lambda request, case: not case.is_hold_lifted and _is_amicable(case) and is_doubtful(case),
    explain=gettext_lazy(
        "A claim of this case is time-barred unless the payments of the debtor or the due date prolonged the time "
        "(art. 2233, 2240 C. civ.): no letter leaves to a consumer and nothing goes to court. Lift the hold when these "
        "payments were an acknowledgement of the debt, or the time runs from the due date; the reason is kept in the "
        "history of the case. The hold can be laid on again."
    ),
    danger=True,
)
RESTORE_HOLD = ObjectAction(
    name="restore-hold",
    label=gettext_lazy("Lay the hold of limitation on again"),
    permission="recoveries.lift_hold",
    perform=_restore,
    form=Reason,
    is_offered=lambda request, case: case.is_hold_lifted and _is_amicable(case),
    explain=gettext_lazy(
        "As long as a claim of this case may be time-barred, no letter leaves to a consumer and nothing goes to court. "
        "Letters that wait to be sent are cancelled."
    ),
)
