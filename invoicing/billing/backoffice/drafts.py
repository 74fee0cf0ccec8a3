"""What a new invoice begins with, and the form of its items: what it is billed for is chosen by its name."""

import json
from typing import Any, cast

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from invoicing.billing import rules
from invoicing.billing.entities import billables
from invoicing.billing.selectors import members_of
from invoicing.billing.services.drafts import EURO
from invoicing.models import Currency, FirmInvoiceItem, InvoiceType, ProductType, Tax
from legalcity.lib.clock import today
from legalcity.lib.form_fields import TextField
from legalcity.lib.settings.live import live

SERVICE = "service"  # the code of the type of product


def invoice_defaults() -> dict[str, Any]:
    """A plain invoice in euros for what was done today, to be paid within the days of the settings."""
    day = today()
    kind = InvoiceType.objects.filter(series=InvoiceType.Series.INVOICE, closed_at=None).order_by("pk").first()
    currency = Currency.objects.filter(name_short=EURO).first()
    return {
        "invoice_type": kind and kind.pk,
        "currency": currency and currency.pk,
        "performed_on": day,
        "due_on": rules.due_date(day, live.PAYMENT_DAYS),
    }


def item_defaults() -> dict[str, Any]:
    """The firm's own work, and the VAT of France."""
    product = ProductType.objects.filter(code=SERVICE).first()
    vat = Tax.objects.filter(enable=True, kind=Tax.Kind.VAT, category=Tax.Category.STANDARD).order_by("-percent")
    return {"product_type": product and product.pk, "taxes": [tax.pk for tax in vat[:1]], "quantity": 1}


def taxes_told() -> str:
    """What each tax that is offered takes, by its id, as JSON: for the totals that are shown while one types."""
    rows = Tax.objects.filter(enable=True).values_list("pk", "kind", "percent", "units")
    told = {pk: {"kind": kind, "percent": float(percent), "units": float(units)} for pk, kind, percent, units in rows}
    return json.dumps({str(pk): tax for pk, tax in told.items()})


class ItemForm(forms.ModelForm):
    """An item; `invoice_entity_id` is typed and shown as the name of the thing."""

    invoice_entity_type = forms.ChoiceField(label=gettext_lazy("billed for (kind)"), required=False)
    invoice_entity_id = TextField(
        label=gettext_lazy("billed for (name)"),
        max_length=50,
        required=False,
        help_text=gettext_lazy("Such as the reference of a case."),
    )

    class Meta:
        model = FirmInvoiceItem
        fields = "__all__"  # noqa: DJ007 - the page names those that are shown

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        kept, kinds = self.instance.invoice_entity_type, billables()
        choices = [("", "—"), *((kind, billable.label) for kind, billable in kinds.items())]
        kind = cast(forms.ChoiceField, self.fields["invoice_entity_type"])
        kind.choices = choices if not kept or kept in kinds else [*choices, (kept, kept)]
        if names := [name for billable in kinds.values() for name in billable.names()]:
            told = _("Such as the reference of a case, or a name: {names}.")
            self.fields["invoice_entity_id"].help_text = format_html(told, names=", ".join(names))
        if kept in kinds:
            self.initial["invoice_entity_id"] = kinds[kept].name(self.instance.invoice_entity_id) or ""

    def clean(self) -> dict[str, Any]:
        """The id of what is named. A name without its kind, one that nothing has, another client's thing are told.

        What is left as it was keeps its id, also where the thing is no longer there.
        """
        data: dict[str, Any] = super().clean() or self.cleaned_data
        kind, name = data.get("invoice_entity_type", ""), data.get("invoice_entity_id", "")
        if kind not in billables():
            if name and not kind:
                self.add_error("invoice_entity_type", _("Choose what kind of thing it is."))
            return data
        found = self._found(kind, name)
        if found is None:
            self.add_error("invoice_entity_id", _("There is nothing of this name."))
        elif self._is_anothers(kind, found):
            self.add_error("invoice_entity_id", _("It belongs to another client than the invoice's."))
        else:
            data["invoice_entity_id"] = found
        return data

    def _found(self, kind: str, name: str) -> str | None:
        kept = self.instance
        if kind == kept.invoice_entity_type and name == self.initial["invoice_entity_id"]:
            return str(kept.invoice_entity_id)
        return billables()[kind].find(name) if name else None

    def _is_anothers(self, kind: str, found: str) -> bool:
        """By the client that the invoice is given; without one its own form says so."""
        owner, invoice = billables()[kind].owner(found), self.cleaned_data.get("invoice")
        client_id = invoice and invoice.client_id
        return owner is not None and client_id is not None and owner not in members_of(client_id)
