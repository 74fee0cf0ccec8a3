"""Acts on money: payments received (acomptes) and further debts (dettes)."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.actions import ObjectAction
from backoffice.amounts import euros
from backoffice.fields import Suggestions, chosen_child, not_in_the_future
from backoffice.origin import staff_of
from backoffice.outcomes import ShownFirst
from invoicing.models import Invoice
from law.account.facts import ClaimKind
from legalcity.lib.clock import today
from legalcity.lib.form_fields import AmountField, DayField, TextField
from legalcity.lib.money import CENT
from recoveries.ledger.choices import REASON_LENGTH, InvoiceChoice
from recoveries.ledger.gathering import facts_here
from recoveries.ledger.services import Expected, acompte_record, dette_record, keeps_account, payment_expected
from recoveries.models import CaseBalance, Dette, Recovery

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


class PaymentForm(ShownFirst, AmountForm):
    """A payment received: what it would meet is shown before it is recorded."""

    method = TextField(
        label=gettext_lazy("Method"),
        required=False,
        max_length=50,
        widget=Suggestions([(method, "") for method in METHODS]),
    )
    reference = TextField(label=gettext_lazy("Reference of the payment"), required=False, max_length=255)
    invoice = InvoiceChoice(
        queryset=Invoice.objects.none(),
        label=gettext_lazy("Invoice that the debtor chose"),
        required=False,
        help_text=gettext_lazy(
            "Without one the payment goes to the invoice whose number stands in its reference, else to what is due, "
            "the oldest first (art. 1342-10 C. civ.)."
        ),
    )
    reason = TextField(
        label=gettext_lazy("How the debtor's choice is known"),
        required=False,
        max_length=REASON_LENGTH,
        help_text=gettext_lazy("Asked for when you choose the invoice."),
    )
    field_order = ("amount", "day", "method", "reference", "invoice", "reason", "comment", "seen")
    outcome_template = "admin/recoveries/recovery/_payment_expected.html"

    def __init__(self, *args: Any, case: Recovery, chosen: Invoice | None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.case = case
        invoices = invoices_here(case).order_by("-invoice_date", "-id")
        self.fields["invoice"].among(invoices, chosen)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Whoever chooses the invoice says why. Doubts that were shown are confirmed with the rest."""
        if self.cleaned_data.get("invoice") and not self.cleaned_data.get("reason"):
            self.add_error("reason", _("Say how the debtor's choice is known."))
        data = super().clean()
        return {**data, "confirmed": self.outcome is not None and bool(self.outcome.doubts)}

    def foresee(self, data: dict[str, Any]) -> Expected:
        """What the payment would meet."""
        facts = {name: data[name] for name in ("amount", "day", "method", "reference")}
        return payment_expected(case=self.case, invoice_id=data["invoice"] and data["invoice"].pk, **facts)


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


def _payment_options(request: HttpRequest, case: Recovery) -> dict[str, Any]:
    invoices = invoices_here(case)
    chosen = chosen_child(invoices, request.GET.get("invoice", ""))
    return {"case": case, "chosen": chosen, "initial": {"invoice": chosen and chosen.pk}}


def invoices_here(case: Recovery) -> QuerySet[Invoice]:
    """The invoices of a case; after a transfer those that stayed behind."""
    invoices = Invoice.objects.filter(recovery=case)
    if case.transferred_to_id is None:
        return invoices
    return invoices.filter(pk__in=[claim.id for claim in facts_here(case).claims if claim.kind == ClaimKind.INVOICE])


def _payment(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    facts = {name: value for name, value in data.items() if name != "invoice"}
    invoice = data["invoice"]
    acompte_record(recovery_id=case.pk, invoice_id=invoice and invoice.pk, by=staff_of(request), **facts)
    return remaining(case, _("Payment recorded."))


def _debt(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    dette_record(recovery_id=case.pk, by=staff_of(request), **data)
    return remaining(case, _("Debt recorded."))


def remaining(case: Recovery, done: str) -> str:
    """What was done, and what is due now."""
    due = CaseBalance.objects.values_list("due", flat=True).get(recovery=case)
    return done if due is None else " ".join((done, _("Due today: {amount}.").format(amount=euros(due))))


def lives_here(_request: HttpRequest, case: Recovery) -> bool:
    """Money is recorded where the claim is: after a transfer that is the injunction case, but for what stayed."""
    if not hasattr(case, _KEPT):
        setattr(case, _KEPT, keeps_account(case))
    return bool(getattr(case, _KEPT))


_KEPT = "_keeps_account"  # Each act of a page asks it


RECORD_PAYMENT = ObjectAction(
    name="record-payment",
    label=gettext_lazy("Record a payment (acompte)"),
    permission="recoveries.record_payment",
    perform=_payment,
    form=PaymentForm,
    form_options=_payment_options,
    is_offered=lives_here,
    explain=gettext_lazy(
        "What the payment meets is shown before it is recorded. The client sees it at once; when nothing is owed any "
        "more the case is moved to Payé by itself."
    ),
    in_place=True,
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
    in_place=True,
)
