"""The form of a case that is opened by hand: its parts, as many invoices as it has rows, what is wrong beside each."""

from collections.abc import Mapping
from typing import Any

from django.forms import BoundField
from django.http import QueryDict

from accounts.models import User
from companies.rules import NOT_REAL_SIREN
from legalcity.api.validation import read, reader_of
from legalcity.lib.errors import Invalid
from legalcity.lib.reading import Manner
from legalcity.lib.reading.identifiers import is_real_siren
from recoveries.desk.opening.fields import CUSTOMER, DEBTOR, RECOVERY, WrittenForm
from recoveries.intake.columns import INVOICE
from recoveries.intake.drafts import first_due, invoice_known_sentence, invoices_known
from recoveries.serializers import CompleteSerializer

ROWS, MORE_ROWS, MOST_ROWS = 3, 5, 150  # of invoices; larger cases come as a file

WHO = (
    *("company_type", "company_legal_form", "company_siren", "company_name"),
    *("company_legalrep_gender", "company_legalrep_firstname", "company_legalrep_lastname"),
)
WHERE = (
    *("company_address", "company_postal", "company_city", "company_country"),
    *("company_email", "company_phone"),
)
MORE = (
    *("company_freelance_type", "company_legalrep_quality", "company_legalrep_quality_other"),
    *("company_legalrep_birthday", "company_legalrep_birthday_city", "company_legalrep_nationality"),
    *("company_legalrep_profession", "company_activity", "company_state"),
)
PARTY = (*WHO, *WHERE, *MORE)
MATTER = (
    *("recovery_service_object", "external_id", "recovery_due_date", "matter"),
    *("recovery_raison_notpaid", "recovery_observations"),
)
TERMS = (
    *("recovery_late_interest", "recovery_interest_rate", "recovery_interest_rate_percent"),
    *("recovery_penalty", "recovery_penalty_type", "recovery_penalty_amount", "recovery_penalty_percent"),
)
INVOICE_FIELDS = ("invoice_number", "invoice_date", "invoice_due_date", "invoice_amount")
ROWS_FIELD = "rows"

Values = dict[str, Any]


class OpeningForm:
    """What was typed of a case for the client `owner`; `data` is None for a form that nobody has sent yet."""

    def __init__(self, owner: User, data: QueryDict | None = None, *, initial: Mapping[str, Values] | None = None):
        self.owner, self.initial = owner, initial or {}
        self.parts = {
            RECOVERY: self._part(RECOVERY, (*MATTER, *TERMS), data),
            CUSTOMER: self._part(CUSTOMER, PARTY, data),
            DEBTOR: self._part(DEBTOR, PARTY, data),
        }
        self.invoices = [
            WrittenForm(INVOICE, INVOICE_FIELDS, data, prefix=f"{INVOICE}-{row}") for row in range(_rows_of(data))
        ]
        self.errors: list[str] = []
        self.known: list[str] = []

    def _part(self, part: str, names: tuple[str, ...], data: QueryDict | None) -> WrittenForm:
        return WrittenForm(part, names, data, prefix=part, initial=self.initial.get(part))

    @property
    def forms(self) -> list[WrittenForm]:
        """All its parts."""
        return [*self.parts.values(), *self.invoices]

    def shown(self, part: str, names: tuple[str, ...]) -> list[BoundField]:
        """The fields of a part by their names."""
        return [self.parts[part][name] for name in names]

    def fill_in(self, part: str, values: Values) -> None:
        """Fill a part in anew, whatever was typed there."""
        self.initial = {**self.initial, part: values}
        self.parts[part] = self._part(part, tuple(self.parts[part].fields), None)

    @property
    def is_wrong(self) -> bool:
        """Whether anything was refused."""
        return bool(self.errors) or any(form.is_bound and form.errors for form in self.forms)

    @property
    def template_row(self) -> WrittenForm:
        """An empty row, by which a script makes more of them."""
        return WrittenForm(INVOICE, INVOICE_FIELDS, prefix=f"{INVOICE}-__row__")

    def read(self) -> Values | None:
        """The values of the case, as the API reads them; None when something is wrong, which then stands beside it."""
        refused = [form for form in self.forms if not form.is_valid()]  # Each says what is wrong with it
        if refused:
            return None
        filled = [form for form in self.invoices if not form.is_blank]
        body: Values = {part: form.body() for part, form in self.parts.items()}
        body["invoices"] = [form.body() for form in filled]
        if due := first_due(body["invoices"]):
            body[RECOVERY].setdefault("recovery_due_date", due)
        values: Values = {}
        try:
            values = read(reader_of(CompleteSerializer, Manner.WRITTEN), body)
        except Invalid as error:
            self.refuse(error)
        for side in (CUSTOMER, DEBTOR):
            self._check_siren(side)
        if self.is_wrong:
            return None
        numbers = [item["invoice_number"] for item in values["invoices"]]
        self.known = [invoice_known_sentence(*known) for known in invoices_known(self.owner, numbers)]
        return values

    def refuse(self, error: Invalid) -> None:
        """Show what the API says beside the fields that it is about."""
        filled = [form for form in self.invoices if not form.is_blank]
        for key, sentences in error.errors.items():
            part, _dot, name = key.partition(".")
            form = self.parts.get(part)
            if part == "invoices":
                row, _dot, name = name.partition(".")
                form = filled[int(row)] if row.isdecimal() and int(row) < len(filled) else None
            if form is None or not form.refuse(name, sentences):
                self.errors.extend(map(str, sentences))

    def _check_siren(self, side: str) -> None:
        """A slip of the finger: programs copy numbers, people type them."""
        form = self.parts[side]
        typed = "".join(form.cleaned_data.get("company_siren", "").split())
        if len(typed) == 9 and typed.isascii() and typed.isdecimal() and not is_real_siren(typed):
            form.refuse("company_siren", [NOT_REAL_SIREN])


def _rows_of(data: QueryDict | None) -> int:
    """How many rows of invoices the form has."""
    told = str(data.get(ROWS_FIELD, "")) if data else ""
    return min(int(told), MOST_ROWS) if told.isascii() and told.isdecimal() and len(told) < 5 else ROWS
