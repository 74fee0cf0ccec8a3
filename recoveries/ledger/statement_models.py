"""The account rendered to a client for a month (*reddition de comptes*, art. 1993 C. civ.), which is written once."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from legalcity.lib.pairs import pair


class ClientStatement(models.Model):
    """What was recorded in the month that begins on `month`: received for the client, handed over, left, EUR.

    `number` runs through all statements of the firm without a gap. `paper` is the PDF as it was made.
    """

    PREFIX = "RC"  # of its number as it is written

    number = models.PositiveIntegerField(_("number"), unique=True)
    owner = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("client"))
    month = models.DateField(_("month"))
    opening = models.DecimalField(_("held before"), max_digits=16, decimal_places=2)
    received = models.DecimalField(_("received in the month"), max_digits=16, decimal_places=2)
    fees = models.DecimalField(_("fees retained"), max_digits=16, decimal_places=2)
    handed_over = models.DecimalField(_("handed over"), max_digits=16, decimal_places=2)
    closing = models.DecimalField(_("held after"), max_digits=16, decimal_places=2)
    made_at = models.DateTimeField(_("made at"))
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
    paper = models.ForeignKey("documents.StoredFile", on_delete=models.PROTECT, related_name="+", verbose_name=_("PDF"))

    class Meta:
        verbose_name = _("statement of a client")
        verbose_name_plural = _("statements of clients")
        ordering = ("-number",)
        permissions = [("make_statement", _("Can make the statements of clients"))]
        constraints = [models.UniqueConstraint(fields=("owner", "month"), name="client_statement_once_a_month")]

    def __str__(self) -> str:
        return pair(self.reference, f"{self.month:%m/%Y}")

    @property
    def reference(self) -> str:
        """The number as it is written."""
        return f"{self.PREFIX}{self.number:06d}"
