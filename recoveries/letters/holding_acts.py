"""What staff do with a letter that is held or waits."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.actions import ObjectAction, Reason
from backoffice.origin import staff_of
from legalcity.lib.errors import Sentence
from recoveries.letters.holding import message_cancel, message_lift
from recoveries.letters.telling import sent_told, verdict_told
from recoveries.letters.verdicts import liftable_of
from recoveries.models import Message

State = Message.State


def _lift(request: HttpRequest, email: Message, data: dict[str, Any]) -> Sentence:
    lifted = message_lift(message_id=email.pk, reason=data["reason"], by=staff_of(request))
    if lifted.state == State.CANCELLED:
        return _("The letter may not leave any more: {reasons}").format(reasons=lifted.error)
    return sent_told(lifted)


def _cancel(request: HttpRequest, email: Message, data: dict[str, Any]) -> str:
    message_cancel(message_id=email.pk, by=staff_of(request))
    return _("The letter does not leave.")


LIFT_LETTER = ObjectAction(
    name="lift-letter",
    label=gettext_lazy("Let it leave all the same"),
    permission="recoveries.lift_email",
    perform=_lift,
    form=Reason,
    is_offered=lambda request, email: email.state == State.HELD and bool(liftable_of(email)),
    explain=verdict_told,
    danger=True,
)
CANCEL_LETTER = ObjectAction(
    name="cancel-letter",
    label=gettext_lazy("Give the letter up"),
    permission="recoveries.send_email",
    perform=_cancel,
    is_offered=lambda request, email: (
        email.state in (State.PLANNED, State.HELD, State.QUEUED, State.TO_POST)
        and not email.is_receipt
        and email.claimed_until is None
    ),
    explain=gettext_lazy("The letter does not leave; it stays in the history of the case."),
)
