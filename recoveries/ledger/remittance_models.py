"""Money handed over to the client for whom it was received (art. R124-6 CPCE). Rows are written once."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from recoveries.ledger.models import EntryQuerySet, Reversible
from recoveries.ledger.posting_models import Posting


class Remittance(Reversible):
    """What the firm handed over to a client on a day: `amount` is what was transferred, EUR, fees taken off before.

    One that `reverses` another is as large, and sets free what that one covered.
    """

    owner = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("client"), db_index=False
    )
    amount = models.DecimalField(_("handed over"), max_digits=16, decimal_places=2)
    fees = models.DecimalField(_("fees retained"), max_digits=16, decimal_places=2, default=0)
    paid_on = models.DateField(_("paid on"))
    reference = models.CharField(_("reference"), max_length=255, blank=True)
    reason = models.CharField(_("reason"), max_length=255, blank=True)
    # The row outlives the person: no constraint, so that deleting an account never has to change it.
    by = models.ForeignKey(
        "accounts.User",
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("by"),
    )
    recorded_at = models.DateTimeField(_("recorded at"))

    objects: EntryQuerySet["Remittance"] = EntryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("remittance")
        verbose_name_plural = _("remittances")
        ordering = ("-id",)
        permissions = [("record_remittance", _("Can record remittances to clients"))]
        indexes = [models.Index(fields=("owner", "id"), name="remittance_of_owner")]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0, fees__gte=0), name="remittance_not_negative"),
            models.CheckConstraint(condition=~Q(amount=0, fees=0), name="remittance_of_something"),
            models.CheckConstraint(condition=Q(reverses=None) | ~Q(reason=""), name="remittance_reversed_why"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} € {self.paid_on:%d/%m/%Y}"


class RemittanceLine(models.Model):
    """A posting that a remittance covers; `amount`, EUR, is negative for one that took money back."""

    remittance = models.ForeignKey(
        Remittance, on_delete=models.PROTECT, related_name="lines", verbose_name=_("remittance")
    )
    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="+", verbose_name=_("posting"))
    amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=2)

    class Meta:
        verbose_name = _("line of a remittance")
        verbose_name_plural = _("lines of a remittance")
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=("remittance", "posting"), name="remittance_line_once")]

    def __str__(self) -> str:
        return f"{self.amount} €"
