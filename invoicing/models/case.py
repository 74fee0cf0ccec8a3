"""Unpaid invoices of a case."""

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from backoffice.reach import SeenWithCase
from legalcity.lib.owned import OfOwner
from legalcity.lib.search_columns import SearchText


class InvoiceQuerySet(SeenWithCase["Invoice"]):
    """Words of the field."""

    case_path = "recovery"


class Invoice(OfOwner):
    """An invoice that the debtor has not paid, or not wholly. Fields are named as in the API."""

    recovery = models.ForeignKey(
        "recoveries.Recovery",
        on_delete=models.CASCADE,
        related_name="invoices",
        db_index=False,  # The unique one is led by it.
        verbose_name=_("case"),
    )
    invoice_number = models.CharField(_("number"), max_length=255)
    invoice_date = models.DateField(_("date"))
    invoice_due_date = models.DateField(_("due date"), null=True, blank=True)
    invoice_amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    invoice_part_paid = models.BooleanField(_("partly paid"), default=False)
    invoice_part_paid_amount = models.DecimalField(
        _("part payment"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    remaining_amount = models.GeneratedField(
        expression=F("invoice_amount") - Coalesce(F("invoice_part_paid_amount"), Value(0, models.DecimalField())),
        output_field=models.DecimalField(_("remaining"), max_digits=14, decimal_places=2),
        db_persist=True,
    )
    performed_on = models.DateField(_("service performed on"), null=True, blank=True)
    is_disputed = models.BooleanField(_("disputed by the debtor"), default=False, db_default=False)
    api_invoice_id = models.CharField(_("client's reference"), max_length=255, null=True, blank=True)
    search_text = SearchText("invoice_number", "api_invoice_id")
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = ("-invoice_date", "-id")
        constraints = [
            models.UniqueConstraint(fields=("recovery", "invoice_number"), name="invoice_number_unique_in_case"),
            models.CheckConstraint(condition=Q(invoice_amount__gte=0), name="invoice_amount_not_negative"),
            models.CheckConstraint(
                condition=Q(invoice_part_paid_amount=None)
                | Q(invoice_part_paid_amount__gte=0, invoice_part_paid_amount__lte=F("invoice_amount")),
                name="invoice_part_payment_within_amount",
            ),
            models.CheckConstraint(
                condition=Q(invoice_due_date=None) | Q(invoice_due_date__gt=F("invoice_date")),
                name="invoice_due_after_its_date",
            ),
        ]

    def __str__(self) -> str:
        return self.invoice_number
