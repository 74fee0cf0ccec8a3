"""Endpoints that never answer: who has failed for five days is disabled, and its owner told by e-mail."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from events.webhooks.endpoints import endpoint_disable
from events.webhooks.models import Attempt, Endpoint
from legalcity.lib.clock import now
from legalcity.lib.firm import firm_shown
from legalcity.lib.mail import automatic_headers, firm_sender

PATIENCE = timedelta(days=5)
TELL_AGAIN = timedelta(minutes=10)  # after a mail server that was away, or a worker that was lost


def endpoints_judge(*, moment: datetime) -> int:
    """Disable the endpoints of which every try has failed for five days; returns how many."""
    failing = Endpoint.objects.filter(state=Endpoint.State.ENABLED, failing_since__lte=moment - PATIENCE)
    judged = [endpoint for endpoint in failing if _was_tried_late(endpoint)]
    for endpoint in judged:
        endpoint_disable(endpoint_id=endpoint.pk, reason=Endpoint.Reason.FAILING)
    return len(judged)


def _was_tried_late(endpoint: Endpoint) -> bool:
    """Whether a try has failed five days after the first one: days in which we tried nothing prove nothing."""
    if endpoint.failing_since is None:
        return False
    tries = Attempt.objects.filter(delivery__endpoint=endpoint, delivery__is_replay=False)
    return tries.filter(at__gte=endpoint.failing_since + PATIENCE).exists()


def owners_tell(*, moment: datetime) -> int:
    """Write to the owners of endpoints that were disabled, as far as it is still to be done; returns how many letters.

    Who is lost between sending and writing it down sends it twice: better than never.
    """
    sent = 0
    due = Endpoint.objects.standing().filter(tell_at__lte=moment)
    for endpoint in due.select_related("owner"):
        mine = Endpoint.objects.filter(pk=endpoint.pk, tell_at=endpoint.tell_at)
        again = moment + TELL_AGAIN
        if mine.update(tell_at=again):
            _letter(endpoint).send()
            Endpoint.objects.filter(pk=endpoint.pk, tell_at=again).update(tell_at=None)
            sent += 1
    return sent


def _letter(endpoint: Endpoint) -> EmailMessage:
    with translation.override(endpoint.owner.language):
        subject = _("Your webhook endpoint was disabled")
        text = _(
            "Hello,\n\nsince {when} we send nothing more to this endpoint:\n\n{url}\n\nWhy: {why}.\n\n"
            "Once it answers again, enable it by the API (PATCH /api/webhook-endpoints/{id}) with "
            '"missed": "all" for what was missed, or read it from GET /api/events. The guide tells more: {guide}\n\n'
            "{firm}"
        ).format(
            when=date_format(localtime(endpoint.disabled_at or now()), "DATETIME_FORMAT"),
            url=endpoint.url,
            why=endpoint.get_disabled_reason_display(),
            id=endpoint.pk,
            guide=f"{settings.PUBLIC_BASE_URL}/docs",
            firm=firm_shown(),
        )
    return EmailMessage(subject, text, firm_sender(), to=[endpoint.owner.email], headers=automatic_headers())
