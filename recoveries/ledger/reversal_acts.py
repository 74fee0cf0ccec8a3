"""Acts that take a payment or a debt back."""

from functools import partial
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.actions import ObjectAction
from backoffice.amounts import euros
from backoffice.fields import ChildField, chosen_child
from backoffice.origin import staff_of
from recoveries.ledger.acts import lives_here, remaining
from recoveries.ledger.models import Entry
from recoveries.ledger.reversals import acompte_reverse, dette_reverse
from recoveries.models import Acompte, Dette, Recovery


class EntryChoice(ChildField):
    """A payment or a debt by its day, its amount and its own words."""

    def label_from_instance(self, obj: Any) -> str:
        """What tells them from one another."""
        words = obj.reference if isinstance(obj, Acompte) else obj.label
        told = (date_format(obj.date, "SHORT_DATE_FORMAT"), euros(obj.amount), words)
        return " · ".join(str(part) for part in told if part)


class ReversalForm(forms.Form):
    """Which one, and why."""

    entry = EntryChoice(queryset=Acompte.objects.none(), label=gettext_lazy("To be reversed"))
    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=[("", "—"), *Entry.Reason.choices])

    def __init__(self, *args: Any, entries: QuerySet[Any], chosen: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["entry"].among(entries, chosen)  # type: ignore[attr-defined]


def _options(model: type[Acompte] | type[Dette], request: HttpRequest, case: Recovery) -> dict[str, Any]:
    entries = model.objects.standing().filter(recovery=case).order_by("-date", "-id")
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


REVERSE_PAYMENT = ObjectAction(
    name="reverse-payment",
    label=gettext_lazy("Reverse a payment"),
    permission="recoveries.record_payment",
    perform=_payment,
    form=ReversalForm,
    form_options=partial(_options, Acompte),
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
    form_options=partial(_options, Dette),
    is_offered=lives_here,
    explain=gettext_lazy(
        "The debt no longer counts, neither in the amount of the case nor in what remains to recover. It stays in "
        "sight, struck out, for the client too. A reversal is not undone; a debt that was right is recorded anew."
    ),
    danger=True,
)
