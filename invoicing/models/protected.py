"""Invoices that clients protect: kept under a tracking code, with every change of their status."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

TEXT = 255  # characters of an invoice number or reference; a system setting may allow fewer
TRACKING_CODE = 300  # `fyn_`, the client's identifier, and maybe a tail


class ProtectedInvoiceQuerySet(models.QuerySet["ProtectedInvoice"]):
    """Words of the field."""

    def owned_by(self, user: Any) -> "ProtectedInvoiceQuerySet":
        """Protected invoices of one account."""
        return self.filter(owner_id=user.pk)


class ProtectedInvoice(models.Model):
    """An invoice that a client has put under protection. Fields are named as in the API."""

    class Status(models.TextChoices):
        """Where it stands. The labels are part of the contract: French in every language."""

        PENDING = "pending", "À payer"
        PAID = "paid", "Payée"
        CANCELLED = "cancelled", "Annulée"

    class Currency(models.TextChoices):
        """What it is payable in."""

        EUR = "EUR", "EUR"
        USD = "USD", "USD"
        GBP = "GBP", "GBP"

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,  # Each index of the table leads with the owner.
        verbose_name=_("owner"),
    )
    api_invoice_id = models.CharField(_("client's identifier"), max_length=TEXT)
    tracking_code = models.CharField(_("tracking code"), max_length=TRACKING_CODE, unique=True, editable=False)
    siren = models.CharField("SIREN", max_length=9)
    invoice_number = models.CharField(_("number"), max_length=TEXT)
    due_date = models.DateField(_("due date"))
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3, choices=Currency.choices, default=Currency.EUR)
    status = models.CharField(_("status"), max_length=9, choices=Status.choices, default=Status.PENDING)
    description = models.TextField(_("description"), null=True, blank=True)
    # What it is found by: number and description, folded.
    search_text = models.TextField(default="", blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = ProtectedInvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("protected invoice")
        verbose_name_plural = _("protected invoices")
        ordering = ("-due_date", "-id")
        constraints = [
            models.UniqueConstraint(fields=("owner", "api_invoice_id"), name="protected_identifier_unique_of_owner"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="protected_amount_not_negative"),
        ]
        indexes = [
            # One for each sort of the list; the one by number has a collation, so the migration makes it.
            models.Index(fields=("owner", "id"), name="protected_by_owner"),
            models.Index(fields=("owner", "due_date", "id"), name="protected_by_due_date"),
            models.Index(fields=("owner", "amount", "id"), name="protected_by_amount"),
            models.Index(fields=("owner", "status", "id"), name="protected_by_status"),
            models.Index(fields=("owner", "siren", "id"), name="protected_by_siren"),
            models.Index(fields=("owner", "created_at", "id"), name="protected_by_created"),
        ]

    def __str__(self) -> str:
        return self.tracking_code


class ProtectedInvoiceChange(models.Model):
    """One change of the status of a protected invoice: from, to, who, when."""

    invoice = models.ForeignKey(
        ProtectedInvoice, on_delete=models.CASCADE, related_name="changes", verbose_name=_("protected invoice")
    )
    from_status = models.CharField(_("from"), max_length=9, choices=ProtectedInvoice.Status.choices)
    to_status = models.CharField(_("to"), max_length=9, choices=ProtectedInvoice.Status.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("who")
    )
    created_at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name = _("change of a protected invoice")
        verbose_name_plural = _("changes of protected invoices")
        ordering = ("created_at", "id")

    def __str__(self) -> str:
        return f"{self.from_status} → {self.to_status}"
