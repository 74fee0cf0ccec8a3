"""The case, and how many of them an account has."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import NullIf
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from backoffice.reach import SeenWithCase
from law.vocabulary import CaseType, InterestRate, Matter, PenaltyType
from recoveries.models.statuses import Status
from recoveries.statuses import is_in_court


class RecoveryQuerySet(SeenWithCase["Recovery"]):
    """Words of the field."""

    case_path = ""

    def owned_by(self, user: Any) -> "RecoveryQuerySet":
        """Cases of one account."""
        return self.filter(owner_id=user.pk)


class Recovery(models.Model):
    """A recovery case. Fields that clients see are named as in the API."""

    class Type(models.IntegerChoices):
        """How the money is asked for."""

        AMICABLE = CaseType.AMICABLE, _("amicable recovery")
        INJUNCTION = CaseType.INJUNCTION, _("injonction de payer")

    class InterestRate(models.TextChoices):
        """Which rate late interest runs at."""

        NONE = InterestRate.NONE, _("none")
        CUSTOM = InterestRate.CUSTOM, _("agreed rate")
        LEGAL_THREE_TIMES = InterestRate.LEGAL_THREE_TIMES, _("three times the legal rate")

    class PenaltyType(models.TextChoices):
        """How the penalty is reckoned."""

        AMOUNT = PenaltyType.AMOUNT, _("fixed amount")
        PERCENT = PenaltyType.PERCENT, _("percentage")

    class Matter(models.TextChoices):
        """What the claim is about, where that changes court and limitation."""

        ORDINARY = Matter.ORDINARY, _("ordinary claim")
        HOUSING_LEASE = Matter.HOUSING_LEASE, _("housing lease")
        CONSUMER_CREDIT = Matter.CONSUMER_CREDIT, _("consumer credit")

    class Reason(models.IntegerChoices):
        """Why the debtor does not pay, as the creditor sees it."""

        OTHER = 0, _("other")
        BAD_PAYER = 1, _("bad payer")
        TEMPORARY_DIFFICULTIES = 2, _("temporary financial difficulties")
        MAJOR_DIFFICULTIES = 3, _("major financial difficulties")
        POORLY_PERFORMED = 4, _("service poorly performed")
        PARTIALLY_PERFORMED = 5, _("service partially carried out")
        NEVER_REQUESTED = 6, _("service never requested")
        NONE = 7, _("none")
        OTHER_REASON = 8, _("other reason")

    owner = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("client")
    )
    user = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("handler")
    )
    type = models.PositiveSmallIntegerField(_("type"), choices=Type.choices, default=Type.AMICABLE)
    status = models.ForeignKey(Status, on_delete=models.PROTECT, related_name="+", verbose_name=_("status"))
    customer = models.ForeignKey(
        "companies.Company", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("creditor")
    )
    debtor = models.ForeignKey(
        "companies.Company", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("debtor")
    )
    recovery_reference = models.CharField(_("reference"), max_length=20, unique=True)
    recovery_service_object = models.CharField(_("object of the service"), max_length=255)
    recovery_due_date = models.DateField(_("due date"))
    recovery_late_interest = models.BooleanField(_("late interest"), default=False)
    recovery_interest_rate = models.CharField(
        _("interest rate"), max_length=5, choices=InterestRate.choices, null=True, blank=True
    )
    recovery_interest_rate_percent = models.DecimalField(
        _("agreed rate, %"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    recovery_penalty = models.BooleanField(_("penalty"), default=False)
    recovery_penalty_type = models.CharField(
        _("kind of penalty"), max_length=7, choices=PenaltyType.choices, null=True, blank=True
    )
    recovery_penalty_amount = models.DecimalField(
        _("penalty, EUR"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    recovery_penalty_percent = models.DecimalField(
        _("penalty, %"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    recovery_raison_notpaid = models.PositiveSmallIntegerField(
        _("reason for non-payment"), choices=Reason.choices, null=True, blank=True
    )
    recovery_observations = models.TextField(_("observations"), null=True, blank=True)
    matter = models.CharField(
        _("matter"), max_length=20, choices=Matter.choices, default=Matter.ORDINARY, db_default=Matter.ORDINARY.value
    )
    # The client's own reference of the case, by which his programs know it.
    external_id = models.CharField(_("client's reference"), max_length=64, null=True, blank=True)
    # A manager takes it on that payments prolonged limitation; written, with its history, by court/hold.py.
    is_hold_lifted = models.BooleanField(
        _("hold of limitation lifted"), default=False, db_default=False, editable=False
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)
    transferred_to = models.OneToOneField(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="transferred_from",
        verbose_name=_("transferred to"),
    )

    # Sums over invoices, debts and payments; written by services/totals.py with every change of theirs.
    # Wide enough for the most invoices of the largest amount.
    amount = models.DecimalField(_("amount"), max_digits=20, decimal_places=2, default=0)
    amount_torecover = models.DecimalField(_("to recover"), max_digits=20, decimal_places=2, default=0)
    invoices_count = models.PositiveIntegerField(_("invoices"), default=0)
    comments_count = models.PositiveIntegerField(_("comments"), default=0)
    # Copies of what lists show, sort or search by; written by services/copies.py with every change of theirs.
    debtor_name = models.CharField(_("debtor's name"), max_length=511, default="", blank=True)
    debtor_company = models.CharField(_("debtor's company"), max_length=255, default="", blank=True)
    customer_company = models.CharField(_("creditor's company"), max_length=255, default="", blank=True)
    # ISO code of where the debtor is; empty while it is not understood.
    debtor_country = models.CharField(
        _("debtor's country"), max_length=2, default="", db_default="", blank=True, editable=False
    )
    # The soonest of the legal dates that run, null when none does; written by services/deadlines.py with every change
    # of what it hangs on.
    next_deadline = models.DateField(_("next legal deadline"), null=True, editable=False)
    next_deadline_code = models.CharField(max_length=30, default="", db_default="", blank=True, editable=False)
    next_deadline_article = models.CharField(max_length=100, default="", db_default="", blank=True, editable=False)
    search_text = models.TextField(default="", blank=True, editable=False)

    objects = RecoveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        ordering = ("-created_at", "-id")
        # What staff do by buttons; the rights.py of the rooms say who may.
        permissions = [
            ("see_all_cases", _("Can see the cases of every handler")),
            ("assign_case", _("Can assign a case to a handler")),
            ("move_status", _("Can move a case to another status")),
            ("record_payment", _("Can record payments and debts")),
            ("write_off", _("Can write off what is beyond the limit")),
            ("transfer_case", _("Can transfer a case to court")),
            ("lift_hold", _("Can lift the hold of limitation")),
            ("export_cases", _("Can export cases")),
            ("import_cases", _("Can import cases")),
            ("see_reports", _("Can see the reports")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="recovery_amount_not_negative"),
            models.CheckConstraint(condition=Q(amount_torecover__gte=0), name="recovery_torecover_not_negative"),
            models.UniqueConstraint(fields=("owner", "id"), name="recovery_by_owner"),
            models.UniqueConstraint(fields=("owner", "external_id"), name="recovery_external_id_once"),
        ]
        # One index for each sort of the API, led by the owner and closed by the id. Those of text columns need
        # a collation, which each database names differently: migration 0002.
        indexes = [
            models.Index(fields=("owner", "recovery_reference", "id"), name="recovery_by_reference"),
            models.Index(fields=("owner", "status", "created_at", "id"), name="recovery_by_status_created"),
            models.Index(fields=("owner", "status", "id"), name="recovery_by_status"),
            models.Index(fields=("owner", "recovery_due_date", "id"), name="recovery_by_due_date"),
            models.Index(fields=("owner", "amount", "id"), name="recovery_by_amount"),
            models.Index(fields=("owner", "amount_torecover", "id"), name="recovery_by_torecover"),
            models.Index(fields=("owner", "user", "id"), name="recovery_by_handler"),
            models.Index(fields=("owner", "created_at", "id"), name="recovery_by_created"),
            models.Index(fields=("owner", "updated_at", "id"), name="recovery_by_updated"),
            # The list of staff, across owners.
            models.Index(fields=("created_at", "id"), name="recovery_newest"),
            models.Index(fields=("next_deadline", "id"), name="recovery_by_deadline"),
            models.Index(fields=("amount_torecover", "id"), name="recovery_all_by_torecover"),
            models.Index(fields=("recovery_due_date", "id"), name="recovery_all_by_due_date"),
            models.Index(fields=("status", "id"), name="recovery_all_by_status"),
            models.Index(fields=("debtor_company", "id"), name="recovery_all_by_debtor"),
            models.Index(fields=("customer_company", "id"), name="recovery_all_by_creditor"),
            models.Index(NullIf("user", "owner"), name="recovery_of_handler"),
        ]

    def __str__(self) -> str:
        return self.recovery_reference

    @property
    def handler(self) -> User | None:
        """The member of staff who works on it; a case may also stand under the name of the client who filed it."""
        return None if self.user_id == self.owner_id else self.user

    @property
    def is_in_court(self) -> bool:
        """Whether it has a procedure. `type` is no answer: before a transfer it is what the client wishes for."""
        return is_in_court(self.status_id)

    @property
    def is_injunction_wished(self) -> bool:
        """An amicable case whose client wants it to go to court."""
        return self.type == self.Type.INJUNCTION and not self.is_in_court and self.transferred_to_id is None

    @property
    def recovery_last_status(self) -> int:
        """The status by its name in the API."""
        return self.status_id


class CaseCount(models.Model):
    """How many cases an account has in a status: the exact total of a list, without counting.

    Changed with the cases, in one transaction, by services/totals.py. On PostgreSQL new cases are counted in slots: all
    rows of an account and a status are its number of cases, and one alone may be below zero.
    """

    owner = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+", db_index=False)
    status = models.ForeignKey(Status, on_delete=models.CASCADE, related_name="+", db_index=False)
    n = models.IntegerField(default=0)

    class Meta:
        verbose_name = _("number of cases")
        verbose_name_plural = _("numbers of cases")
        constraints = [
            models.UniqueConstraint(fields=("owner", "status"), name="case_count_one_row"),
        ]

    def __str__(self) -> str:
        return str(self.n)
