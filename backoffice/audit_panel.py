"""The audit on the home page of who may read it."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.formats import time_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.models import AuditEvent
from backoffice.home import Panel, Row, Viewer, first_rows, panel_register
from backoffice.registry import action_labels
from legalcity.lib.clock import today
from legalcity.lib.dates import PARIS


def latest_events(_viewer: Viewer) -> Panel:
    """What was done today, the latest first. One statement."""
    start = datetime.combine(today(), datetime.min.time(), PARIS)
    end = start + timedelta(days=1)
    events = AuditEvent.objects.filter(at__gte=start, at__lt=end).order_by("-at", "-id")
    count, rows = first_rows(events)
    query = urlencode({"at__gte": start.isoformat(), "at__lt": end.isoformat()})
    return Panel(
        title=_("Audit of today"),
        count=count,
        url=f"{reverse('admin:accounts_auditevent_changelist')}?{query}",
        rows=[_row(event) for event in rows],
        empty=_("Nothing was done today."),
    )


def _row(event: AuditEvent) -> Row:
    label = action_labels().get(event.action, event.action)
    return Row(
        text=" · ".join(filter(None, (str(label), _called(event)))),
        url=reverse("admin:accounts_auditevent_change", args=[event.pk]),
        note=event.actor_email,
        badge=time_format(event.at.astimezone(PARIS), "TIME_FORMAT"),
        tone="info" if event.succeeded else "bad",
    )


def _called(event: AuditEvent) -> str:
    """A setting by what it is for; the audit itself keeps its key."""
    setting = settings.CONSTANCE_CONFIG.get(event.object_label)
    return Truncator(setting[1]).chars(80) if setting else event.object_label


panel_register("audit", position=900, permission="accounts.view_auditevent", read=latest_events)
