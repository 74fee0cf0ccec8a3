"""What was paid on a case, and what is owed beside its invoices.

No row is ever changed or taken away: one that was wrong, or came back, is reversed by a further row that names it.
"""

import datetime
from typing import TypeVar

from django.db import models
from django.db.models import Q
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from law.account.facts import DebtHead
from law.handing_over import hand_over_by
from legalcity.lib.owned import OfOwner
from legalcity.lib.pairs import pair
from recoveries.models.cases import Recovery

Row = TypeVar("Row", bound="Reversible")


class EntryQuerySet(models.QuerySet[Row]):
    """Words of the field."""

    def entered(self) -> "EntryQuerySet[Row]":
        """What was entered, reversed since or not; the reversals themselves are left out."""
        return self.filter(reverses=None)

    def standing(self) -> "EntryQuerySet[Row]":
        """What counts: neither reversed nor a reversal."""
        return self.entered().filter(reversal=None)


class Reversible(OfOwner):
    """A row that another one may reverse, which names it."""

    reverses = models.OneToOneField(
        "self", on_delete=models.CASCADE, null=True, editable=False, related_name="reversal", verbose_name=_("reverses")
    )

    class Meta:
        abstract = True


class Entry(Reversible):
    """A row of the account. One that `reverses` another is as large as that one, and takes it out of every sum."""

    class Reason(models.TextChoices):
        """Why something was reversed."""

        MISTAKE = "mistake", _("entered by mistake")
        REJECTED = "rejected", _("rejected by the bank")
        UNPAID = "unpaid", _("returned unpaid")
        REFUNDED = "refunded", _("refunded")

    reason = models.CharField(_("reason"), max_length=8, choices=Reason.choices, default="", db_default="", blank=True)

    class Meta:
        abstract = True


class Acompte(Entry):
    """A payment received on a case. One that went along to court stands there too, as `moved_from` this one."""

    recovery = models.ForeignKey(Recovery, on_delete=models.CASCADE, related_name="acomptes", verbose_name=_("case"))
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    date = models.DateField(_("date"))
    method = models.CharField(_("method"), max_length=50, blank=True)
    reference = models.CharField(_("reference"), max_length=255, blank=True)
    invoice = models.ForeignKey(
        "invoicing.Invoice",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("invoice that the debtor chose"),
    )
    is_direct = models.BooleanField(_("received by the creditor"), default=False, db_default=False)
    comment = models.TextField(_("comment"), blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    moved_from = models.OneToOneField(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="moved_to",
        verbose_name=_("came along from"),
    )

    objects: EntryQuerySet["Acompte"] = EntryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("payment received (acompte)")
        verbose_name_plural = _("payments received (acomptes)")
        ordering = ("date", "id")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="acompte_positive"),
            models.CheckConstraint(
                condition=Q(reverses=None, reason="") | Q(reverses__isnull=False) & ~Q(reason=""),
                name="acompte_reversed_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} €"

    @property
    def hand_over_by(self) -> datetime.date | None:
        """By when the firm hands it over to the creditor; None for what he received himself."""
        return None if self.is_direct else hand_over_by(self.date)


class DetteQuerySet(EntryQuerySet["Dette"]):
    """Words of the field."""

    def demanded(self) -> "DetteQuerySet":
        """What the debtor owes: what stays with the creditor is never asked for (art. L111-8 CPCE)."""
        return self.filter(reverses=None, reversal=None).exclude(head=DebtHead.KEPT_BY_CREDITOR)

    def demanded_on(self, day: datetime.date) -> "DetteQuerySet":
        """The same on a day: costs of a title are owed once there is one."""
        has_title = Q(recovery__injunction__enforceable_on__lte=day)
        return self.demanded().filter(~Q(head=DebtHead.COST_OF_TITLE) | has_title, date__lte=day)


class Dette(Entry):
    """A debt on a case that is not an invoice (fees of an earlier step, a deposit …)."""

    class Head(models.TextChoices):
        """What it is for."""

        PRINCIPAL = DebtHead.PRINCIPAL, _("principal")
        DEPOSIT = DebtHead.DEPOSIT, _("deposit")
        COST_OF_TITLE = DebtHead.COST_OF_TITLE, _("costs of a title")
        KEPT_BY_CREDITOR = DebtHead.KEPT_BY_CREDITOR, _("stays with the creditor")

    recovery = models.ForeignKey(Recovery, on_delete=models.CASCADE, related_name="dettes", verbose_name=_("case"))
    label = models.CharField(_("label"), max_length=255)
    head = models.CharField(
        _("head"), max_length=16, choices=Head.choices, default=Head.PRINCIPAL, db_default=Head.PRINCIPAL.value
    )
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    date = models.DateField(_("date"))
    comment = models.TextField(_("comment"), blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = DetteQuerySet.as_manager()

    class Meta:
        verbose_name = _("debt (dette)")
        verbose_name_plural = _("debts (dettes)")
        ordering = ("date", "id")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="dette_positive"),
            models.CheckConstraint(condition=Q(head__in=[head.value for head in DebtHead]), name="dette_head_known"),
            models.CheckConstraint(
                condition=Q(reverses=None, reason="") | Q(reverses__isnull=False) & ~Q(reason=""),
                name="dette_reversed_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return pair(self.label, f"{number_format(self.amount)}\u00a0€")


class Acknowledgement(Reversible):
    """The debtor recognised the debt on a day, which restarts its limitation (article 2240 C. civ.).

    `note` says how, and in a row that reverses another one why.
    """

    recovery = models.ForeignKey(
        Recovery, on_delete=models.CASCADE, related_name="acknowledgements", verbose_name=_("case")
    )
    date = models.DateField(_("date"))
    note = models.TextField(_("note"))
    document = models.ForeignKey(
        "documents.Document",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("document"),
    )
    user = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("who")
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects: EntryQuerySet["Acknowledgement"] = EntryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("acknowledgement of the debt")
        verbose_name_plural = _("acknowledgements of the debt")
        ordering = ("date", "id")

    def __str__(self) -> str:
        return f"{self.date:%d/%m/%Y}"
