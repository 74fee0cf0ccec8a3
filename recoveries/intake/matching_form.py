"""The form by which a person says what the columns of a client's own file are."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from companies.models import Company
from legalcity.lib.errors import Invalid
from legalcity.lib.form_fields import TextField
from legalcity.lib.pairs import pair
from legalcity.lib.settings.live import live
from recoveries.intake.columns import CASE, fields
from recoveries.intake.matching import BY_SIREN, FIXED, Matching, column_label, matching_check
from recoveries.intake.models import CaseImport
from recoveries.selectors.creditors import client_as_creditor, creditors_lately, party_texts
from recoveries.widgets import PlainSelect

CUSTOMER = "customer."
PARTS = {
    "recovery": gettext_lazy("Claim"),
    "customer": gettext_lazy("Creditor"),
    "debtor": gettext_lazy("Debtor"),
    "invoice": gettext_lazy("Invoice"),
}
AS_CLIENT = "client"  # in the place of the id of a creditor: the client itself


class Column(NamedTuple):
    """A column of the file as it is shown: its heading, the first of its texts, the field that says what it is."""

    heading: str
    samples: list[str]
    field: BoundField


class MatchingForm(forms.Form):
    """A choice for each column; what goes for every row; the creditor, who seldom stands in such a file."""

    def __init__(self, case_import: CaseImport, user: User, data: QueryDict | None) -> None:
        super().__init__(data)
        self.found = case_import.findings
        self.owner = case_import.owner
        self.creditors = {str(party.pk): party for party in creditors_lately(self.owner, user)}
        choices = _choices()
        for place, column in enumerate(self.found["columns"]):
            widget = PlainSelect(choices=choices)
            field = forms.ChoiceField(choices=choices, required=False, initial=column, widget=widget)
            self.fields[f"column-{place}"] = field
        self.fields["creditor"] = forms.ChoiceField(
            label=_("Creditor of all cases"),
            choices=[
                *((pk, str(party)) for pk, party in self.creditors.items()),
                (AS_CLIENT, _("The client: {name}").format(name=self.owner.entreprise or self.owner)),
                ("", _("stands in the file")),
            ],
            required=False,
            initial=next(iter(self.creditors), AS_CLIENT),
        )
        for column in FIXED:
            self.fields[column] = self._fixed_field(column)

    def _fixed_field(self, column: str) -> forms.Field:
        options: dict[str, Any] = {
            "label": _fixed_label(column),
            "required": False,
            "initial": self.found["fixed"].get(column, ""),
        }
        if column == "debtor.company_type":
            types = [(BY_SIREN, _("company where a SIREN stands, else private person")), *Company.Type.choices]
            return forms.ChoiceField(choices=[("", "—"), *types], **options)
        if column == "debtor.company_legal_form":
            return forms.ChoiceField(choices=[("", "—"), *((form, form) for form in live.legal_forms)], **options)
        return TextField(max_length=255, **options)

    @property
    def columns(self) -> Iterator[Column]:
        """The columns of the file."""
        both: Iterator[tuple[str, list[str]]] = zip(self.found["headings"], self.found["samples"], strict=True)
        for place, (heading, texts) in enumerate(both):
            yield Column(heading, texts, self[f"column-{place}"])

    @property
    def fixed_fields(self) -> list[BoundField]:
        """What goes for every row."""
        return [self["creditor"], *(self[column] for column in FIXED)]

    def clean(self) -> dict[str, Any]:
        """Whether a file can be read by it."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                matching_check(self.matching(), width=len(self.found["headings"]))
            except Invalid as error:
                self.add_error(None, [str(text) for texts in error.errors.values() for text in texts])
        return data

    def matching(self) -> Matching:
        """What was said."""
        data = self.cleaned_data
        columns = [data[f"column-{place}"] for place in range(len(self.found["headings"]))]
        fixed = {column: data[column] for column in FIXED if data[column]}
        return {"columns": columns, "fixed": {**self._creditor(data["creditor"]), **fixed}}

    def _creditor(self, chosen: str) -> dict[str, str]:
        if chosen == AS_CLIENT:
            told: dict[str, Any] = client_as_creditor(self.owner)
        elif chosen in self.creditors:
            names = [column.removeprefix(CUSTOMER) for column in fields() if column.startswith(CUSTOMER)]
            told = party_texts(self.creditors[chosen], names)
        else:
            told = {}
        return {f"{CUSTOMER}{name}": text for name, text in told.items()}


def _choices() -> list[tuple[str, Any]]:
    groups: dict[str, list[tuple[str, str]]] = {part: [] for part in PARTS}
    for column in fields():
        part = column.partition(".")[0]
        groups[part].append((column, pair(PARTS[part], column_label(column))))
    named = [(str(label), groups[part]) for part, label in PARTS.items()]
    return [("", _("— is not read —")), (CASE, column_label(CASE)), *named]


def _fixed_label(column: str) -> str:
    if column.startswith("debtor."):
        return _("Debtors: {name}").format(name=column_label(column))
    return capfirst(column_label(column))
