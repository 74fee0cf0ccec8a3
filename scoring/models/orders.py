"""Orders of reports and surveillance. The row is the job (legalcity/lib/claims.py)."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backoffice.reach import Person, sees_all_cases
from companies.models import Company
from legalcity.lib.claims import JobRow
from legalcity.lib.search_columns import SearchText


class OrderYear(models.Model):
    """The last number given in a year (of Paris). Numbers are taken in the transaction that makes the order."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("numbering of a year")
        verbose_name_plural = _("numbering of the years")

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class ScoringOrderQuerySet(models.QuerySet["ScoringOrder"]):
    """Words of the field."""

    def owned_by(self, user: Any) -> "ScoringOrderQuerySet":
        """Orders of one account."""
        return self.filter(user_id=user.pk)

    def in_reach_of(self, user: Person) -> "ScoringOrderQuerySet":
        """What a member of staff sees: the orders about the companies that they see."""
        if sees_all_cases(user):
            return self.all()
        return self.filter(company_id__in=Company.objects.in_reach_of(user).values("pk"))


class SeenWithOrder(models.QuerySet[Any]):
    """Rows that belong to an order, by the way `order_path`: who sees the order sees them."""

    order_path: ClassVar[str]

    def in_reach_of(self, user: Person) -> Any:
        """Those that a member of staff sees."""
        if sees_all_cases(user):
            return self.all()
        return self.filter(**{f"{self.order_path}__in": ScoringOrder.objects.in_reach_of(user)})


class ScoringOrder(JobRow):
    """What a client ordered about a company, and what came of it.

    The company is kept as it was when it was ordered: it may be changed or deleted since. `results` is what
    `scoring.reports` made, in keys and figures; sentences are made when it is read.
    """

    class Status(models.TextChoices):
        """Where the order stands; the words are the API's."""

        PENDING = "pending", _("pending")
        PROCESSING = "processing", _("processing")
        COMPLETED = "completed", _("completed")
        FAILED = "failed", _("failed")

    class ReportType(models.TextChoices):
        """How much the report tells."""

        STANDARD = "standard", _("standard")
        DETAILED = "detailed", _("detailed")

    class Priority(models.TextChoices):
        """How soon it is wanted."""

        STANDARD = "standard", _("standard")
        EXPRESS = "express", _("express")

    order_id = models.CharField(_("number"), max_length=20, unique=True)
    user = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("client")
    )
    company_id = models.BigIntegerField(_("company (id)"))
    company_name = models.CharField(_("company"), max_length=255)
    company_siret = models.CharField("SIRET", max_length=14, null=True, blank=True)
    company_siren = models.CharField("SIREN", max_length=9, blank=True)
    company_legal_form = models.CharField(_("legal form"), max_length=50, blank=True)
    company_country = models.CharField(_("country"), max_length=255, blank=True)
    solvency_report = models.BooleanField(_("solvency report"))
    surveillance = models.BooleanField(_("surveillance"))
    report_type = models.CharField(_("type of report"), max_length=8, choices=ReportType.choices, null=True, blank=True)
    surveillance_months = models.PositiveSmallIntegerField(_("months of surveillance"), null=True, blank=True)
    priority = models.CharField(_("priority"), max_length=8, choices=Priority.choices, default=Priority.STANDARD)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.PENDING)
    results = models.JSONField(_("results"), null=True, blank=True)
    failure = models.CharField(_("why it failed"), max_length=255, blank=True)
    search_text = SearchText("order_id", "company_name", "company_siren")
    created_at = models.DateTimeField(_("ordered at"))
    estimated_delivery = models.DateTimeField(_("estimated delivery"))
    completed_at = models.DateTimeField(_("completed at"), null=True, blank=True)

    objects = ScoringOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("scoring order")
        verbose_name_plural = _("scoring orders")
        ordering = ("-id",)
        indexes = [
            models.Index(fields=("user", "id"), name="scoring_order_of_user"),
            models.Index(
                fields=("due_at",), name="scoring_order_due", condition=Q(status__in=("pending", "processing"))
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(solvency_report=True) | Q(surveillance=True), name="scoring_order_of_something"
            ),
            models.CheckConstraint(
                condition=Q(surveillance=False, surveillance_months=None)
                | Q(surveillance=True, surveillance_months__range=(1, 36)),
                name="scoring_order_months_fit",
            ),
        ]

    def __str__(self) -> str:
        return self.order_id

    @property
    def services(self) -> list[str]:
        """What was ordered, in the words of the API."""
        return [name for name in SERVICES if getattr(self, name)]


SERVICES = ("solvency_report", "surveillance")
