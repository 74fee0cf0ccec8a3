"""What staff do with a receipt for a debtor who has no e-mail address."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.actions import ObjectAction
from backoffice.origin import staff_of
from recoveries.letters.channels.receipt_posting import receipt_posted, receipt_waits
from recoveries.models import Message


def _posted(request: HttpRequest, email: Message, data: dict[str, Any]) -> str:
    receipt_posted(message_id=email.pk, by=staff_of(request))
    return _("The receipt counts as sent today.")


RECEIPT_POSTED = ObjectAction(
    name="receipt-posted",
    label=gettext_lazy("Sent by post"),
    permission="recoveries.send_email",
    perform=_posted,
    is_offered=lambda request, email: receipt_waits(email),
    explain=gettext_lazy(
        "The debtor has no e-mail address. Print the receipt (paper), send it by post, then confirm here: it counts as "
        "sent today (art. R124-6 CPCE)."
    ),
)
