"""Saved filters: links above the list of cases, a form to keep the present one."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from backoffice.actions import refusal_text
from backoffice.origin import staff_of
from legalcity.lib.errors import DomainError
from legalcity.lib.form_fields import TextField
from recoveries.desk.filters import query_kept
from recoveries.desk.saving import SHARE, filter_delete, filter_save, filters_of
from recoveries.models import SavedFilter


class SaveForm(forms.Form):
    """A name for the present filter."""

    name = TextField(label=gettext_lazy("Name"), max_length=100)
    is_shared = forms.BooleanField(label=gettext_lazy("Share with all staff"), required=False)


@dataclass(frozen=True, slots=True)
class Offered:
    """A link above the list."""

    saved: SavedFilter
    is_present: bool
    is_mine: bool


def filters_offered(request: HttpRequest) -> dict[str, Any]:
    """What the list shows of saved filters. One statement."""
    present, user = query_kept(request.GET.urlencode()), staff_of(request)
    found = [Offered(saved, saved.query == present, saved.user_id == user.pk) for saved in filters_of(user)]
    may_share = user.has_perm(SHARE)
    return {
        "filters": found,
        "present": next((offered for offered in found if offered.is_present), None),
        "can_save": bool(present),
        "may_share": may_share,
    }


class SavedFilterPages(admin.ModelAdmin):
    """Save and delete; both lead back to the list."""

    def saved_filter_urls(self) -> list[URLPattern]:
        """Where the forms above the list are sent."""
        save, delete = (
            self.admin_site.admin_view(require_POST(view)) for view in (self.filter_save_view, self.filter_delete_view)
        )
        return [
            path("filters/save/", save, name="recoveries_recovery_filter_save"),
            path("filters/<int:filter_id>/delete/", delete, name="recoveries_recovery_filter_delete"),
        ]

    def filter_save_view(self, request: HttpRequest) -> HttpResponseBase:
        """Keep the filter in the query under the name in the form."""
        query, form = query_kept(request.GET.urlencode()), SaveForm(request.POST)
        self._require_view(request)
        if not form.is_valid():
            messages.error(request, _("Give the filter a name of 100 characters at most."))
            return self._to_list(query)
        try:
            filter_save(user=staff_of(request), query=query, **form.cleaned_data)
        except DomainError as error:
            messages.error(request, refusal_text(error))
        else:
            messages.success(request, _("Saved as “{name}”.").format(name=form.cleaned_data["name"]))
        return self._to_list(query)

    def filter_delete_view(self, request: HttpRequest, filter_id: int) -> HttpResponseBase:
        """Forget one."""
        self._require_view(request)
        try:
            filter_delete(filter_id=filter_id, user=staff_of(request))
        except DomainError as error:
            messages.error(request, refusal_text(error))
        else:
            messages.success(request, _("The filter was deleted."))
        return self._to_list("")

    def _require_view(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    @staticmethod
    def _to_list(query: str) -> HttpResponseRedirect:
        address = reverse("admin:recoveries_recovery_changelist")
        return HttpResponseRedirect(f"{address}?{query}" if query else address)
