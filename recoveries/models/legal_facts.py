"""Facts of the law that change with time or are not sure: lengths of times, thresholds, costs, lists of courts."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backoffice.history import history_of

LARGEST = 10**9


class LegalFact(models.Model):
    """One fact with its article: a figure, a text, or both. A migration brings its row, staff correct it."""

    class Unit(models.TextChoices):
        """What the figure counts."""

        EUR = "eur", "EUR"
        DAYS = "days", _("days")
        MONTHS = "months", _("months")
        YEARS = "years", _("years")
        PERSONS = "persons", _("employees")
        YES_NO = "yes_no", _("1 is yes, 0 no")

    code = models.SlugField(_("code"), unique=True, editable=False)
    name = models.CharField(_("name"), max_length=255)
    value = models.DecimalField(
        _("value"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(LARGEST)],
    )
    unit = models.CharField(_("unit"), max_length=10, choices=Unit.choices, blank=True, editable=False)
    text = models.CharField(_("text"), max_length=500, blank=True)
    article = models.CharField(_("article"), max_length=100)
    source = models.CharField(_("source"), max_length=255)
    is_confirmed = models.BooleanField(
        _("confirmed"), default=False, help_text=_("Compared with the official text that the source names.")
    )
    history = history_of()

    class Meta:
        verbose_name = _("fact of the law")
        verbose_name_plural = _("facts of the law")
        ordering = ("code",)
        constraints = [
            models.CheckConstraint(
                condition=Q(value=None) | Q(value__gte=0, value__lte=LARGEST), name="legal_fact_value_plausible"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """A figure keeps its figure, a text its text: rules read them."""
        empty = "value" if self.unit and self.value is None else "text" if not self.unit and not self.text else ""
        if empty:
            raise ValidationError({empty: _("This fact needs it.")})
