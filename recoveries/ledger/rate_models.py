"""The rates that the law names, by half-year: the legal interest rate and the ECB's refinancing rate."""

from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from backoffice.history import history_of
from law.vocabulary import Creditor
from legalcity.lib.pairs import pair


def half_year(day: date) -> None:
    """Refuses a day on which no half-year begins."""
    if (day.month, day.day) not in ((1, 1), (7, 1)):
        raise ValidationError(_("A half-year begins on 1 January or 1 July."))


class HalfYearRate(models.Model):
    """A rate in percent a year, from the first day of a half-year until the next row."""

    valid_from = models.DateField(_("valid from"), validators=[half_year])
    rate_percent = models.DecimalField(
        _("rate, % a year"),
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    source = models.CharField(_("source"), max_length=255)
    is_confirmed = models.BooleanField(
        _("confirmed"), default=True, help_text=_("Compared with the official text that the source names.")
    )
    # What staff have entered or corrected is left alone when the shipped rates are loaded.
    by_hand = models.BooleanField(_("entered by hand"), default=True, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return pair(f"{self.valid_from:%d/%m/%Y}", f"{number_format(self.rate_percent)}\u00a0%")


class LegalRate(HalfYearRate):
    """The French legal interest rate (art. L313-2 CMF), by the quality of the creditor."""

    class Creditor(models.TextChoices):
        """Whose claim it is."""

        INDIVIDUAL = Creditor.INDIVIDUAL, _("a natural person who does not act for business")
        OTHER = Creditor.OTHER, _("everybody else")

    creditor = models.CharField(_("creditor"), max_length=10, choices=Creditor.choices)
    history = history_of()

    class Meta:
        verbose_name = _("legal interest rate")
        verbose_name_plural = _("legal interest rates")
        ordering = ("-valid_from", "creditor")
        constraints = [
            models.UniqueConstraint(fields=("creditor", "valid_from"), name="legal_rate_one_row"),
            models.CheckConstraint(condition=Q(rate_percent__gte=0, rate_percent__lte=100), name="legal_rate_percent"),
        ]


class EcbRate(HalfYearRate):
    """The rate of the ECB's main refinancing operations in force when a half-year begins (art. L441-10 C. com.)."""

    history = history_of()

    class Meta:
        verbose_name = _("ECB refinancing rate")
        verbose_name_plural = _("ECB refinancing rates")
        ordering = ("-valid_from",)
        constraints = [
            models.UniqueConstraint(fields=("valid_from",), name="ecb_rate_one_row"),
            models.CheckConstraint(condition=Q(rate_percent__gte=0, rate_percent__lte=100), name="ecb_rate_percent"),
        ]
