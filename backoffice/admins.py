"""The base classes of the rooms' admin pages."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import DataError, transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import SimpleTemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from backoffice.action_pages import ActionPages
from backoffice.actions import refusal_text
from backoffice.audited import AuditedAdmin
from backoffice.fields import ReadByUs
from backoffice.lookups import ScopedLookups
from backoffice.origin import staff_of
from backoffice.reach import Reachable
from backoffice.replica_pages import reads_replica
from legalcity.lib.errors import DomainError, Sentence
from legalcity.lib.searching import COLUMN
from legalcity.lib.text import is_storable, searchable

FOLDED = f"{COLUMN}__contains"
# What is raised over ids that no column holds, when a thing is looked for by them.
UNREADABLE = (OverflowError, DataError, ValidationError)


class StaffAdmin(ReadByUs, ScopedLookups, ActionPages, AuditedAdmin):
    """Every ModelAdmin of ours is one of these.

    object_actions       buttons at the head of a thing's page (ObjectAction)
    bulk_actions         entries of the list's menu, carried out row by row
    holds_personal_data  who opens a thing's page is written down, once an hour
    audit_words          what services of the room call in the audit by themselves: code → words for a person
    """

    audit_words: Mapping[str, Sentence] = {}

    def __init__(self, model: type[Model], admin_site: AdminSite) -> None:
        super().__init__(model, admin_site)
        # Around what the classes below make of it: they add to the page before it is written.
        self.changelist_view = reads_replica(self.changelist_view)  # type: ignore[assignment, method-assign]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """What the person may see of it: of what belongs to cases, what is in their reach."""
        things = super().get_queryset(request)
        return things.in_reach_of(staff_of(request)) if isinstance(things, Reachable) else things

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By the rule of every search: each word folded, as the columns are that pages search (`SearchText`)."""
        is_folded = any(name.endswith(FOLDED) for name in self.get_search_fields(request))
        return super().get_search_results(request, queryset, searchable(search_term) if is_folded else search_term)

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """Folded columns as they are: Django would compare them without case."""
        return [f"{name}__contains" if name.endswith(COLUMN) else name for name in super().get_search_fields(request)]

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """No ranges, which have two ends where a word of an address is one, and no patterns, which may be none."""
        return not lookup.endswith(("__range", "regex")) and super().lookup_allowed(lookup, value, request)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """None for an id that no column holds; nor does an empty word name a column."""
        return super().get_object(request, object_id, from_field or None) if is_storable(object_id) else None

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What an address fills in, but for what no column could hold."""
        asked = super().get_changeform_initial_data(request)
        return {name: value for name, value in asked.items() if _can_hold(self.model, name, value)}

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Under the name of its things: Django's "Select … to change" is no French for most of them."""
        title = {"title": capfirst(str(self.opts.verbose_name_plural))}
        answer: HttpResponse = super().changelist_view(request, {**title, **(extra_context or {})})
        return answer

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """A service that refuses what a form asks is heard as a message; so is what no column can be compared with.

        The page bears the name of its thing, for the same reason as the list.
        """
        title = {"title": capfirst(str(self.opts.verbose_name))}
        try:
            answer = super().changeform_view(request, object_id, form_url, {**title, **(extra_context or {})})
            if request.method == "POST" and isinstance(answer, SimpleTemplateResponse):
                with transaction.atomic():  # A form that is shown again looks for the things that it names.
                    answer.render()
            return answer
        except DomainError as error:
            messages.error(request, refusal_text(error))
        except UNREADABLE:
            messages.error(request, _("What was sent names something that cannot be."))
        return HttpResponseRedirect(request.get_full_path())


def _can_hold(model: type[Model], name: str, value: Any) -> bool:
    try:
        column: Any = model._meta.get_field(name)
        getattr(column, "target_field", column).to_python(value)
    except FieldDoesNotExist:
        return True  # A field of the form alone
    except (ValidationError, ValueError, TypeError, OverflowError):
        return False
    return True


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
