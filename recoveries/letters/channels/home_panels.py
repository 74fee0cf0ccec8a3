"""The panels of the home page about the ways of letters: not arrived, answers of strangers."""

from datetime import timedelta
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.home import Panel, Row, Viewer, first_rows, panel_register, way_register
from legalcity.lib.clock import now
from recoveries.models import InboundMail, Message

State = Message.State
LOST = (State.FAILED, State.BOUNCED, State.RETURNED, State.EXPIRED)
SHOWN_FOR = timedelta(days=30)


def not_arrived(viewer: Viewer) -> Panel:
    """Messages of the last month that failed or came back, the newest first: what may have gone out among them."""
    mine = Q(recovery__user=viewer.user) | Q(recovery__user=None) if viewer.mine else Q()
    lost = Message.objects.in_reach_of(viewer.user).filter(mine, state__in=LOST, created_at__gt=now() - SHOWN_FOR)
    count, rows = first_rows(lost.select_related("recovery").order_by("-pk"))
    return Panel(
        title=_("Messages that did not arrive"),
        count=count,
        url=f"{reverse('admin:recoveries_message_changelist')}?{urlencode({'state__in': ','.join(LOST)})}",
        rows=[
            Row(
                text=f"{message.recovery} · {message.get_kind_display()}",
                url=reverse("admin:recoveries_message_change", args=[message.pk]),
                note=message.get_channel_display(),
                badge=message.get_state_display(),
                tone="bad",
            )
            for message in rows
        ],
        empty=_("Every message arrived, as far as is known."),
        tone="danger",
    )


def strangers(viewer: Viewer) -> Panel:
    """Mails that name no message of ours, and that nobody has dealt with; an answer to one is a task of its case."""
    count, rows = first_rows(InboundMail.objects.unread().order_by("received_at", "pk"))
    query = "sort__exact=reply&message__isempty=1&handled_at__isempty=1"
    return Panel(
        title=_("Mails of no case"),
        count=count,
        url=f"{reverse('admin:recoveries_inboundmail_changelist')}?{query}",
        rows=[
            Row(
                text=" · ".join(filter(None, (mail.sender or "?", mail.subject))),
                url=reverse("admin:recoveries_inboundmail_change", args=[mail.pk]),
                badge=date_format(localtime(mail.received_at), "SHORT_DATE_FORMAT"),
            )
            for mail in rows
        ],
        empty=_("No mail waits."),
        tone="wait",
    )


panel_register("not-arrived", position=72, permission="recoveries.send_email", read=not_arrived)
panel_register("strangers", position=73, permission="recoveries.send_email", read=strangers)
way_register(
    "letters-to-post", position=50, permission="recoveries.confirm_posting", label=gettext_lazy("Letters to post")
)
