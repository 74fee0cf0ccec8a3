"""Acts on the firm's invoices: issue, credit, record a payment. All through the services."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.actions import ObjectAction
from backoffice.amounts import amount_shown
from backoffice.fields import not_in_the_future
from backoffice.origin import staff_of
from invoicing.billing import firm
from invoicing.billing.backoffice.vat import rule_told
from invoicing.billing.selectors import vat_rule_of
from invoicing.billing.services.charges import charge_bill
from invoicing.billing.services.issuing import invoice_credit, invoice_issue, quantities_left
from invoicing.billing.services.payments import payment_record
from invoicing.billing.services.taxes import tax_offer
from invoicing.billing.taxes import OUTLAY, OUTLAY_NOT_SUBJECT
from invoicing.models import Charge, FirmInvoice, Tax
from legalcity.lib.clock import today
from legalcity.lib.form_fields import CountField, DayField, SumField, TextField
from legalcity.lib.money import CENT

CHANGE = "invoicing.change_firminvoice"


class PaymentForm(forms.Form):
    """What came in."""

    amount = SumField(label=gettext_lazy("Amount"), min_value=CENT, max_digits=16)
    paid_on = DayField(label=gettext_lazy("Date"), initial=today, validators=[not_in_the_future])
    method = TextField(label=gettext_lazy("Method"), required=False, max_length=50)
    reference = TextField(label=gettext_lazy("Reference of the payment"), required=False, max_length=255)


class CreditForm(forms.Form):
    """Why, and how many of each item; at first all that is left."""

    reason = TextField(
        label=gettext_lazy("Reason, as the credit note says it"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, invoice: FirmInvoice | None, **options: Any) -> None:
        super().__init__(*args, **options)
        left = quantities_left(invoice) if invoice else {}
        names = dict(invoice.items.values_list("pk", "name")) if invoice else {}
        for pk, count in left.items():
            self.fields[f"item_{pk}"] = CountField(label=names[pk], min_value=0, max_value=count, initial=count)


def _issue(_request: HttpRequest, invoice: FirmInvoice, _data: dict[str, Any]) -> str:
    issued = invoice_issue(invoice_id=invoice.pk)
    said = [_("Issued: {reference}.").format(reference=issued.reference)]
    if missing := firm.missing_details(issued.seller):
        said.append(firm.missing_told(missing))
    return " ".join(said)


def _vat_told(invoice: FirmInvoice) -> str:
    """What issuing does and, where the items bear another VAT than the client's place asks for, that they do."""
    told = [_("The draft gets its number and stays as it is for ever; only a credit note corrects it.")]
    rule = vat_rule_of(invoice.client)
    items = invoice.items.prefetch_related("taxes")
    codes = {tax.code for item in items for tax in item.taxes.all() if tax.kind == Tax.Kind.VAT}
    if rule and codes - {rule.tax.code, OUTLAY, OUTLAY_NOT_SUBJECT}:
        told.append(_("The firm's services to this client bear: {vat}.").format(vat=rule_told(rule)))
    return " ".join(told)


def _credit(request: HttpRequest, invoice: FirmInvoice, data: dict[str, Any]) -> str:
    counts = {key: data[f"item_{key}"] for key in quantities_left(invoice) if f"item_{key}" in data}
    note = invoice_credit(invoice_id=invoice.pk, by=staff_of(request), reason=data["reason"], quantities=counts)
    return _("Credit note issued: {reference}.").format(reference=note.reference)


def _pay(request: HttpRequest, invoice: FirmInvoice, data: dict[str, Any]) -> str:
    payment_record(invoice_id=invoice.pk, by=staff_of(request), **data)
    return _("Payment recorded.")


def _bill(_request: HttpRequest, charge: Charge, _data: dict[str, Any]) -> str:
    invoice = charge_bill(charge_id=charge.pk)
    return _("Issued: {reference}.").format(reference=invoice)


def _offer(request: HttpRequest, tax: Tax, _data: dict[str, Any]) -> None:
    tax_offer(tax_id=tax.pk, is_offered=not tax.enable, by=staff_of(request))


OFFER = ObjectAction(
    name="offer",
    label=gettext_lazy("Offer, or offer no longer"),
    permission="invoicing.add_tax",
    perform=_offer,
    explain=gettext_lazy("Drafts may choose among the taxes that are offered; invoices keep theirs."),
)
ISSUE = ObjectAction(
    name="issue",
    label=gettext_lazy("Issue"),
    permission=CHANGE,
    perform=_issue,
    is_offered=lambda request, invoice: not invoice.is_issued,
    explain=_vat_told,
    danger=True,
)
CREDIT = ObjectAction(
    name="credit",
    label=gettext_lazy("Issue a credit note"),
    permission=CHANGE,
    perform=_credit,
    form=CreditForm,
    form_options=lambda request, invoice: {"invoice": invoice},
    is_offered=lambda request, invoice: (
        invoice.is_issued and not invoice.is_credit_note and any(quantities_left(invoice).values())
    ),
    explain=gettext_lazy("A credit note with a number of its own takes back what you enter."),
    danger=True,
)
PAY = ObjectAction(
    name="pay",
    label=gettext_lazy("Record a payment"),
    permission="invoicing.add_firmpayment",
    perform=_pay,
    form=PaymentForm,
    is_offered=lambda request, invoice: (
        invoice.is_issued and not invoice.is_credit_note and invoice.total > invoice.paid + invoice.credited
    ),
    explain=lambda invoice: _("Left to pay: {amount}.").format(
        amount=amount_shown(invoice.total - invoice.paid - invoice.credited, invoice.currency.name_short)
    ),
)
BILL = ObjectAction(
    name="bill",
    label=gettext_lazy("Bill now"),
    permission=CHANGE,
    perform=_bill,
    is_offered=lambda request, charge: charge.invoice_id is None,
)
