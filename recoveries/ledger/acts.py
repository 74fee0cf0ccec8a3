"""Acts on money: payments received (acomptes) and further debts (dettes)."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.actions import ObjectAction
from backoffice.amounts import euros
from backoffice.fields import Suggestions, not_in_the_future
from backoffice.origin import staff_of
from legalcity.lib.clock import today
from legalcity.lib.form_fields import AmountField, DayField, TextField
from legalcity.lib.money import CENT
from recoveries.ledger.services import acompte_record, dette_record
from recoveries.models import Dette, Recovery

METHODS = ["Virement", "Chèque", "Carte bancaire", "Prélèvement", "Espèces"]


class AmountForm(forms.Form):
    """How much, when, and a remark."""

    amount = AmountField(label=gettext_lazy("Amount, EUR"), min_value=CENT)
    day = DayField(label=gettext_lazy("Date"), initial=today, validators=[not_in_the_future])
    comment = TextField(
        label=gettext_lazy("Remark"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The client sees it."),
    )


class PaymentForm(AmountForm):
    """A payment received."""

    method = TextField(
        label=gettext_lazy("Method"),
        required=False,
        max_length=50,
        widget=Suggestions([(method, "") for method in METHODS]),
    )
    reference = TextField(label=gettext_lazy("Reference of the payment"), required=False, max_length=255)
    confirmed = forms.BooleanField(
        label=gettext_lazy("Record it all the same"), required=False, widget=forms.HiddenInput
    )
    field_order = ("amount", "day", "method", "reference", "comment", "confirmed")

    def add_error(self, field: str | None, error: Any) -> None:
        """A payment that looks like a mistake is asked about: the box comes in sight with the sentence."""
        super().add_error(field, error)
        if field == "confirmed":
            self.fields["confirmed"].widget = forms.CheckboxInput()


class DebtForm(AmountForm):
    """A debt beside the invoices."""

    label = TextField(label=gettext_lazy("Label"), max_length=255)
    head = forms.ChoiceField(
        label=gettext_lazy("What it is for"),
        choices=Dette.Head.choices,
        help_text=gettext_lazy(
            "Costs of recovery without a title stay with the creditor (art. L111-8 CPCE): they stand on the case and "
            "are never demanded. Costs of a title are demanded once there is one."
        ),
    )
    field_order = ("label", "head", "amount", "day", "comment")


def _payment(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    acompte_record(recovery_id=case.pk, by=staff_of(request), **data)
    return remaining(case, _("Payment recorded."))


def _debt(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    dette_record(recovery_id=case.pk, by=staff_of(request), **data)
    return remaining(case, _("Debt recorded."))


def remaining(case: Recovery, done: str) -> str:
    """What was done, and what is left."""
    left = Recovery.objects.values_list("amount_torecover", flat=True).get(pk=case.pk)
    return " ".join((done, _("To recover now: {amount}.").format(amount=euros(left))))


def lives_here(_request: HttpRequest, case: Recovery) -> bool:
    """Money is recorded where the claim is: after a transfer that is the injunction case."""
    return case.transferred_to_id is None


RECORD_PAYMENT = ObjectAction(
    name="record-payment",
    label=gettext_lazy("Record a payment (acompte)"),
    permission="recoveries.record_payment",
    perform=_payment,
    form=PaymentForm,
    is_offered=lives_here,
    explain=gettext_lazy(
        "The payment is taken off what remains to recover at once, and the client sees it. The status stays as it is: "
        "move the case yourself when it is paid."
    ),
)
RECORD_DEBT = ObjectAction(
    name="record-debt",
    label=gettext_lazy("Record a debt (dette)"),
    permission="recoveries.record_payment",
    perform=_debt,
    form=DebtForm,
    is_offered=lives_here,
    explain=gettext_lazy(
        "The debt is added to the amount of the case at once, and to what remains to recover unless it stays with the "
        "creditor. The client sees it."
    ),
)
