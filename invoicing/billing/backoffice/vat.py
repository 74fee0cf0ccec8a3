"""Which VAT clients bear, by place: the rows that staff correct, and the one that a client has."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext as _

from backoffice.versions import VersionedAdmin
from invoicing.models import Tax, VatRule
from legalcity.lib.countries import countries


def rule_told(rule: VatRule) -> str:
    """The VAT of a row with its source, and whether that is still to be confirmed."""
    told = f"{rule.tax} ({rule.source})"
    return told if rule.is_confirmed else _("{what}, to be confirmed").format(what=told)


class VatRuleForm(forms.ModelForm):
    """A row for a place that there is."""

    def clean_place(self) -> str:
        """A country or territory, the Union, or the world."""
        place: str = self.cleaned_data["place"].upper()
        if place not in countries() | {VatRule.UNION, VatRule.WORLD}:
            raise forms.ValidationError(_("Unknown: two letters of ISO 3166-1, EU or *."))
        return place


@admin.register(VatRule)
class VatRuleAdmin(VersionedAdmin):
    """VAT by place. A row decides at once for what is billed from then on; issued invoices stay."""

    form = VatRuleForm
    list_display = ("place", "client", "tax", "source", "is_confirmed")
    list_filter = ("client", "is_confirmed")
    list_select_related = ("tax",)
    search_fields = ("place", "source")

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """VAT that is still offered."""
        if db_field.name == "tax":
            kwargs["queryset"] = Tax.objects.filter(kind=Tax.Kind.VAT, enable=True)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
