"""Admin pages that leave a trace: what was added, changed, deleted, and who looked at personal data."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.models import AuditEvent
from backoffice.audit import ADDED, CHANGED, DELETED, audit_record, changed_values, field_values, view_record

BEFORE = "_values_before"  # What a request keeps of the thing that it changes: the thing, and what it held.


class AuditedAdmin(admin.ModelAdmin):
    """Writes an AuditEvent beside each of Django's own log entries, with the values before and after."""

    holds_personal_data = False

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The thing, with what it held before the form is laid over it."""
        thing = super().get_object(request, object_id, from_field)
        if thing is not None and request.method == "POST":
            setattr(request, BEFORE, (thing, field_values(thing)))
        return thing

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Added, with all its values."""
        audit_record(action=ADDED, target=obj, after=field_values(obj), details=_related(message))
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Changed, with the fields that differ. Saving without a change leaves no trace."""
        values = field_values(obj)
        asked_for, stored = getattr(request, BEFORE, (None, {}))
        before, after = changed_values(stored if asked_for is obj else values, values)
        if after or message:
            audit_record(action=CHANGED, target=obj, before=before, after=after, details=_related(message))
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: models.QuerySet) -> Any:
        """Deleted, with all that it held."""
        for obj in queryset:
            audit_record(action=DELETED, target=obj, before=field_values(obj))
        return super().log_deletions(request, queryset)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The page of a thing; with personal data on it, who looked is written down."""
        response = super().change_view(request, object_id, form_url, extra_context)
        thing = (getattr(response, "context_data", None) or {}).get("original")
        if self.holds_personal_data and request.method == "GET" and thing is not None:
            view_record(target=thing)
        return response


def audit_address(request: HttpRequest, thing: models.Model) -> str:
    """Where the audit of `thing` is listed; empty for who may not read it, and for the audit itself."""
    if isinstance(thing, AuditEvent) or not request.user.has_perm("accounts.view_auditevent"):
        return ""
    query = urlencode({"object_type": thing._meta.label_lower, "object_id": thing.pk})
    return f"{reverse('admin:accounts_auditevent_changelist')}?{query}"


def _related(message: Any) -> dict[str, Any]:
    """What Django says of the rows below the thing: the fields of the thing itself are told by their values."""
    rows = [part for part in message if "name" in next(iter(part.values()), {})] if isinstance(message, list) else []
    return {"rows": rows} if rows else {}
