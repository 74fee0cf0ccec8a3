"""The chart of accounts: under which number of the firm's books an account of the ledger is exported."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backoffice.history import history_of
from law.account.lines import LedgerAccount

ACCOUNT_LABELS = {
    LedgerAccount.DEBTOR: _("debtors"),
    LedgerAccount.BANK: _("bank"),
    LedgerAccount.CREDITOR: _("creditors"),
    LedgerAccount.WAIVED: _("waived"),
    LedgerAccount.LOST: _("lost"),
    LedgerAccount.SUSPENSE: _("to be allocated or refunded"),
    LedgerAccount.FEES: _("fees retained"),
}


class ChartAccount(models.Model):
    """One account of the ledger in the firm's books (CompteNum and CompteLib of the accounting file)."""

    account = models.CharField(
        _("account of the ledger"),
        max_length=8,
        primary_key=True,
        choices=[(one.value, label) for one, label in ACCOUNT_LABELS.items()],
    )
    number = models.CharField(
        _("number"),
        max_length=20,
        validators=[RegexValidator(r"^[1-9][0-9A-Z]{2,19}\Z", _("Three to twenty digits or capitals, a digit first."))],
        help_text=_("By the plan comptable général: three digits at least."),
    )
    label = models.CharField(_("label"), max_length=100)
    history = history_of()

    class Meta:
        verbose_name = _("account of the books")
        verbose_name_plural = _("chart of accounts")
        ordering = ("number", "account")
        constraints = [models.CheckConstraint(condition=~Q(number=""), name="chart_account_numbered")]

    def __str__(self) -> str:
        return f"{self.number} {self.label}"
