"""The way to court: the procedure, its fees, requests for it, deadlines that staff were told of."""

from collections.abc import Mapping
from decimal import Decimal
from functools import reduce
from operator import and_
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backoffice.history import history_of
from backoffice.reach import SeenWithCase
from law.deadlines import LABELS, Kind
from law.procedure_dates import GRANTED
from law.vocabulary import Court, Procedure
from legalcity.lib.claims import JobRow
from legalcity.lib.owned import OfOwner
from legalcity.lib.pairs import pair
from legalcity.lib.sealing import SealedField
from legalcity.lib.search_columns import SearchText
from recoveries.models.cases import Recovery

PROCEDURES = {
    Procedure.NATIONAL: _("injonction de payer"),
    Procedure.EUROPEAN: _("European order for payment"),
}
COURTS = {
    Court.COMMERCIAL: "Tribunal de commerce",
    Court.JUDICIAL: "Tribunal judiciaire",
    Court.PROTECTION: "Juge des contentieux de la protection",
}


def _choices(labels: Mapping[Any, Any]) -> list[tuple[str, Any]]:
    """As columns take them: with the bare words, so that no migration names an enum."""
    return [(word.value, label) for word, label in labels.items()]


def _granted(label: Any) -> Any:
    """A column for what an order grants under a head."""
    text = _("Empty: all that was asked.")
    return models.DecimalField(label, max_digits=16, decimal_places=2, null=True, blank=True, help_text=text)


class InjunctionFee(models.Model):
    """What the procedure costs before a kind of court: catalogue rows that staff keep up to date.

    The court's fee is law (its source in `source`), the handling fee the firm's.
    """

    procedure = models.CharField(_("procedure"), max_length=10, choices=_choices(PROCEDURES))
    court_type = models.CharField(_("kind of court"), max_length=40, choices=_choices(COURTS))
    court_fee = models.DecimalField(_("court fee, EUR"), max_digits=8, decimal_places=2)
    handling_fee = models.DecimalField(_("handling fee, EUR"), max_digits=8, decimal_places=2)
    source = models.CharField(_("source"), max_length=255, blank=True)
    is_confirmed = models.BooleanField(
        _("confirmed"), default=True, help_text=_("The court fee was compared with the text that the source names.")
    )
    history = history_of()

    class Meta:
        verbose_name = _("fee of a procedure")
        verbose_name_plural = _("fees of procedures")
        constraints = [
            models.UniqueConstraint(fields=("procedure", "court_type"), name="injunction_fee_one_row"),
            models.CheckConstraint(condition=Q(court_fee__gte=0, handling_fee__gte=0), name="injunction_fee_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.get_procedure_display()}, {self.get_court_type_display()}"


class InjunctionQuerySet(SeenWithCase["Injunction"]):
    """Words of the field."""

    case_path = "recovery"


class Injunction(OfOwner):
    """The procedure of an injunction case: where it is, its key dates, its fee."""

    class ServedHow(models.TextChoices):
        """To whom the order was handed."""

        PERSON = "person", _("to the debtor in person")
        OTHER = "other", _("otherwise (home, town hall, office)")

    recovery = models.OneToOneField(
        Recovery, on_delete=models.CASCADE, related_name="injunction", verbose_name=_("case")
    )
    key = SealedField(_("key of the payment page"), editable=False)
    procedure = models.CharField(_("procedure"), max_length=10, choices=_choices(PROCEDURES))
    court_type = models.CharField(_("kind of court"), max_length=40, choices=_choices(COURTS), blank=True)
    court_name = models.CharField(_("court"), max_length=255, blank=True)
    court_territory = models.CharField(_("territory of the court (ISO)"), max_length=2, default="FR")
    file_number = models.CharField(_("file number"), max_length=100, blank=True)
    search_text = SearchText("file_number", "court_name")
    filed_on = models.DateField(_("request filed on"), null=True, blank=True)
    court_fee_paid_on = models.DateField(_("court fee deposited on"), null=True, blank=True)
    order_made_on = models.DateField(_("order made on"), null=True, blank=True)
    granted_amount = models.DecimalField(_("granted, EUR"), max_digits=16, decimal_places=2, null=True, blank=True)
    # Under each head; null is all that was asked (art. 1409 CPC).
    granted_principal = _granted(_("granted as principal, EUR"))
    granted_interest = _granted(_("granted as interest, EUR"))
    granted_indemnity = _granted(_("granted as indemnities, EUR"))
    granted_penalty = _granted(_("granted as penalty, EUR"))
    granted_cost = _granted(_("granted as costs, EUR"))
    served_on = models.DateField(_("order served on"), null=True, blank=True)
    served_how = models.CharField(_("served"), max_length=6, choices=ServedHow.choices, blank=True)
    reached_on = models.DateField(_("debtor reached in person on"), null=True, blank=True)
    opposed_on = models.DateField(_("opposed on"), null=True, blank=True)
    costs_invited_on = models.DateField(_("costs of the opposition asked for on"), null=True, blank=True)
    costs_paid_on = models.DateField(_("costs of the opposition deposited on"), null=True, blank=True)
    opposition_notified_on = models.DateField(_("opposition notified on"), null=True, blank=True)
    lawyer_appointed_on = models.DateField(_("lawyer appointed on"), null=True, blank=True)
    hearing_on = models.DateField(_("hearing on"), null=True, blank=True)
    enforceable_on = models.DateField(_("enforceable on"), null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    court_fee = models.DecimalField(_("court fee, EUR"), max_digits=8, decimal_places=2)
    handling_fee = models.DecimalField(_("handling fee, EUR"), max_digits=8, decimal_places=2)
    handling_vat = models.DecimalField(
        _("VAT of the handling fee, EUR"), max_digits=8, decimal_places=2, default=0, db_default=0
    )
    fee_paid_on = models.DateField(_("fee paid on"), null=True, blank=True)
    fee_payment_reference = models.CharField(_("reference of the payment"), max_length=255, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = InjunctionQuerySet.as_manager()

    class Meta:
        verbose_name = _("procedure")
        verbose_name_plural = _("procedures")
        indexes = [
            models.Index(fields=("hearing_on",), name="injunction_by_hearing", condition=Q(hearing_on__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=reduce(and_, (Q(**{name: None}) | Q(**{f"{name}__gte": 0}) for name in GRANTED)),
                name="injunction_granted_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return str(self.recovery)

    @property
    def fee(self) -> Decimal:
        """What is due for the procedure, in EUR: what its invoice comes to, VAT included."""
        return self.court_fee + self.handling_fee + self.handling_vat


class TransferRequest(OfOwner, JobRow):
    """Somebody asked for the transfer of a case; the worker writes down what came of it.

    The row is the job (legalcity/lib/claims.py); the lock of the case stands for the claim.
    """

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
    # Invoices that were not taken along: {"id", "invoice_number", "reason": {language: sentence}} each.
    left_behind = models.JSONField(_("left behind"), default=list, db_default=[])
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("request for a transfer")
        verbose_name_plural = _("requests for a transfer")
        ordering = ("-id",)
        indexes = [
            models.Index(fields=("due_at",), name="transfer_due", condition=Q(state="pending")),
        ]

    def __str__(self) -> str:
        return pair(self.recovery_id, self.get_state_display())


class DeadlineAlertQuerySet(SeenWithCase["DeadlineAlert"]):
    """Words of the field."""

    case_path = "recovery"


class DeadlineAlert(OfOwner):
    """A legal deadline that staff were told of, once."""

    recovery = models.ForeignKey(
        Recovery, on_delete=models.CASCADE, related_name="deadline_alerts", verbose_name=_("case")
    )
    kind = models.CharField(_("deadline"), max_length=20)
    date = models.DateField(_("date"))
    article = models.CharField(_("article"), max_length=100)
    created_at = models.DateTimeField(_("recorded at"), auto_now_add=True)
    is_over_told = models.BooleanField(_("told that it is over"), default=False, db_default=False)

    objects = DeadlineAlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("deadline alert")
        verbose_name_plural = _("deadline alerts")
        ordering = ("date", "id")
        constraints = [
            models.UniqueConstraint(fields=("recovery", "kind", "date"), name="deadline_alert_of_case_once"),
        ]

    def __str__(self) -> str:
        return pair(LABELS[Kind(self.kind)] if self.kind in set(Kind) else self.kind, f"{self.date:%d/%m/%Y}")


class HoldChange(OfOwner):
    """A manager lifted the hold that doubtful limitation lays on a case, or laid it on again."""

    recovery = models.ForeignKey(
        Recovery, on_delete=models.CASCADE, related_name="hold_changes", verbose_name=_("case")
    )
    is_lifted = models.BooleanField(_("hold of limitation lifted"))
    reason = models.TextField(_("why"))
    user = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("who")
    )
    created_at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name = _("change of a hold of limitation")
        verbose_name_plural = _("changes of holds of limitation")
        ordering = ("created_at", "id")

    def __str__(self) -> str:
        return str(_("hold of limitation lifted") if self.is_lifted else _("hold of limitation laid on again"))
