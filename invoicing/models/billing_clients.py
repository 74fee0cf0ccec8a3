"""Whom the firm bills, and who may read those invoices."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from invoicing.models.billing_catalogue import CatalogueRow
from legalcity.lib.search_columns import SearchText


class ClientType(CatalogueRow):
    """What a client is: a company, a private person …"""

    code = models.PositiveIntegerField(_("code"), unique=True)

    class Meta(CatalogueRow.Meta):
        verbose_name = _("type of client")
        verbose_name_plural = _("types of clients")
        ordering = ("code", "id")


class BillingAddress(models.Model):
    """An address of a client. Fields are named as in the API."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    line1 = models.CharField(_("line 1"), max_length=255, blank=True)
    line2 = models.CharField(_("line 2"), max_length=255, blank=True)
    line3 = models.CharField(_("line 3"), max_length=255, blank=True)
    building = models.CharField(_("building"), max_length=100, blank=True)
    floor_level = models.CharField(_("floor"), max_length=50, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=255, blank=True)
    state_province = models.CharField(_("state or province"), max_length=100, blank=True)
    region = models.CharField(_("region"), max_length=100, blank=True)
    country = models.CharField(_("country (ISO)"), max_length=2, default="FR")
    search_text = SearchText("line1", "postal_code", "city")

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.line1, f"{self.postal_code} {self.city}".strip(), self.country)))


class BillingClient(models.Model):
    """Somebody whom the firm bills."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client_type = models.ForeignKey(
        ClientType, on_delete=models.PROTECT, related_name="clients", verbose_name=_("type of client")
    )
    name = models.CharField(_("name"), max_length=255)
    company_registration_number = models.CharField("SIREN", max_length=20, blank=True)
    vat_number = models.CharField(_("VAT number"), max_length=20, blank=True)
    contact_name = models.CharField(_("contact"), max_length=255, blank=True)
    contact_email = models.EmailField(_("e-mail of the contact"), max_length=254, blank=True)
    contact_number = models.CharField(_("phone of the contact"), max_length=32, blank=True)
    contact_address = models.ForeignKey(
        BillingAddress, on_delete=models.PROTECT, related_name="+", verbose_name=_("contact address")
    )
    billing_address = models.ForeignKey(
        BillingAddress, on_delete=models.PROTECT, related_name="+", verbose_name=_("billing address")
    )
    search_text = SearchText("name", "company_registration_number", "contact_email")
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    class Meta:
        verbose_name = _("billed client")
        verbose_name_plural = _("billed clients")
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name


class ClientUser(models.Model):
    """A user of a billed client: what the user orders is billed to the client, and the user reads its invoices."""

    user = models.OneToOneField(
        "accounts.User", on_delete=models.CASCADE, related_name="client_user", verbose_name=_("user")
    )
    client = models.ForeignKey(
        BillingClient, on_delete=models.CASCADE, related_name="members", verbose_name=_("billed client")
    )

    class Meta:
        verbose_name = _("user of a client")
        verbose_name_plural = _("users of clients")

    def __str__(self) -> str:
        return str(self.user)


class SubscriptionKey(models.Model):
    """The firm's key to `/v1/firms/`. Shown once; its SHA-256 stays."""

    digest = models.CharField(_("SHA-256 of the key"), max_length=64, unique=True, editable=False)
    hint = models.CharField(_("begins with"), max_length=8, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    ends_at = models.DateTimeField(_("ends at"), null=True, blank=True)

    class Meta:
        verbose_name = _("subscription key")
        verbose_name_plural = _("subscription keys")
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return f"{self.hint}…"
