"""The firm's own invoices: drafts, issued papers, payments, and what waits to be billed."""

import uuid
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.signals import pre_delete
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from invoicing.models.billing_catalogue import Currency, InvoiceType, ProductType, Tax
from invoicing.models.billing_clients import BillingClient
from legalcity.lib.claims import JobRow
from legalcity.lib.errors import Forbidden

ISSUED_STANDS = _("An issued invoice never changes; a credit note corrects it.")


class FirmInvoice(models.Model):
    """An invoice or a credit note of the firm.

    A draft may change. Issuing gives it its number and freezes it with the parties as they were: from then on the
    database refuses every change of it and of its items (migration 0003).
    """

    class Status(models.TextChoices):
        """Whether the paper exists."""

        DRAFT = "draft", _("draft")
        ISSUED = "issued", _("issued")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    invoice_type = models.ForeignKey(
        InvoiceType, on_delete=models.PROTECT, related_name="invoices", verbose_name=_("type")
    )
    client = models.ForeignKey(
        BillingClient, on_delete=models.PROTECT, related_name="invoices", verbose_name=_("client")
    )
    currency = models.ForeignKey(Currency, on_delete=models.PROTECT, related_name="+", verbose_name=_("currency"))
    euro_rate = models.DecimalField(
        _("EUR for one unit"),
        max_digits=12,
        decimal_places=6,
        null=True,
        blank=True,
        help_text=_("For another currency than the euro: the rate that gives the VAT in euros."),
    )
    status = models.CharField(_("status"), max_length=6, choices=Status.choices, default=Status.DRAFT, editable=False)
    invoice_number = models.PositiveIntegerField(_("number"), null=True, editable=False)
    reference = models.CharField(_("reference"), max_length=40, blank=True, editable=False)
    date_time = models.DateTimeField(_("issued at"), null=True, editable=False)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    performed_on = models.DateField(
        _("service performed on"), null=True, blank=True, help_text=_("The day of issue unless said otherwise.")
    )
    corrects = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="credit_notes",
        verbose_name=_("corrects"),
    )
    user = models.ForeignKey(
        "accounts.User",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("created by"),
    )
    observations = models.TextField(_("observations"), max_length=2000, blank=True)
    seller = models.JSONField(_("issuer, as it was"), default=dict, editable=False)
    buyer = models.JSONField(_("client, as it was"), default=dict, editable=False)
    total_net = models.DecimalField(_("total without VAT"), max_digits=16, decimal_places=2, default=0, editable=False)
    total_vat = models.DecimalField(_("VAT"), max_digits=16, decimal_places=2, default=0, editable=False)
    total = models.DecimalField(_("total"), max_digits=16, decimal_places=2, default=0, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("invoice of the firm")
        verbose_name_plural = _("invoices of the firm")
        ordering = ("-date_time", "-created_at", "-id")
        constraints = [
            models.UniqueConstraint(fields=("invoice_type", "invoice_number"), name="firm_invoice_number_once"),
            models.UniqueConstraint(
                fields=("reference",), condition=~Q(reference=""), name="firm_invoice_reference_once"
            ),
            models.CheckConstraint(
                condition=Q(status="draft", invoice_number=None, date_time=None)
                | Q(status="issued", invoice_number__gt=0, date_time__isnull=False, due_on__isnull=False),
                name="firm_invoice_issued_whole",
            ),
        ]
        indexes = [models.Index(fields=("client", "-date_time", "-id"), name="firm_invoice_of_client")]

    def __str__(self) -> str:
        return self.reference or str(_("draft"))

    @property
    def is_issued(self) -> bool:
        """Whether the paper exists."""
        return self.status == self.Status.ISSUED

    @property
    def is_credit_note(self) -> bool:
        """Whether its amounts are in the client's favour."""
        return self.invoice_type.series == InvoiceType.Series.CREDIT_NOTE

    @property
    def paid(self) -> Decimal:
        """What was paid of it."""
        return sum((payment.amount for payment in self.payments.all()), Decimal(0))

    @property
    def credited(self) -> Decimal:
        """What credit notes took from it."""
        return sum((note.total for note in self.credit_notes.all() if note.is_issued), Decimal(0))


class FirmInvoiceItem(models.Model):
    """A line of an invoice."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    invoice = models.ForeignKey(FirmInvoice, on_delete=models.CASCADE, related_name="items", verbose_name=_("invoice"))
    position = models.PositiveIntegerField(_("position"), default=0)
    code = models.CharField(_("code"), max_length=50, blank=True)
    name = models.CharField(_("name"), max_length=255)
    product_type = models.ForeignKey(
        ProductType, on_delete=models.PROTECT, related_name="+", verbose_name=_("type of product")
    )
    currency_units = models.DecimalField(_("unit price without VAT"), max_digits=14, decimal_places=2)
    quantity = models.PositiveIntegerField(_("quantity"), default=1)
    taxes = models.ManyToManyField(Tax, related_name="+", verbose_name=_("taxes"))
    details = models.TextField(_("details"), max_length=2000, blank=True)
    invoice_entity_type = models.CharField(_("billed for (kind)"), max_length=50, blank=True)
    invoice_entity_id = models.CharField(_("billed for (id)"), max_length=50, blank=True)
    credits = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="credited_by",
        verbose_name=_("credits"),
    )

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        ordering = ("position", "id")
        constraints = [
            models.CheckConstraint(condition=Q(currency_units__gte=0), name="firm_item_price_not_negative"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="firm_item_quantity_positive"),
        ]
        indexes = [models.Index(fields=("invoice_entity_type", "invoice_entity_id"), name="firm_item_of_entity")]

    def __str__(self) -> str:
        return self.name


class FirmPayment(models.Model):
    """Money that came in for an issued invoice."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    invoice = models.ForeignKey(
        FirmInvoice, on_delete=models.PROTECT, related_name="payments", verbose_name=_("invoice")
    )
    amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=2)
    paid_on = models.DateField(_("paid on"))
    method = models.CharField(_("method"), max_length=50, blank=True)
    reference = models.CharField(_("reference"), max_length=255, blank=True)
    recorded_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("recorded by")
    )
    created_at = models.DateTimeField(_("recorded at"), auto_now_add=True)

    class Meta:
        verbose_name = _("payment of an invoice")
        verbose_name_plural = _("payments of invoices")
        ordering = ("paid_on", "created_at", "id")
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="firm_payment_positive")]

    def __str__(self) -> str:
        return f"{self.amount} ({self.paid_on})"


class Charge(JobRow):
    """Something that is to be billed by itself, once: written down with the event, billed by a worker after it.

    The number of an invoice is given under a lock that lasts until the commit; the event does not wait for it. The row
    is the job (legalcity/lib/claims.py); its lock stands for the claim.
    """

    user = models.ForeignKey(
        "accounts.User", on_delete=models.CASCADE, related_name="+", verbose_name=_("who is billed")
    )
    invoice_entity_type = models.CharField(_("kind"), max_length=50)
    invoice_entity_id = models.CharField(_("id"), max_length=50)
    lines = models.JSONField(_("lines"))
    invoice = models.OneToOneField(
        FirmInvoice, on_delete=models.PROTECT, null=True, related_name="charge", verbose_name=_("invoice")
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("charge")
        verbose_name_plural = _("charges")
        ordering = ("-id",)
        constraints = [models.UniqueConstraint(fields=("invoice_entity_type", "invoice_entity_id"), name="charge_once")]
        indexes = [models.Index(fields=("due_at",), name="charge_due", condition=Q(invoice=None))]

    def __str__(self) -> str:
        return f"{self.invoice_entity_type} {self.invoice_entity_id}"


@receiver(pre_delete, sender=FirmInvoice, dispatch_uid="issued-invoices-stay")
def refuse_to_forget(instance: FirmInvoice, **_: Any) -> None:
    """Issued invoices stay on every engine; SQLite has no trigger for it, so that a database can be emptied."""
    if instance.is_issued:
        raise Forbidden(ISSUED_STANDS)
