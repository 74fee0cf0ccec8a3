"""Staff's pages of endpoints and deliveries: read, and acted upon by the services."""

import json
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Count, F, IntegerField, Min, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.admins import ReadOnlyStaffAdmin
from backoffice.origin import staff_of
from backoffice.reach import sees_all_cases
from events.bodies import event_told
from events.webhooks.acts import DISABLE, ENABLE, REPLAY, REPLAY_FAILED
from events.webhooks.models import Attempt, Delivery, Endpoint
from events.webhooks.panel import in_trouble
from legalcity.lib.clock import now
from legalcity.lib.errors import Sentence

STATE = Delivery.State
DAY = timedelta(hours=24)
# Why there was no answer (legalcity/lib/web/fetching.py), for people; what stands in none of these is shown as it is.
REASONS: dict[str, Sentence] = {
    "timeout": gettext_lazy("too slow"),
    "connection": gettext_lazy("no connection"),
    "resolver": gettext_lazy("host not found for now"),
    "unknown_host": gettext_lazy("host not found"),
    "certificate": gettext_lazy("invalid certificate"),
    "address": gettext_lazy("not a public address"),
    "incomplete": gettext_lazy("broken off"),
    "too_large": gettext_lazy("answer too long"),
}


class TroubleFilter(admin.SimpleListFilter):
    """Endpoints that do not take what they are sent."""

    title = gettext_lazy("trouble")
    parameter_name = "trouble"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """One choice."""
        return [("1", _("failing, or disabled for it"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Endpoint]) -> QuerySet[Endpoint]:
        """The chosen ones."""
        return in_trouble(queryset) if self.value() else queryset


@admin.register(Endpoint)
class EndpointAdmin(ReadOnlyStaffAdmin):
    """Where clients are told what happens, and whether they are."""

    list_display = ("owner", "host", "standing", "fails_since", "oldest", "delivered", "failed")
    list_display_links = ("owner", "host")
    list_filter = ("state", TroubleFilter, "disabled_reason")
    list_select_related = ("owner",)
    search_fields = ("owner__search_text", "url__contains")
    object_actions = (DISABLE, ENABLE, REPLAY_FAILED)
    bulk_actions = (DISABLE, REPLAY_FAILED)
    readonly_fields = ("subscribed", "delivered", "failed", "oldest")
    fieldsets = (
        (None, {"fields": ("owner", "url", "description", "subscribed", "sign_with_auth_secret")}),
        (
            gettext_lazy("State"),
            {"fields": ("state", "failing_since", "disabled_at", "disabled_reason", "deleted_at", "created_at")},
        ),
        (gettext_lazy("Deliveries"), {"fields": ("delivered", "failed", "oldest")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Endpoint]:
        """With what became of the deliveries of the last 24 hours, and since when one waits."""
        theirs = Delivery.objects.filter(endpoint=OuterRef("pk")).order_by().values("endpoint")
        ended = theirs.filter(ended_at__gte=now() - DAY).annotate(many=Count("pk")).values("many")
        waiting = theirs.filter(state=STATE.WAITING).annotate(oldest=Min("created_at")).values("oldest")
        endpoints: QuerySet[Endpoint] = super().get_queryset(request)
        return endpoints.annotate(
            delivered=_number(ended.filter(state=STATE.DELIVERED)),
            failed=_number(ended.filter(state=STATE.FAILED)),
            oldest=Subquery(waiting),
        )

    @admin.display(description=gettext_lazy("host"), ordering="url")
    def host(self, endpoint: Endpoint) -> str:
        """Where it leads, without the path."""
        return str(endpoint)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def standing(self, endpoint: Endpoint) -> str:
        """Whether anything is sent; one that its owner has removed stays until its deliveries are gone."""
        return _("removed") if endpoint.deleted_at else endpoint.get_state_display()

    @admin.display(description=gettext_lazy("kinds of events"))
    def subscribed(self, endpoint: Endpoint) -> str:
        """What it is told."""
        return ", ".join(endpoint.types) or _("all")

    @admin.display(description=gettext_lazy("delivered in 24 h"), ordering="delivered")
    def delivered(self, endpoint: Any) -> int:
        """How many."""
        return int(endpoint.delivered)

    @admin.display(description=gettext_lazy("failed in 24 h"), ordering="failed")
    def failed(self, endpoint: Any) -> int:
        """How many."""
        return int(endpoint.failed)

    @admin.display(description=gettext_lazy("waiting since"), ordering=F("oldest").asc(nulls_last=True))
    def oldest(self, endpoint: Any) -> str:
        """When the oldest delivery that waits was made."""
        return _moment(endpoint.oldest)

    @admin.display(
        description=gettext_lazy("every try has failed since"), ordering=F("failing_since").asc(nulls_last=True)
    )
    def fails_since(self, endpoint: Endpoint) -> str:
        """Since when every try has failed."""
        return _moment(endpoint.failing_since)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyStaffAdmin):
    """What was sent to clients, and what is to be."""

    list_display = ("made", "state", "kind", "owner", "endpoint", "attempts", "next_try", "is_replay")
    list_filter = ("state", "is_replay")
    list_select_related = ("endpoint__owner", "event")
    search_fields = ("endpoint__owner__search_text", "event__type__exact")
    object_actions = bulk_actions = (REPLAY,)
    readonly_fields = ("owner", "kind", "next_try", "sent", "tries")
    fieldsets = (
        (None, {"fields": ("owner", "endpoint", "kind", "is_replay", "created_at")}),
        (gettext_lazy("State"), {"fields": ("state", "attempts", "next_try", "ended_at")}),
        (gettext_lazy("Tries"), {"fields": ("tries",)}),
        (gettext_lazy("What is sent"), {"fields": ("sent",)}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Delivery | None = None) -> Any:
        """What is sent tells of a case, which is seen by who sees that: here by who sees all cases."""
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if sees_all_cases(staff_of(request)) else fieldsets[:-1]

    @admin.display(description=gettext_lazy("client"), ordering="endpoint__owner")
    def owner(self, delivery: Delivery) -> str:
        """Whose endpoint."""
        return str(delivery.endpoint.owner)

    @admin.display(description=gettext_lazy("event"))
    def kind(self, delivery: Delivery) -> str:
        """The type of the event."""
        return delivery.event.type

    @admin.display(description=gettext_lazy("created at"), ordering="created_at")
    def made(self, delivery: Delivery) -> str:
        """When it was made."""
        return _moment(delivery.created_at)

    @admin.display(description=gettext_lazy("next try"), ordering="due_at")
    def next_try(self, delivery: Delivery) -> str:
        """When one that waits is tried."""
        return _moment(delivery.due_at if delivery.state == STATE.WAITING else None)

    @admin.display(description=gettext_lazy("body"))
    def sent(self, delivery: Delivery) -> str:
        """What is signed, set out for people."""
        told = json.dumps(event_told(delivery.event), ensure_ascii=False, indent=2)
        address = reverse("admin:events_event_change", args=[delivery.event_id])
        return format_html('<pre class="lc-letter">{}</pre><a href="{}">{}</a>', told, address, _("event"))

    @admin.display(description=gettext_lazy("tries"))
    def tries(self, delivery: Delivery) -> str:
        """Each try, and what came of it."""
        heads = (_("when"), _("answer"), "ms", _("beginning of the answer"))
        rows = [
            (
                _moment(attempt.at),
                attempt.status or REASONS.get(attempt.reason) or attempt.reason,
                attempt.ms,
                attempt.response_head or "–",
            )
            for attempt in Attempt.objects.filter(delivery=delivery)
        ]
        row = '<tr><td>{}</td><td>{}</td><td>{}</td><td><pre class="lc-letter">{}</pre></td></tr>'
        body = format_html_join("", row, rows)
        head = format_html_join("", "<th>{}</th>", ((each,) for each in heads))
        return format_html("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>", head, body) if rows else "–"


def _moment(moment: datetime | None) -> str:
    return date_format(localtime(moment), "SHORT_DATETIME_FORMAT") if moment else "–"


def _number(counted: QuerySet[Any]) -> Coalesce:
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
