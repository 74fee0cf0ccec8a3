"""The act that sends a message again that failed."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.actions import ObjectAction
from backoffice.origin import staff_of
from recoveries.letters.channels.delivering import message_resend
from recoveries.models import Message


def _resend(request: HttpRequest, message: Message, data: dict[str, Any]) -> str:
    message_resend(message_id=message.pk, by=staff_of(request))
    return _("The message is sent again.")


RESEND = ObjectAction(
    name="resend-message",
    label=gettext_lazy("Send again"),
    permission="recoveries.send_email",
    perform=_resend,
    is_offered=lambda request, message: message.state == Message.State.FAILED and message.goes_with_id is None,
    explain=gettext_lazy(
        "Where the answer of the mail server or of the carrier was lost (Interrupted), the message may have gone out: "
        "look there first. It is judged again, with the figures of today, and keeps its Message-ID."
    ),
)
