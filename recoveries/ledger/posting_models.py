"""The ledger of a case: what was recorded about its money, and never changed since.

A posting keeps the fact as it was recorded (`facts`, read by `ledger.facts`) and what it did to the accounts (its
lines). Interest is no posting: it is reckoned from the facts, up to any day.
"""

from collections.abc import Collection

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backoffice.reach import SeenWithCase
from law.account.facts import Head
from law.account.lines import LedgerAccount
from legalcity.lib.among import Among
from legalcity.lib.owned import OfOwner
from recoveries.ledger.book import CREDIT_NOTE, REFUND, TOLD_BY, WAIVER
from recoveries.models.cases import Recovery

CLIENT = "api"  # The door of clients, among those of `posting.Source`


class PostingQuerySet(SeenWithCase["Posting"]):
    """Words of the field."""

    case_path = "recovery"

    def of_cases(self, ids: Collection[int]) -> "PostingQuerySet":
        """All that was recorded on these cases, in the order in which it was."""
        return self.filter(Among("recovery_id", ids)).order_by("id")

    def of_clients(self) -> "PostingQuerySet":
        """What was recorded of clients and on no case: money that was handed over to them."""
        return self.filter(recovery=None).order_by("id")

    def credit_notes_of_client(self, recovery_id: int) -> set[int]:
        """The credit notes of a case that its client told himself, here or before it went to court, by the postings
        that had them first on it. One statement."""
        told = Q(source=CLIENT, facts__has_key=CREDIT_NOTE) | Q(**{f"facts__{CREDIT_NOTE}__{TOLD_BY}": CLIENT})
        return set(self.filter(told, recovery_id=recovery_id).values_list("pk", flat=True))

    def reversible(self) -> "PostingQuerySet":
        """What staff take back by itself: credit notes, waivers, losses, refunds, here from the start or come along."""
        came = Q(kind=Posting.Kind.TRANSFER_IN, facts__has_any_keys=ALONE)
        return self.filter(Q(kind__in=REVERSIBLE) | came)


class Posting(models.Model):
    """One entry. The database refuses to change it or to take it away (`ledger.door` is the one way around)."""

    class Kind(models.TextChoices):
        """What was recorded."""

        CLAIM = "claim", _("claim")
        CLAIM_CHANGE = "claim_change", _("claim corrected")
        PAYMENT = "payment", _("payment received")
        DIRECT_PAYMENT = "direct_payment", _("payment received by the creditor")
        REVERSAL = "reversal", _("reversal")
        CREDIT_NOTE = "credit_note", _("credit note")
        WAIVER = "waiver", _("waiver")
        WRITEOFF = "writeoff", _("written off")
        COST = "cost", _("cost")
        PENALTY = "penalty", _("penalty")
        REFUND = "refund", _("refund")
        TRANSFER_OUT = "transfer_out", _("went on to another case")
        TRANSFER_IN = "transfer_in", _("came from another case")
        REMITTANCE = "remittance", _("handed over to the client")

    recovery = models.ForeignKey(
        Recovery, on_delete=models.CASCADE, null=True, related_name="postings", db_index=False, verbose_name=_("case")
    )
    owner = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("client")
    )
    kind = models.CharField(_("kind"), max_length=14, choices=Kind.choices)
    effective_on = models.DateField(_("effective on"))
    recorded_at = models.DateTimeField(_("recorded at"))
    # The row outlives the person: no constraint, so that deleting an account never has to change the ledger.
    by = models.ForeignKey(
        "accounts.User",
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("by"),
    )
    reason = models.CharField(_("reason"), max_length=255, blank=True)
    source = models.CharField(_("source"), max_length=20)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="reversal", verbose_name=_("reverses")
    )
    supersedes = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("supersedes")
    )
    facts = models.JSONField(_("facts"), default=dict)

    objects = PostingQuerySet.as_manager()

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        ordering = ("id",)
        permissions = [("see_journal", _("Can see and export the journal"))]
        indexes = [
            models.Index(fields=("recovery", "id"), name="posting_of_case"),
            models.Index(fields=("recorded_at", "id"), name="posting_by_moment"),
            models.Index(fields=("effective_on", "id"), name="posting_by_day"),
            models.Index(fields=("owner", "effective_on"), name="posting_of_owner"),
            models.Index(fields=("owner", "id"), name="posting_of_client", condition=Q(recovery=None)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="reversal", reverses__isnull=False) | ~Q(kind="reversal") & Q(reverses=None),
                name="posting_reversal_names_one",
            ),
            # Money is handed over to a client, for all cases at once.
            models.CheckConstraint(
                condition=Q(recovery=None, kind__in=("remittance", "reversal"))
                | Q(recovery__isnull=False) & ~Q(kind="remittance"),
                name="posting_of_case_or_client",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.effective_on:%d/%m/%Y}"

    @property
    def is_reversible(self) -> bool:
        """Whether it is one of `reversible`."""
        has_come = self.kind == self.Kind.TRANSFER_IN and any(name in self.facts for name in ALONE)
        return self.kind in REVERSIBLE or has_come


ALONE = (CREDIT_NOTE, WAIVER, REFUND)  # Facts that no record has, only their posting
REVERSIBLE = (Posting.Kind.CREDIT_NOTE, Posting.Kind.WAIVER, Posting.Kind.WRITEOFF, Posting.Kind.REFUND)  # By itself


class Line(models.Model):
    """What a posting did to an account, EUR: either a debit or a credit. The lines of a posting add up to nothing."""

    posting = models.ForeignKey(Posting, on_delete=models.CASCADE, related_name="lines", verbose_name=_("posting"))
    account = models.CharField(
        _("account"), max_length=8, choices=[(account.value, account.value) for account in LedgerAccount]
    )
    head = models.CharField(_("head"), max_length=9, blank=True, choices=[(head.value, head.value) for head in Head])
    claim_kind = models.CharField(_("kind of claim"), max_length=7, blank=True)
    claim_id = models.BigIntegerField(_("claim"), null=True)
    debit = models.DecimalField(_("debit"), max_digits=20, decimal_places=2, default=0)
    credit = models.DecimalField(_("credit"), max_digits=20, decimal_places=2, default=0)
    article = models.CharField(_("article"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        ordering = ("id",)
        # Money that came in or went out: one line in three or fewer (`ledger.money`).
        indexes = [models.Index(fields=("posting",), name="line_of_money", condition=Q(head=""))]
        constraints = [
            models.CheckConstraint(condition=Q(debit=0, credit__gt=0) | Q(debit__gt=0, credit=0), name="line_one_side"),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.debit or -self.credit}"


class DepartedPosting(models.Model):
    """What was posted on a case that was deleted since, as the accounts of the firm keep it: about nobody.

    `number`: the id that the posting had; `piece`: the reference of the case; `client`: the id of the client's account,
    which may name nothing any more. `lines`: account, head, debit, credit. The database refuses to change or remove it.
    """

    number = models.BigIntegerField(_("number"), unique=True)
    piece = models.CharField(_("case"), max_length=30)
    client = models.BigIntegerField(_("client"))
    kind = models.CharField(_("kind"), max_length=14)
    reversed_kind = models.CharField(_("kind of what it reverses"), max_length=14, blank=True)
    effective_on = models.DateField(_("effective on"))
    recorded_at = models.DateTimeField(_("recorded at"), db_index=True)
    deleted_at = models.DateTimeField(_("deleted at"), db_index=True)
    lines = models.JSONField(_("lines"))

    class Meta:
        verbose_name = _("posting of a deleted case")
        verbose_name_plural = _("postings of deleted cases")
        ordering = ("number",)

    def __str__(self) -> str:
        return f"{self.piece} {self.number}"


class CaseBalance(OfOwner):
    """What is owed on a case at the end of the day `on`: kept for lists, reckoned from the ledger.

    Its one owner is `ledger.balances`; `check_ledger` proves it. All sums are null while a rate is missing, which
    `missing_on` tells. `next_change`: the day from which it may be otherwise, without anything being recorded.
    `terms`: what tells the tables of rates with which it was reckoned from others (`balances.balance_terms`).
    """

    recovery = models.OneToOneField(
        Recovery, on_delete=models.CASCADE, primary_key=True, related_name="balance", verbose_name=_("case")
    )
    on = models.DateField(_("on"))
    due = models.DecimalField(_("due today"), max_digits=20, decimal_places=2, null=True)
    principal = models.DecimalField(_("principal"), max_digits=20, decimal_places=2, null=True)
    interest = models.DecimalField(_("interest"), max_digits=20, decimal_places=2, null=True)
    indemnity = models.DecimalField(_("indemnities"), max_digits=20, decimal_places=2, null=True)
    penalty = models.DecimalField(_("penalty"), max_digits=20, decimal_places=2, null=True)
    cost = models.DecimalField(_("costs"), max_digits=20, decimal_places=2, null=True)
    not_due = models.DecimalField(_("not yet due"), max_digits=20, decimal_places=2, null=True)
    surplus = models.DecimalField(_("paid beyond what was owed"), max_digits=20, decimal_places=2, null=True)
    per_day = models.DecimalField(_("interest per day"), max_digits=20, decimal_places=2, null=True)
    is_provisional = models.BooleanField(_("provisional"), default=False)
    missing_on = models.DateField(_("no rate known for"), null=True)
    next_change = models.DateField(_("next change"), null=True)
    terms = models.CharField(max_length=16, default="", db_default="")

    class Meta:
        verbose_name = _("balance of a case")
        verbose_name_plural = _("balances of cases")
        indexes = [
            # What lists sort by, `balance_by_due`, is led by what is not known: migration lists_of_staff.
            models.Index(fields=("next_change",), name="balance_next_change", condition=Q(next_change__isnull=False)),
            models.Index(fields=("terms",), name="balance_terms"),
        ]

    def __str__(self) -> str:
        return f"{self.due} €"
