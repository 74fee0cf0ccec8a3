"""The case and what hangs on it."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

# Values are those of recoveries/deadlines.py (Procedure, Court).
PROCEDURES = [("national", _("injonction de payer")), ("european", _("European order for payment"))]
COURTS = [
    ("tribunal_de_commerce", "Tribunal de commerce"),
    ("tribunal_judiciaire", "Tribunal judiciaire"),
    ("juge_des_contentieux_de_la_protection", "Juge des contentieux de la protection"),
]


class StatusGroup(models.Model):
    """A group of statuses; the list filter of the API takes its id."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    name = models.CharField(_("name"), max_length=100)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("group of statuses")
        verbose_name_plural = _("groups of statuses")
        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.name


class Status(models.Model):
    """A status that a case can have. Ids 1, 2 and 3 are part of the contract."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    name = models.CharField(_("name"), max_length=100)
    description = models.CharField(_("description"), max_length=255, blank=True)
    group = models.ForeignKey(StatusGroup, on_delete=models.PROTECT, related_name="statuses", verbose_name=_("group"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_closing = models.BooleanField(_("closes the case"), default=False)

    class Meta:
        verbose_name = _("status")
        verbose_name_plural = _("statuses")
        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.name


class RecoveryQuerySet(models.QuerySet["Recovery"]):
    """Words of the field."""

    def owned_by(self, user: Any) -> "RecoveryQuerySet":
        """Cases of one account."""
        return self.filter(owner_id=user.pk)


class Recovery(models.Model):
    """A recovery case. Fields that clients see are named as in the API."""

    class Type(models.IntegerChoices):
        """How the money is asked for."""

        AMICABLE = 1, _("amicable recovery")
        INJUNCTION = 2, _("injonction de payer")

    class InterestRate(models.TextChoices):
        """Which rate late interest runs at."""

        NONE = "no", _("none")
        CUSTOM = "yes", _("agreed rate")
        LEGAL_THREE_TIMES = "yes 3", _("three times the legal rate")

    class PenaltyType(models.TextChoices):
        """How the penalty is reckoned."""

        AMOUNT = "amount", _("fixed amount")
        PERCENT = "percent", _("percentage")

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
    search_text = models.TextField(default="", blank=True, editable=False)

    objects = RecoveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        ordering = ("-created_at", "-id")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="recovery_amount_not_negative"),
            models.CheckConstraint(condition=Q(amount_torecover__gte=0), name="recovery_torecover_not_negative"),
            models.UniqueConstraint(fields=("owner", "id"), name="recovery_by_owner"),
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
        ]

    def __str__(self) -> str:
        return self.recovery_reference

    @property
    def recovery_last_status(self) -> int:
        """The status by its name in the API."""
        return self.status_id


class CaseCount(models.Model):
    """How many cases an account has in a status: the exact total of a list, without counting.

    Changed with the cases, in one transaction, by services/totals.py.
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


class StatusChange(models.Model):
    """One step in the life of a case: from, to, who, when, why."""

    recovery = models.ForeignKey(
        Recovery, on_delete=models.CASCADE, related_name="status_history", verbose_name=_("case")
    )
    from_status = models.ForeignKey(
        Status, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("from")
    )
    to_status = models.ForeignKey(
        Status, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("to")
    )
    user = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("who")
    )
    comment = models.TextField(_("why"), blank=True)
    created_at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name = _("change of status")
        verbose_name_plural = _("changes of status")
        ordering = ("created_at", "id")

    def __str__(self) -> str:
        return f"{self.from_status_id or '-'} → {self.to_status_id}"


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


class Comment(models.Model):
    """A comment on a case: HTML of a few tags, for those it is made visible to."""

    recovery = models.ForeignKey(
        Recovery, on_delete=models.CASCADE, related_name="comments", db_index=False, verbose_name=_("case")
    )
    user = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("author")
    )
    html = models.TextField(_("comment"))
    text = models.TextField(_("plain text"))
    visible_to_user = models.BooleanField(_("visible to the client"), default=True)
    visible_to_debtor = models.BooleanField(_("visible to the debtor"), default=False)
    visible_to_bailiff = models.BooleanField(_("visible to the bailiff"), default=True)
    is_read = models.BooleanField(_("read"), default=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ("created_at", "id")
        indexes = [models.Index(fields=("recovery", "created_at", "id"), name="comment_of_case")]

    def __str__(self) -> str:
        return self.text[:60]


class InjunctionFee(models.Model):
    """What the procedure costs before a kind of court: catalogue rows that staff keep up to date.

    The court's fee is law (its source in `source`), the handling fee the firm's.
    """

    procedure = models.CharField(_("procedure"), max_length=10, choices=PROCEDURES)
    court_type = models.CharField(_("kind of court"), max_length=40, choices=COURTS)
    court_fee = models.DecimalField(_("court fee, EUR"), max_digits=8, decimal_places=2)
    handling_fee = models.DecimalField(_("handling fee, EUR"), max_digits=8, decimal_places=2)
    source = models.CharField(_("source"), max_length=255, blank=True)

    class Meta:
        verbose_name = _("fee of a procedure")
        verbose_name_plural = _("fees of procedures")
        constraints = [
            models.UniqueConstraint(fields=("procedure", "court_type"), name="injunction_fee_one_row"),
            models.CheckConstraint(condition=Q(court_fee__gte=0, handling_fee__gte=0), name="injunction_fee_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.get_procedure_display()}, {self.get_court_type_display()}"


class Injunction(models.Model):
    """The procedure of an injunction case: where it is, its key dates, its fee."""

    class ServedHow(models.TextChoices):
        """To whom the order was handed."""

        PERSON = "person", _("to the debtor in person")
        OTHER = "other", _("otherwise (home, town hall, office)")

    recovery = models.OneToOneField(
        Recovery, on_delete=models.CASCADE, related_name="injunction", verbose_name=_("case")
    )
    key = models.CharField(_("key of the payment page"), max_length=64, unique=True, editable=False)
    procedure = models.CharField(_("procedure"), max_length=10, choices=PROCEDURES)
    court_type = models.CharField(_("kind of court"), max_length=40, choices=COURTS, blank=True)
    court_name = models.CharField(_("court"), max_length=255, blank=True)
    court_territory = models.CharField(_("territory of the court (ISO)"), max_length=2, default="FR")
    file_number = models.CharField(_("file number"), max_length=100, blank=True)
    filed_on = models.DateField(_("request filed on"), null=True, blank=True)
    court_fee_paid_on = models.DateField(_("court fee deposited on"), null=True, blank=True)
    order_made_on = models.DateField(_("order made on"), null=True, blank=True)
    granted_amount = models.DecimalField(_("granted, EUR"), max_digits=16, decimal_places=2, null=True, blank=True)
    served_on = models.DateField(_("order served on"), null=True, blank=True)
    served_how = models.CharField(_("served"), max_length=6, choices=ServedHow.choices, blank=True)
    reached_on = models.DateField(_("debtor reached in person on"), null=True, blank=True)
    opposed_on = models.DateField(_("opposed on"), null=True, blank=True)
    costs_invited_on = models.DateField(_("costs of the opposition asked for on"), null=True, blank=True)
    costs_paid_on = models.DateField(_("costs of the opposition deposited on"), null=True, blank=True)
    opposition_notified_on = models.DateField(_("opposition notified on"), null=True, blank=True)
    lawyer_appointed_on = models.DateField(_("lawyer appointed on"), null=True, blank=True)
    enforceable_on = models.DateField(_("enforceable on"), null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    court_fee = models.DecimalField(_("court fee, EUR"), max_digits=8, decimal_places=2)
    handling_fee = models.DecimalField(_("handling fee, EUR"), max_digits=8, decimal_places=2)
    fee_paid_on = models.DateField(_("fee paid on"), null=True, blank=True)
    fee_payment_reference = models.CharField(_("reference of the payment"), max_length=255, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    class Meta:
        verbose_name = _("procedure")
        verbose_name_plural = _("procedures")

    def __str__(self) -> str:
        return str(self.recovery)

    @property
    def fee(self) -> Decimal:
        """What is due for the procedure, in EUR."""
        return self.court_fee + self.handling_fee


class TransferRequest(models.Model):
    """Somebody asked for the transfer of a case; the worker writes down what came of it."""

    class State(models.TextChoices):
        """Where the request stands."""

        PENDING = "pending", _("waiting")
        DONE = "done", _("done")
        REFUSED = "refused", _("refused")
        FAILED = "failed", _("failed")

    recovery = models.ForeignKey(
        Recovery, on_delete=models.CASCADE, related_name="transfer_requests", verbose_name=_("case")
    )
    user = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("who")
    )
    state = models.CharField(_("state"), max_length=7, choices=State.choices, default=State.PENDING)
    reasons = models.JSONField(_("reasons"), default=list)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("request for a transfer")
        verbose_name_plural = _("requests for a transfer")
        ordering = ("-id",)
        indexes = [
            models.Index(fields=("created_at",), name="transfer_waiting", condition=Q(state="pending")),
        ]

    def __str__(self) -> str:
        return f"{self.recovery_id}: {self.state}"


class DeadlineAlert(models.Model):
    """A legal deadline that staff were told of, once."""

    injunction = models.ForeignKey(
        Injunction, on_delete=models.CASCADE, related_name="alerts", verbose_name=_("procedure")
    )
    kind = models.CharField(_("deadline"), max_length=20)
    date = models.DateField(_("date"))
    article = models.CharField(_("article"), max_length=100)
    created_at = models.DateTimeField(_("recorded at"), auto_now_add=True)

    class Meta:
        verbose_name = _("deadline alert")
        verbose_name_plural = _("deadline alerts")
        ordering = ("date", "id")
        constraints = [
            models.UniqueConstraint(fields=("injunction", "kind", "date"), name="deadline_alert_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.date}"
