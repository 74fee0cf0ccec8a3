"""Staff's door to scoring tokens."""

from django.contrib import admin

from legalcity.lib.backoffice import ReadOnlyAdmin
from scoring.models import TokenEntry


@admin.register(TokenEntry)
class TokenEntryAdmin(ReadOnlyAdmin):
    """The ledger: read, never written by hand."""

    list_display = ("user", "kind", "amount", "reason", "by", "created_at")
    list_filter = ("kind",)
    list_select_related = ("user", "by")
    search_fields = ("user__email", "reason")
