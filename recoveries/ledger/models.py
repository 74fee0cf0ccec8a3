"""What was paid on a case, and what is owed beside its invoices."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from recoveries.models.cases import Recovery


class Acompte(models.Model):
    """A payment received on a case."""

    recovery = models.ForeignKey(Recovery, on_delete=models.CASCADE, related_name="acomptes", verbose_name=_("case"))
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    date = models.DateField(_("date"))
    method = models.CharField(_("method"), max_length=50, blank=True)
    reference = models.CharField(_("reference"), max_length=255, blank=True)
    comment = models.TextField(_("comment"), blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("payment received (acompte)")
        verbose_name_plural = _("payments received (acomptes)")
        ordering = ("date", "id")
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="acompte_positive")]

    def __str__(self) -> str:
        return f"{self.amount} €"


class Dette(models.Model):
    """A debt on a case that is not an invoice (fees of an earlier step, a deposit …)."""

    recovery = models.ForeignKey(Recovery, on_delete=models.CASCADE, related_name="dettes", verbose_name=_("case"))
    label = models.CharField(_("label"), max_length=255)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    date = models.DateField(_("date"))
    comment = models.TextField(_("comment"), blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("debt (dette)")
        verbose_name_plural = _("debts (dettes)")
        ordering = ("date", "id")
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="dette_positive")]

    def __str__(self) -> str:
        return f"{self.label}: {self.amount} €"
