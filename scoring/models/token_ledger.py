"""Scoring tokens: an append-only ledger and the balance that it adds up to."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class TokenBalance(models.Model):
    """What a user may still spend, never less than nothing (the database checks it too).

    Changed with the ledger, in one transaction.
    """

    user = models.OneToOneField(
        "accounts.User", on_delete=models.CASCADE, primary_key=True, related_name="+", verbose_name=_("user")
    )
    tokens = models.PositiveIntegerField(_("tokens"), default=0)

    class Meta:
        verbose_name = _("token balance")
        verbose_name_plural = _("token balances")

    def __str__(self) -> str:
        return str(self.tokens)


class TokenEntry(models.Model):
    """One line of the ledger. The database itself refuses to change it (migration 0003)."""

    class Kind(models.TextChoices):
        """Why the balance changed."""

        GRANTED = "granted", _("granted")
        SPENT = "spent", _("spent")
        REFUNDED = "refunded", _("refunded")

    user = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="token_entries", verbose_name=_("user")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    amount = models.IntegerField(_("amount"), help_text=_("Positive for what came in, negative for what was spent."))
    order = models.ForeignKey(
        "scoring.ScoringOrder",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="token_entries",
        verbose_name=_("order"),
    )
    by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    reason = models.CharField(_("reason"), max_length=255, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("token movement")
        verbose_name_plural = _("token movements")
        ordering = ("-created_at", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="spent", amount__lt=0) | Q(kind__in=("granted", "refunded"), amount__gt=0),
                name="token_entry_sign_fits_kind",
            )
        ]

    def __str__(self) -> str:
        return f"{self.amount:+d}"
