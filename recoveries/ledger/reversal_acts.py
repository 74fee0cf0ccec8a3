"""Acts that take back what was recorded about money."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.actions import ObjectAction
from backoffice.fields import chosen_child
from backoffice.origin import staff_of
from legalcity.lib.form_fields import TextField
from recoveries.ledger.acts import lives_here, remaining
from recoveries.ledger.choices import REASON_LENGTH, EntryChoice, StandingChoice
from recoveries.ledger.gathering import told_of
from recoveries.ledger.models import Entry
from recoveries.ledger.posting_models import Posting
from recoveries.ledger.reductions import posting_reverse
from recoveries.ledger.reversals import acompte_reverse, dette_reverse
from recoveries.models import Acompte, Dette, Recovery


class ReversalForm(forms.Form):
    """Which one, and why."""

    entry = EntryChoice(queryset=Acompte.objects.none(), label=gettext_lazy("To be reversed"))
    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=[("", "—"), *Entry.Reason.choices])

    def __init__(self, *args: Any, entries: QuerySet[Any], chosen: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["entry"].among(entries, chosen)  # type: ignore[attr-defined]


def _payment_options(request: HttpRequest, case: Recovery) -> dict[str, Any]:
    """Those that came along in the ledger alone, with claims that were settled before, among them."""
    book = told_of(case).book
    came_along = [] if book.transfer else list(book.paid)
    return _options(Acompte.objects.standing().filter(Q(recovery=case) | Q(pk__in=came_along)), request)


def _debt_options(request: HttpRequest, case: Recovery) -> dict[str, Any]:
    return _options(Dette.objects.standing().filter(recovery=case), request)


def _options(rows: QuerySet[Any], request: HttpRequest) -> dict[str, Any]:
    entries = rows.order_by("-date", "-id")
    chosen = chosen_child(entries, request.GET.get("entry", ""))
    return {"entries": entries, "chosen": chosen, "initial": {"entry": chosen and chosen.pk}}


def _payment(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    reason = Entry.Reason(data["reason"])
    acompte_reverse(recovery_id=case.pk, acompte_id=data["entry"].pk, reason=reason, by=staff_of(request))
    return remaining(case, _("Payment reversed."))


def _debt(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    reason = Entry.Reason(data["reason"])
    dette_reverse(recovery_id=case.pk, dette_id=data["entry"].pk, reason=reason, by=staff_of(request))
    return remaining(case, _("Debt reversed."))


class PostingChoice(StandingChoice):
    """A posting by its day and its kind, and the number that the ledger shows."""

    def label_from_instance(self, obj: Any) -> str:
        """What tells them from one another."""
        return f"{date_format(obj.effective_on, 'SHORT_DATE_FORMAT')} · {obj.get_kind_display()} · n° {obj.pk}"


class PostingReversalForm(forms.Form):
    """Which one, and why."""

    entry = PostingChoice(queryset=Posting.objects.none(), label=gettext_lazy("To be reversed"))
    reason = TextField(label=gettext_lazy("Reason"), max_length=REASON_LENGTH)

    def __init__(self, *args: Any, entries: QuerySet[Any], chosen: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["entry"].among(entries, chosen)  # type: ignore[attr-defined]


def _posting_options(request: HttpRequest, case: Recovery) -> dict[str, Any]:
    standing = Posting.objects.reversible().filter(recovery=case, reversal=None).order_by("-id")
    chosen = chosen_child(standing, request.GET.get("entry", ""))
    return {"entries": standing, "chosen": chosen, "initial": {"entry": chosen and chosen.pk}}


def _posting(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    posting_reverse(recovery_id=case.pk, posting_id=data["entry"].pk, reason=data["reason"], by=staff_of(request))
    return remaining(case, _("Reversed."))


REVERSE_POSTING = ObjectAction(
    name="reverse-posting",
    label=gettext_lazy("Reverse a credit note, a waiver, a loss or a refund"),
    permission="recoveries.record_payment",
    perform=_posting,
    form=PostingReversalForm,
    form_options=_posting_options,
    is_offered=lives_here,
    explain=gettext_lazy(
        "The account of the case is as if it had not been recorded. It stays in the ledger, with the reversal and its "
        "reason. A reversal is not undone; what was right is recorded anew."
    ),
    danger=True,
)
REVERSE_PAYMENT = ObjectAction(
    name="reverse-payment",
    label=gettext_lazy("Reverse a payment"),
    permission="recoveries.record_payment",
    perform=_payment,
    form=ReversalForm,
    form_options=_payment_options,
    is_offered=lives_here,
    explain=gettext_lazy(
        "The payment no longer counts: what remains to recover, the statement, the limitation and the reports are as "
        "if it had not come. It stays in sight, struck out, for the client too. A reversal is not undone; a payment "
        "that was right is recorded anew."
    ),
    danger=True,
)
REVERSE_DEBT = ObjectAction(
    name="reverse-debt",
    label=gettext_lazy("Reverse a debt"),
    permission="recoveries.record_payment",
    perform=_debt,
    form=ReversalForm,
    form_options=_debt_options,
    is_offered=lives_here,
    explain=gettext_lazy(
        "The debt no longer counts, neither in the amount of the case nor in what remains to recover. It stays in "
        "sight, struck out, for the client too. A reversal is not undone; a debt that was right is recorded anew."
    ),
    danger=True,
)
