"""Staff's pages of clients and of the catalogues that invoices are made of."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.admins import ReadOnlyStaffAdmin, StaffAdmin
from backoffice.lookups import StaffTabularInline
from invoicing.billing.backoffice.acts import OFFER
from invoicing.billing.backoffice.vat import rule_told
from invoicing.billing.selectors import vat_rule_of
from invoicing.models import (
    BillingAddress,
    BillingClient,
    ClientType,
    ClientUser,
    Currency,
    InvoiceType,
    ProductType,
    SubscriptionKey,
    Tax,
)
from legalcity.lib.countries import countries
from legalcity.lib.reading.identifiers import known, read_siren


class ClientForm(forms.ModelForm):
    """A client; what names it in its register is a SIREN where it is French."""

    def clean(self) -> dict[str, Any]:
        """The rules over several fields."""
        values: dict[str, Any] = super().clean() or {}
        address, number = values.get("billing_address"), values.get("company_registration_number")
        if address and address.country == "FR" and number and not known(read_siren, number):
            self.add_error("company_registration_number", _("A SIREN has nine digits."))
        return values


class ClientUserInline(StaffTabularInline):
    """Who reads the client's invoices, and is billed to it."""

    model = ClientUser
    extra = 0
    autocomplete_fields = ("user",)


@admin.register(BillingClient)
class BillingClientAdmin(StaffAdmin):
    """Whom the firm bills."""

    form = ClientForm
    holds_personal_data = True
    list_display = ("name", "client_type", "company_registration_number", "vat_number", "contact_email")
    list_filter = ("client_type",)
    list_select_related = ("client_type",)
    search_fields = ("search_text", "members__user__search_text")
    autocomplete_fields = ("contact_address", "billing_address")
    readonly_fields = ("vat",)
    inlines = (ClientUserInline,)

    @admin.display(description=gettext_lazy("VAT of the firm's services"))
    def vat(self, client: BillingClient) -> str:
        """By where the client is, and what it is."""
        rule = vat_rule_of(client) if client.billing_address_id else None
        return rule_told(rule) if rule else "-"


class AddressForm(forms.ModelForm):
    """An address in a country that there is: it decides the VAT."""

    def clean_country(self) -> str:
        """Its code in capitals."""
        country: str = self.cleaned_data["country"].upper()
        if country not in countries():
            raise forms.ValidationError(_("Enter the two letters of the country (ISO 3166-1), such as FR."))
        return country


@admin.register(BillingAddress)
class BillingAddressAdmin(StaffAdmin):
    """Addresses of clients; issued invoices keep the one that they were issued with."""

    form = AddressForm
    list_display = ("line1", "postal_code", "city", "country")
    search_fields = ("search_text",)
    ordering = ("line1", "id")  # Whoever looks for one by its letters turns pages too.


class KeptAdmin(StaffAdmin):
    """Rows that invoices refer to stay."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes them; most can be switched off."""
        return False


@admin.register(InvoiceType)
class InvoiceTypeAdmin(KeptAdmin):
    """Series of numbers."""

    list_display = ("code", "name", "series", "prefix", "leading_zeros", "last_number", "closed_at")
    readonly_fields = ("last_number",)

    def get_readonly_fields(self, request: HttpRequest, obj: InvoiceType | None = None) -> tuple[str, ...]:
        """A series that has begun keeps its form."""
        begun = ("series", "prefix", "leading_zeros", "code") if obj and obj.last_number else ()
        return ("last_number", *begun)


@admin.register(Tax)
class TaxAdmin(KeptAdmin):
    """Taxes: a new rate is a new row, an old one is offered no longer."""

    list_display = ("name", "kind", "category", "percent", "units", "description", "enable")
    list_filter = ("kind", "enable")

    object_actions = (OFFER,)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The database refuses it, but for whether the tax is offered: an act."""
        return False


@admin.register(ProductType)
class ProductTypeAdmin(KeptAdmin):
    """What is sold. Services know a type by its code, which is given once."""

    list_display = ("name", "code", "enable")

    def get_readonly_fields(self, request: HttpRequest, obj: ProductType | None = None) -> tuple[str, ...]:
        """The code is given once."""
        return ("code",) if obj else ()


@admin.register(Currency)
class CurrencyAdmin(KeptAdmin):
    """Currencies with two decimals."""

    list_display = ("name", "name_short", "symbol")

    def get_readonly_fields(self, request: HttpRequest, obj: Currency | None = None) -> tuple[str, ...]:
        """The code is given once."""
        return ("name_short",) if obj else ()


@admin.register(ClientType)
class ClientTypeAdmin(KeptAdmin):
    """What clients are."""

    list_display = ("code", "name")


@admin.register(SubscriptionKey)
class SubscriptionKeyAdmin(ReadOnlyStaffAdmin):
    """Keys to /v1/firms/ by their first characters; `manage.py rotate_subscription_key` makes them."""

    list_display = ("hint", "created_at", "ends_at")
