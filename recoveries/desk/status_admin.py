"""Statuses with their groups: what staff may extend."""

from django.contrib import admin
from django.http import HttpRequest

from backoffice.versions import VersionedAdmin
from recoveries.models import Status, StatusGroup


@admin.register(StatusGroup)
class StatusGroupAdmin(VersionedAdmin):
    """Groups that the list filter of the API takes."""

    list_display = ("id", "name", "position")


@admin.register(Status)
class StatusAdmin(VersionedAdmin):
    """The catalogue: names and descriptions as clients read them."""

    list_display = ("id", "name", "group", "position", "is_closing")
    list_select_related = ("group",)

    def get_readonly_fields(self, request: HttpRequest, obj: Status | None = None) -> tuple[str, ...]:
        """An id is given once: clients keep it."""
        return ("id",) if obj else ()
