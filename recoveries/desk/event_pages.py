"""*Événements*: what has happened, as staff look it up; who sees a case sees what happened to it."""

from datetime import datetime, time
from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from backoffice.admins import ReadOnlyStaffAdmin
from backoffice.origin import staff_of
from backoffice.reach import sees_all_cases
from events.catalogue import audience_words
from events.models import Event
from events.public_ids import event_id_of, public_id
from events.showing import raw, sentence_of
from events.types import Seen, event_types
from legalcity.lib.bounded_paginator import BoundedPaginator
from legalcity.lib.dates import PARIS
from legalcity.lib.reading import Manner, Unreadable
from legalcity.lib.reading.days import read_day
from legalcity.lib.searching import found
from legalcity.lib.text import searchable
from recoveries.models import Recovery

MOST_CLIENTS = 100  # that one word finds


class TypeFilter(admin.SimpleListFilter):
    """By type. The names come from the code: asking the table for its distinct ones would read it whole."""

    title = _("type")
    parameter_name = "type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Every declared one, by its code."""
        return [(code, code) for code in event_types()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        """The chosen one."""
        return queryset.filter(type=self.value()) if self.value() else queryset


@admin.register(Event)
class EventAdmin(ReadOnlyStaffAdmin):
    """What has happened: written by services, looked at by staff."""

    list_display = ("recorded_at", "type", "owner", "case", "thing", "door")
    list_filter = (("recorded_at", admin.DateFieldListFilter), TypeFilter, "door")
    list_select_related = ("owner",)
    linked_by = ("recovery_id", "owner")
    search_fields = ("type__exact",)
    search_help_text = _("Reference or number of the case, e-mail or name of the client, day, id of the event.")
    ordering = ("-id",)
    paginator = BoundedPaginator
    list_per_page = 50
    fieldsets = (
        (None, {"fields": ("told_id", "what", "type", "owner", "case", "thing", "seen_by")}),
        (_("When"), {"fields": ("effective_at", "recorded_at")}),
        (_("Who and from where"), {"fields": ("person", "door", "request_id")}),
        (_("As it is sent"), {"fields": ("sent",)}),
    )
    readonly_fields = ("told_id", "what", "case", "thing", "seen_by", "person", "sent")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        """What happened to the cases that the person sees; the rest sees who sees all cases."""
        reference = Recovery.objects.filter(pk=OuterRef("recovery_id")).values("recovery_reference")
        every: QuerySet[Event] = super().get_queryset(request)
        events = every.annotate(case_reference=Subquery(reference[:1]))
        user = staff_of(request)
        if sees_all_cases(user):
            return events
        return events.filter(recovery_id__in=Recovery.objects.in_reach_of(user).values("pk"))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Event], search_term: str
    ) -> tuple[QuerySet[Event], bool]:
        """Each word is looked up where an index has it: nothing reads the table whole."""
        for word in search_term.split():
            queryset = queryset.filter(_meant(word))
        return queryset, False

    @admin.display(description=_("case"))
    def case(self, event: Event) -> str:
        """Its case, with the way there while it exists."""
        if event.recovery_id is None:
            return "-"
        reference = getattr(event, "case_reference", None)
        if not reference:
            return str(event.recovery_id)
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:recoveries_recovery_change", args=[event.recovery_id]), reference
        )

    @admin.display(description=_("thing"))
    def thing(self, event: Event) -> str:
        """What it happened to."""
        return f"{event.object_type} {event.object_id}"

    @admin.display(description=_("id of the event"))
    def told_id(self, event: Event) -> str:
        """The id by which clients know it."""
        return public_id(event.pk)

    @admin.display(description=_("what has happened"))
    def what(self, event: Event) -> str:
        """The type in words."""
        return sentence_of(event.type)

    @admin.display(description=_("seen by"))
    def seen_by(self, event: Event) -> str:
        """Who may hear of it."""
        return ", ".join(str(word) for word in audience_words(Seen(event.audience)))

    @admin.display(description=_("person"))
    def person(self, event: Event) -> str:
        """Who did it; an account that is gone by its number."""
        if event.actor_id is None:
            return "-"
        return str(User.objects.filter(pk=event.actor_id).first() or event.actor_id)

    @admin.display(description=_("event"))
    def sent(self, event: Event) -> str:
        """The raw event."""
        return format_html('<pre class="lc-letter">{}</pre>', raw(event))


def _meant(word: str) -> Q:
    """What a word of a search may mean: an id, a day, a case, a client."""
    event_id = event_id_of(word)
    if event_id is not None:
        return Q(pk=event_id)
    try:
        return Q(recorded_at__range=_bounds(word))
    except Unreadable:
        pass
    clients = found(User.objects.all(), word).values_list("pk", flat=True)[:MOST_CLIENTS] if searchable(word) else ()
    meant = Q(owner_id__in=list(clients))
    cases = Recovery.objects.filter(recovery_reference__iexact=word).values_list("pk", flat=True)
    meant |= Q(recovery_id__in=list(cases))
    if word.isascii() and word.isdigit() and len(word) < 19:
        meant |= Q(recovery_id=int(word))
    return meant


def _bounds(word: str) -> tuple[datetime, datetime]:
    """The first and the last moment of a day, in Paris. Raises Unreadable for what is no day."""
    day = read_day(word, manner=Manner.WRITTEN)
    return datetime.combine(day, time.min, PARIS), datetime.combine(day, time.max, PARIS)
