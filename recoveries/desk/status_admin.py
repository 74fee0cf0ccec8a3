"""What staff may extend: statuses with their groups, and what procedures cost."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backoffice.amounts import amount_column
from backoffice.versions import VersionedAdmin
from recoveries.models import InjunctionFee, Status, StatusGroup

COURT_FEE = amount_column("court_fee", _("court fee"))
HANDLING_FEE = amount_column("handling_fee", _("handling fee"))


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


@admin.register(InjunctionFee)
class InjunctionFeeAdmin(VersionedAdmin):
    """What procedures cost, with the source of each figure."""

    list_display = ("procedure", "court_type", COURT_FEE, HANDLING_FEE, "source")
    list_filter = ("procedure",)
