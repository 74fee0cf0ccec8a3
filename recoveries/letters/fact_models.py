"""What the guard asks besides: what is known of debtors as persons, clients' own rhythm, reminders of creditors."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backoffice.reach import Person, SeenWithCase
from companies.models import Company
from law.contact.vocabulary import PartyFactKind
from legalcity.lib.owned import OfOwner
from legalcity.lib.pairs import pair
from recoveries.models.cases import Recovery


class PartyFactQuerySet(models.QuerySet["PartyFact"]):
    """Words of the field."""

    def standing(self) -> "PartyFactQuerySet":
        """Those that nobody has withdrawn."""
        return self.filter(withdrawn_at=None)

    def in_reach_of(self, user: Person) -> "PartyFactQuerySet":
        """What a member of staff sees: facts about the parties that they see."""
        return self.filter(party__in=Company.objects.in_reach_of(user))


class PartyFact(models.Model):
    """What is known of a party as a person, by whom and with which proof. It is withdrawn, never changed.

    It holds for the person, so for its rows in every account (companies/identity.py).
    """

    class Kind(models.TextChoices):
        """What is known."""

        PROTECTED = PartyFactKind.PROTECTED, _("protected by a judge")
        DECEASED = PartyFactKind.DECEASED, _("deceased")
        LAWYER = PartyFactKind.LAWYER, _("represented by a lawyer")
        CONSENTS_TO_LRE = PartyFactKind.CONSENTS_TO_LRE, _("agrees to electronic registered letters")
        OPTED_OUT = PartyFactKind.OPTED_OUT, _("does not want to be written to")
        WRONG = PartyFactKind.WRONG, _("the address is wrong")
        INSOLVENT = PartyFactKind.INSOLVENT, _("insolvency proceedings are open")

    party = models.ForeignKey("companies.Company", on_delete=models.CASCADE, related_name="+", verbose_name=_("party"))
    kind = models.CharField(_("what is known"), max_length=20, choices=Kind.choices)
    value = models.CharField(_("address"), max_length=254, default="", db_default="", blank=True)
    since = models.DateField(_("since"))
    published_on = models.DateField(_("published on"), null=True)
    note = models.CharField(_("note"), max_length=500, default="", db_default="", blank=True)
    proof = models.ForeignKey(
        "documents.Document", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("proof")
    )
    by = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("recorded at"), auto_now_add=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True)
    withdrawn_by = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("withdrawn by")
    )

    objects = PartyFactQuerySet.as_manager()

    class Meta:
        verbose_name = _("fact about a debtor")
        verbose_name_plural = _("facts about debtors")
        ordering = ("-created_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=("party", "kind", "value"), condition=Q(withdrawn_at=None), name="party_fact_once"
            ),
            models.CheckConstraint(condition=~Q(kind="wrong", value=""), name="party_fact_wrong_address"),
        ]

    def __str__(self) -> str:
        return pair(self.get_kind_display(), self.value) if self.value else str(self.get_kind_display())


class ClientRhythm(models.Model):
    """A client's tighter rhythm: the firm's own stands where it is tighter still. 0 leaves it to the firm's."""

    owner = models.OneToOneField("accounts.User", on_delete=models.CASCADE, related_name="+", verbose_name=_("client"))
    reminder_days = models.PositiveSmallIntegerField(_("days between two letters"), default=0)
    formal_notice_days = models.PositiveSmallIntegerField(_("days before and after a formal notice"), default=0)
    per_week = models.PositiveSmallIntegerField(_("letters to a debtor within 7 days"), default=0)
    per_month = models.PositiveSmallIntegerField(_("letters to a debtor within 30 days"), default=0)

    class Meta:
        verbose_name = _("rhythm of a client")
        verbose_name_plural = _("rhythms of clients")

    def __str__(self) -> str:
        return str(self.owner)


class CreditorReminderQuerySet(SeenWithCase["CreditorReminder"]):
    """Words of the field."""

    case_path = "recovery"


class CreditorReminder(OfOwner):
    """A reminder that the creditor sent to the debtor before the case came."""

    recovery = models.ForeignKey(Recovery, on_delete=models.CASCADE, related_name="+", verbose_name=_("case"))
    sent_on = models.DateField(_("sent on"))
    by = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("recorded at"), auto_now_add=True)

    objects = CreditorReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder of a creditor")
        verbose_name_plural = _("reminders of creditors")
        ordering = ("-sent_on",)
        constraints = [models.UniqueConstraint(fields=("recovery", "sent_on"), name="creditor_reminder_once")]

    def __str__(self) -> str:
        return pair(self.recovery_id, f"{self.sent_on:%d/%m/%Y}")
