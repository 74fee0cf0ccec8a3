"""The catalogues of rates: new half-years are added by hand, every version is kept."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from backoffice.versions import VersionedAdmin
from recoveries.models import EcbRate, LegalRate


class RateAdmin(VersionedAdmin):
    """A rate by half-year, with its source."""

    date_hierarchy = "valid_from"
    search_fields = ("source",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """What staff save is theirs: loading the shipped rates leaves it alone."""
        obj.by_hand = True
        super().save_model(request, obj, form, change)


@admin.register(LegalRate)
class LegalRateAdmin(RateAdmin):
    """The legal interest rate, one row for each half-year and quality of the creditor."""

    list_display = ("valid_from", "creditor", "rate_percent", "source", "is_confirmed", "by_hand")
    list_filter = ("creditor", "is_confirmed", "by_hand")


@admin.register(EcbRate)
class EcbRateAdmin(RateAdmin):
    """The ECB's refinancing rate, one row for each half-year."""

    list_display = ("valid_from", "rate_percent", "source", "is_confirmed", "by_hand")
    list_filter = ("is_confirmed", "by_hand")
