"""Staff's door to cases."""

from django.contrib import admin

from legalcity.lib.backoffice import ReadOnlyAdmin
from recoveries.models import Recovery, Status, StatusGroup


@admin.register(StatusGroup)
class StatusGroupAdmin(admin.ModelAdmin):
    """Groups that the list filter of the API takes."""

    list_display = ("id", "name", "position")


@admin.register(Status)
class StatusAdmin(admin.ModelAdmin):
    """The catalogue: names and descriptions as clients read them."""

    list_display = ("id", "name", "group", "position", "is_closing")
    list_select_related = ("group",)

    def get_readonly_fields(self, request: object, obj: Status | None = None) -> tuple[str, ...]:
        """An id is given once: clients keep it."""
        return ("id",) if obj else ()


@admin.register(Recovery)
class RecoveryAdmin(ReadOnlyAdmin):
    """Cases as they stand."""

    list_display = (
        "recovery_reference",
        "owner",
        "customer_company",
        "debtor_company",
        "debtor_name",
        "status",
        "amount_torecover",
        "user",
        "created_at",
    )
    list_filter = ("status", "type")
    list_select_related = ("owner", "status", "user")
    search_fields = ("recovery_reference", "debtor_name", "debtor_company", "customer_company")
    date_hierarchy = "created_at"
