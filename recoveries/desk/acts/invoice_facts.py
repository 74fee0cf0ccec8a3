"""An act on the invoices of a case: what the client did not say of them."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.actions import ObjectAction
from backoffice.correcting import CorrectingForm
from backoffice.fields import chosen_child, not_in_the_future
from backoffice.origin import staff_of
from invoicing.models import Invoice
from legalcity.lib.form_fields import DayField
from recoveries.ledger.choices import InvoiceChoice
from recoveries.models import Recovery
from recoveries.services.invoices import invoice_facts_record

FACTS = ("performed_on", "is_disputed")


class InvoiceFactsForm(CorrectingForm):
    """Which invoice, when it was performed, whether it is disputed."""

    invoice = InvoiceChoice(queryset=Invoice.objects.none(), label=gettext_lazy("Invoice"))
    performed_on = DayField(
        label=gettext_lazy("Goods received or service performed on"), required=False, validators=[not_in_the_future]
    )
    is_disputed = forms.BooleanField(label=gettext_lazy("The debtor disputes it"), required=False)

    def __init__(self, *args: Any, invoices: Any, chosen: Invoice | None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["invoice"].among(invoices, chosen)  # type: ignore[attr-defined]
        self.correct(FACTS, {name: getattr(chosen, name, None) for name in FACTS})

    def clean(self) -> dict[str, Any]:
        """The invoice, and what was changed of it."""
        asked = dict(self.cleaned_data)
        values = {name: asked.pop(name) for name in FACTS if name in asked}
        return {**asked, **self.settled({name: value for name, value in values.items() if self.is_to_change(name)})}


def _options(request: HttpRequest, case: Recovery) -> dict[str, Any]:
    invoices = Invoice.objects.filter(recovery=case).order_by("-invoice_date", "-id")
    chosen = chosen_child(invoices, request.POST.get("invoice") or request.GET.get("invoice", ""))
    return {"invoices": invoices, "chosen": chosen, "initial": {"invoice": chosen.pk} if chosen else {}}


def _record(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    pk, values, seen = data["invoice"].pk, data["values"], data.pop("seen")
    invoice = invoice_facts_record(recovery_id=case.pk, invoice_id=pk, values=values, seen=seen, by=staff_of(request))
    return _("Recorded on the invoice {number}.").format(number=invoice.invoice_number)


INVOICE_FACTS = ObjectAction(
    name="invoice-facts",
    label=gettext_lazy("Complete an invoice"),
    permission="recoveries.move_status",
    perform=_record,
    form=InvoiceFactsForm,
    form_options=_options,
    is_offered=lambda request, case: case.invoices_count > 0,
    explain=gettext_lazy(
        "The time after which the claim can no longer be asked for in court runs from the performance; so does "
        "interest where the invoice names no due date (art. L441-10 I C. com.). What was entered before is replaced; "
        "the client sees both."
    ),
)
