"""The chart of accounts: numbers and labels are corrected by hand, every version is kept; accounts are fixed."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from backoffice.versions import VersionedAdmin
from recoveries.models import ChartAccount


@admin.register(ChartAccount)
class ChartAccountAdmin(VersionedAdmin):
    """One row for each account of the ledger."""

    list_display = ("account", "number", "label")
    readonly_fields = ("account",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The ledger has no further accounts."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nor fewer."""
        return False
