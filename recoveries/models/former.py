"""What decided an account before: rows that the database writes by itself (legalcity/lib/former_rows.py)."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class About(StrEnum):
    """Of which table a former row is."""

    CASE = "case"
    PROCEDURE = "procedure"
    NOTICE = "notice"
    COMPANY = "company"
    LEGAL_RATE = "legal_rate"
    ECB_RATE = "ecb_rate"
    SETTING = "setting"


class FormerRow(models.Model):
    """What a row said until a moment, of what decides an account and is in no posting; null: there was none.

    What holds at a moment is the earliest one whose `until` is later, else the row itself.
    """

    about = models.CharField(max_length=10)
    row_id = models.BigIntegerField()
    until = models.DateTimeField(_("until"))
    told = models.JSONField(null=True)

    class Meta:
        verbose_name = _("former row")
        verbose_name_plural = _("former rows")
        ordering = ("until", "id")
        indexes = [models.Index(fields=("about", "row_id", "until"), name="former_row_of")]

    def __str__(self) -> str:
        return f"{self.about} {self.row_id}"
