"""The fields of a case as staff fill them in: those of a complete case in the API, as lines, lists and ticks.

A form here checks nothing by itself: what was typed goes to the readers of the API, which say what is wrong with it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.db import models
from django.utils.text import capfirst

from companies.models import Company
from invoicing.models import Invoice
from legalcity.api.fields import DayField, EmailField, FlagField, LinesField, MoneyField, PercentField, PhoneField
from legalcity.lib.form_fields import DayInput
from legalcity.lib.settings.live import live
from recoveries.intake.columns import INVOICE, PARTS, fields
from recoveries.models import Recovery

RECOVERY, CUSTOMER, DEBTOR = PARTS
MODELS: Mapping[str, type[models.Model]] = {
    RECOVERY: Recovery,
    CUSTOMER: Company,
    DEBTOR: Company,
    INVOICE: Invoice,
}
FILLED_IN = {"recovery_due_date"}  # by us, where nobody says it
_WIDGETS: tuple[tuple[type, Any], ...] = (
    (DayField, DayInput),
    (FlagField, forms.CheckboxInput),
    (LinesField, lambda: forms.Textarea(attrs={"rows": 3})),
    (EmailField, forms.EmailInput),
    (PhoneField, lambda: forms.TextInput(attrs={"type": "tel"})),
    (MoneyField, lambda: forms.TextInput(attrs={"inputmode": "decimal"})),
    (PercentField, lambda: forms.TextInput(attrs={"inputmode": "decimal"})),
)


class WrittenForm(forms.Form):
    """What was typed of one part of a case (`PARTS`, or an invoice); names are those of the API."""

    use_required_attribute = False

    def __init__(self, part: str, names: Iterable[str], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in names:
            self.fields[name] = _field(part, name)

    def body(self) -> dict[str, Any]:
        """What was typed, as the API takes it: ticks are true or false, what is empty is left out."""
        typed = {name: value for name, value in self.cleaned_data.items() if value != ""}
        ticks = {name for name, field in self.fields.items() if isinstance(field, forms.BooleanField)}
        return {name: bool(value) if name in ticks else value for name, value in typed.items()}

    @property
    def is_blank(self) -> bool:
        """Whether nobody has typed anything here."""
        return not any(self.cleaned_data.get(name) for name in self.fields)

    def refuse(self, name: str, sentences: Iterable[Any]) -> bool:
        """Show what is wrong beside the field `name`; whether there is such a field."""
        if name not in self.fields:
            return False
        for sentence in sentences:
            self.add_error(name, str(sentence))
        return True


def _field(part: str, name: str) -> forms.Field:
    source = fields()[f"{part}.{name}"]
    column: Any = MODELS[part]._meta.get_field(name)
    options: dict[str, Any] = {"label": capfirst(str(column.verbose_name)), "required": False}
    if isinstance(source, FlagField):
        return forms.BooleanField(**options)
    field = forms.CharField(strip=False, widget=_widget(source, name, column), **options)
    field.is_needed = source.required and name not in FILLED_IN  # type: ignore[attr-defined]
    return field


def _widget(source: Any, name: str, column: Any) -> forms.Widget:
    if name == "company_legal_form":
        return forms.Select(choices=[("", "—"), *((form, form) for form in live.legal_forms)])
    if column.choices:
        return forms.Select(choices=[("", "—"), *column.flatchoices])
    made = next((widget for kind, widget in _WIDGETS if isinstance(source, kind)), forms.TextInput)
    widget: forms.Widget = made()
    widget.attrs.setdefault("autocomplete", "off")
    return widget
