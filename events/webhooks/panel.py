"""Endpoints in trouble, on the home page of staff."""

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from backoffice.home import Panel, Row, Viewer, first_rows, panel_register
from events.webhooks.models import Endpoint

LIST = "admin:events_endpoint_changelist"
OURS = (Endpoint.Reason.GONE, Endpoint.Reason.FAILING)


def in_trouble(endpoints: QuerySet[Endpoint]) -> QuerySet[Endpoint]:
    """Those of which every try fails, and those that were disabled for it."""
    failing = Q(state=Endpoint.State.ENABLED, failing_since__isnull=False)
    return endpoints.filter(failing | Q(state=Endpoint.State.DISABLED, disabled_reason__in=OURS), deleted_at=None)


def failing(_viewer: Viewer) -> Panel:
    """Endpoints in trouble, the longest failing first. One statement."""
    rows = in_trouble(Endpoint.objects.select_related("owner")).order_by("failing_since", "created_at")
    count, shown = first_rows(rows)
    return Panel(
        title=_("Endpoints that fail"),
        count=count,
        url=f"{reverse(LIST)}?trouble=1",
        rows=[_row(endpoint) for endpoint in shown],
        empty=_("Every endpoint takes what it is sent."),
        tone="wait",
    )


def _row(endpoint: Endpoint) -> Row:
    since = endpoint.failing_since or endpoint.disabled_at
    return Row(
        text=f"{endpoint.owner} · {endpoint}",
        url=reverse("admin:events_endpoint_change", args=[endpoint.pk]),
        note=date_format(localtime(since), "SHORT_DATETIME_FORMAT") if since else "",
        badge="" if endpoint.is_enabled else endpoint.get_state_display(),
        tone="bad",
    )


panel_register("endpoints", position=120, permission="events.view_endpoint", read=failing)
