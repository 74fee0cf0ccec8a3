"""Acts that correct what a client has said: a party, an invoice, the claim; read and refused as the API does."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.actions import ObjectAction, Reason
from backoffice.correcting import CorrectingForm
from backoffice.fields import chosen_child
from backoffice.origin import staff_of
from companies.serializers import CompanySerializer
from companies.services import company_values
from invoicing.models import Invoice
from invoicing.serializers import InvoiceSerializer
from invoicing.services import invoice_values
from legalcity.api.validation import ContractSerializer, read
from legalcity.lib.errors import Invalid
from legalcity.lib.reading import Manner
from recoveries.catalogue import catalogue
from recoveries.desk.opening.fields import CUSTOMER, DEBTOR, RECOVERY, WrittenForm
from recoveries.desk.opening.form import INVOICE_FIELDS, MATTER, MORE, PARTY, TERMS, WHO
from recoveries.guards import recovery_values
from recoveries.intake.columns import INVOICE
from recoveries.ledger.choices import InvoiceChoice
from recoveries.models import Recovery
from recoveries.selectors.sides import SIDES
from recoveries.serializers import RecoverySerializer
from recoveries.services.correcting import claim_correct, invoice_add, invoice_correct, invoice_remove
from recoveries.services.parties import party_correct

CORRECT = "recoveries.change_recovery"
WHOLE_INVOICE = (*INVOICE_FIELDS, "invoice_part_paid", "invoice_part_paid_amount")
# How a debtor is reached is corrected by an act of its own, which the page of the debtor has too.
SHOWN = {CUSTOMER: PARTY, DEBTOR: (*WHO, *MORE)}


class CorrectionForm(WrittenForm, CorrectingForm):
    """A thing as it is stored, to be corrected: `values` are its fields, read by the reader of the API."""

    serializer: type[ContractSerializer]
    part: str

    def __init__(self, *args: Any, names: Iterable[str], stored: Mapping[str, Any], **options: Any) -> None:
        names = tuple(names)
        super().__init__(options.pop("part", None) or self.part, names, *args, **options)
        self.correct(names, stored)

    def clean(self) -> dict[str, Any]:
        """What was typed, read; an empty field is one that is not known."""
        super().clean()
        asked = {name: value for name, value in self.cleaned_data.items() if name not in self.correcting}
        if self.errors:
            return asked
        body = {name: value if isinstance(value, bool) else value or None for name, value in self.cleaned_data.items()}
        reader = self.serializer(partial=True, context={"manner": Manner.WRITTEN, "stored": self.stored})
        try:
            changed = {name: body[name] for name in self.correcting if self.is_to_change(name)}
            return {**asked, **self.settled(read(reader, changed))}
        except Invalid as error:
            for name, sentences in error.errors.items():
                if not self.refuse(name, sentences):
                    self.add_error(None, [str(sentence) for sentence in sentences])
        return asked


def _is_open(_request: HttpRequest, case: Recovery) -> bool:
    return not catalogue.is_closing(case.status_id)


# --- a party ---------------------------------------------------------------------------------------------------------
class PartyForm(CorrectionForm):
    """Who a party is."""

    serializer = CompanySerializer
    side = forms.ChoiceField(choices=[(side, side) for side in SIDES], widget=forms.HiddenInput)


def _party_options(request: HttpRequest, case: Recovery) -> dict[str, Any]:
    asked = request.POST.get("side") or request.GET.get("side", "")
    side = asked if asked in SIDES and getattr(case, asked) else "debtor" if case.debtor else "customer"
    stored = company_values(getattr(case, side))
    return {"part": side, "names": SHOWN[side], "stored": stored, "initial": {"side": side}}


def _correct_party(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    side, values, seen = data["side"], data["values"], data.pop("seen")  # The audit has what was before.
    party = party_correct(recovery_id=case.pk, side=side, values=values, seen=seen, by=staff_of(request))
    return _("{company} is corrected.").format(company=party)


CORRECT_PARTY = ObjectAction(
    name="correct-party",
    label=gettext_lazy("Correct a party"),
    permission=CORRECT,
    perform=_correct_party,
    form=PartyForm,
    form_options=_party_options,
    is_offered=lambda request, case: bool(case.debtor_id or case.customer_id),
    explain=gettext_lazy(
        "Who somebody is decides interest, indemnities, the court and the deadlines: the account is reckoned anew. It "
        "holds on every case in which this party stands. The client sees it; what it was before stays in the audit."
    ),
)


# --- an invoice ------------------------------------------------------------------------------------------------------
class NewInvoiceForm(CorrectionForm):
    """An invoice."""

    serializer = InvoiceSerializer
    part = INVOICE


class InvoiceForm(NewInvoiceForm):
    """An invoice that is there."""

    invoice = InvoiceChoice(queryset=Invoice.objects.none(), label=gettext_lazy("Invoice"))

    def __init__(self, *args: Any, invoices: Any, chosen: Invoice | None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["invoice"].among(invoices, chosen)  # type: ignore[attr-defined]


class RemovedInvoiceForm(Reason):
    """Which invoice goes, and why."""

    invoice = InvoiceChoice(queryset=Invoice.objects.none(), label=gettext_lazy("Invoice"))
    field_order = ("invoice", "reason")

    def __init__(self, *args: Any, invoices: Any, chosen: Invoice | None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["invoice"].among(invoices, chosen)  # type: ignore[attr-defined]


def _chosen(request: HttpRequest, case: Recovery) -> dict[str, Any]:
    invoices = Invoice.objects.filter(recovery=case).order_by("-invoice_date", "-id")
    chosen = chosen_child(invoices, request.POST.get("invoice") or request.GET.get("invoice", ""))
    return {"invoices": invoices, "chosen": chosen, "initial": {"invoice": chosen.pk} if chosen else {}}


def _invoice_options(request: HttpRequest, case: Recovery) -> dict[str, Any]:
    options = _chosen(request, case)
    if options["chosen"] is None:  # One that nobody has named: the newest
        options["chosen"] = options["invoices"].first()
        options["initial"] = {"invoice": options["chosen"].pk} if options["chosen"] else {}
    stored = invoice_values(options["chosen"]) if options["chosen"] else {}
    return {**options, "names": WHOLE_INVOICE, "stored": stored}


def _add_invoice(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    data.pop("seen")
    invoice = invoice_add(recovery_id=case.pk, values=data["values"], by=staff_of(request))
    return _("The invoice {number} is added.").format(number=invoice.invoice_number)


def _correct_invoice(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    pk, values, seen = data["invoice"].pk, data["values"], data.pop("seen")
    invoice = invoice_correct(recovery_id=case.pk, invoice_id=pk, values=values, seen=seen, by=staff_of(request))
    return _("The invoice {number} is corrected.").format(number=invoice.invoice_number)


def _remove_invoice(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    number = invoice_remove(recovery_id=case.pk, invoice_id=data["invoice"].pk, by=staff_of(request))
    return _("The invoice {number} is removed.").format(number=number)


ADD_INVOICE = ObjectAction(
    name="add-invoice",
    label=gettext_lazy("Add an invoice"),
    permission=CORRECT,
    perform=_add_invoice,
    form=NewInvoiceForm,
    form_options=lambda request, case: {"names": WHOLE_INVOICE, "stored": {}},
    is_offered=_is_open,
    explain=gettext_lazy("The claim grows by it: totals, interest and deadlines follow. The client sees it."),
)
CORRECT_INVOICE = ObjectAction(
    name="correct-invoice",
    label=gettext_lazy("Correct an invoice"),
    permission=CORRECT,
    perform=_correct_invoice,
    form=InvoiceForm,
    form_options=_invoice_options,
    is_offered=lambda request, case: _is_open(request, case) and case.invoices_count > 0,
    explain=gettext_lazy(
        "For what was entered wrongly. What was credited or given up of an invoice is recorded as such, and its amount "
        "stays. The ledger posts the difference; payments are laid anew. The client sees it."
    ),
)
REMOVE_INVOICE = ObjectAction(
    name="remove-invoice",
    label=gettext_lazy("Remove an invoice"),
    permission=CORRECT,
    perform=_remove_invoice,
    form=RemovedInvoiceForm,
    form_options=_chosen,
    is_offered=lambda request, case: _is_open(request, case) and case.invoices_count > 0,
    explain=gettext_lazy("For one that does not belong to this claim. It is deleted for good; the ledger keeps it."),
    danger=True,
)


# --- the claim -------------------------------------------------------------------------------------------------------
class ClaimForm(CorrectionForm):
    """The claim as the client described it, and its terms."""

    serializer = RecoverySerializer
    part = RECOVERY


def _correct_claim(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    claim_correct(recovery_id=case.pk, values=data["values"], seen=data.pop("seen"), by=staff_of(request))
    return _("The claim is corrected.")


CORRECT_CLAIM = ObjectAction(
    name="correct-claim",
    label=gettext_lazy("Correct the claim"),
    permission=CORRECT,
    perform=_correct_claim,
    form=ClaimForm,
    form_options=lambda request, case: {
        "names": tuple(name for name in (*MATTER, *TERMS) if name != "matter"),  # It has an act of its own
        "stored": recovery_values(case),
    },
    is_offered=_is_open,
    explain=gettext_lazy("Interest and penalty are reckoned anew from what was agreed. The client sees it."),
)
