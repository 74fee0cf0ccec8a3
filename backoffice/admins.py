"""The base classes of the rooms' admin pages."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from backoffice.action_pages import ActionPages
from backoffice.actions import refusal_text
from backoffice.audited import AuditedAdmin
from backoffice.fields import ReadByUs
from backoffice.lookups import ScopedLookups
from backoffice.origin import staff_of
from backoffice.reach import Reachable
from legalcity.lib.errors import DomainError, Sentence


class StaffAdmin(ReadByUs, ScopedLookups, ActionPages, AuditedAdmin):
    """Every ModelAdmin of ours is one of these.

    object_actions       buttons at the head of a thing's page (ObjectAction)
    bulk_actions         entries of the list's menu, carried out row by row
    holds_personal_data  who opens a thing's page is written down, once an hour
    audit_words          what services of the room call in the audit by themselves: code → words for a person
    """

    audit_words: Mapping[str, Sentence] = {}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """What the person may see of it: of what belongs to cases, what is in their reach."""
        things = super().get_queryset(request)
        return things.in_reach_of(staff_of(request)) if isinstance(things, Reachable) else things

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """A service that refuses what a form asks is heard as a message."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except DomainError as error:
            messages.error(request, refusal_text(error))
            return HttpResponseRedirect(request.get_full_path())


class ReadOnlyStaffAdmin(StaffAdmin):
    """What services write, staff look at: nothing is added, changed or deleted by hand, only by actions."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows come from services."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """And are changed by them."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """And leave by them."""
        return False
