"""What the list of cases can be filtered by, as plain query parameters: whoever links to a filtered list uses these.

/admin/recoveries/recovery/?handler=me&deadline=7&state=open

q           text: reference, names of debtor and creditor, without case and accents
state       open | closed
group       id of a group of statuses
status      id of a status
type        1 amicable | 2 injonction de payer | wish: amicable, the client asks for an injonction de payer
handler     me | none | id of a member of staff
client      id of the client's account
company     id of a company that is creditor or debtor
did         behind a figure of the results: what.from.to, as received.2026-01.2026-11 (reads/results.py, Did)
aged        behind a band of age of the portfolio: at.band.from.to, as now.2.2026-01.2026-11 (reads/aged.py)
age         days since the due date: due | 30 | 60 | 90 | 180 | 365 | older (selectors/worklist.py, AGES)
amount      EUR to be recovered: 1000 | 5000 | 20000 | more (AMOUNTS)
amount_min  EUR to be recovered, at least
amount_max  and at most
owed        due as of today: none | some | unknown (a rate is missing)
country     ISO code of the debtor's country | unknown
deadline    next legal date of an open case, limitation included: overdue | 7 | 30 (from today on) | any
work        what the case waits for (work_filter.py): today | unassigned | unread | documents | deadlines | fees
unread      1: a client has written what no member of staff has read
new         1: opened within the last 7 days
quiet       nothing happened for so many days: 7 | 30 | 90

They add up. A value that is none of these is shown as an error above the list and filters nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from backoffice.origin import staff_of
from legalcity.lib.clock import today
from legalcity.lib.countries import EU, country_names
from legalcity.lib.dates import EARLIEST
from legalcity.lib.form_fields import AmountField
from recoveries.catalogue import catalogue
from recoveries.desk import work_filter
from recoveries.desk.reads.aged import Aged, At
from recoveries.desk.reads.portfolio_groups import BANDS, NOT_DUE
from recoveries.desk.reads.results import Did
from recoveries.desk.reads.worklist import (
    AGES,
    AMOUNTS,
    DEADLINES,
    MOST_HANDLERS,
    OWED,
    QUIET,
    cases_filtered,
    handlers,
)
from recoveries.models import Recovery, StatusGroup
from recoveries.widgets import ClientSelect, PlainSelect

Choices = Iterable[tuple[Any, Any]]
LATEST = date(2100, 1, 1)  # the last month that is asked for
MOST_QUERY = 1_000  # characters
BAND_NAMES = {str(band): band for band in range(NOT_DUE, len(BANDS) + 1)}
YES = [("1", _("yes"))]
TYPES = [*Recovery.Type.choices, ("wish", _("amicable, the client asks for an injonction de payer"))]


def _groups() -> Choices:
    return StatusGroup.objects.values_list("id", "name")


def _statuses() -> Choices:
    return [(entry.id, entry.name) for entry in catalogue.entries.values()]


def _handlers() -> Choices:
    return [("me", _("me")), ("none", _("nobody")), *((user.pk, str(user)) for user in handlers()[:MOST_HANDLERS])]


def _countries() -> Choices:
    names = country_names(get_language() or "en")
    union = [(code, name) for code, name in names.items() if code in EU - {"FR"}]
    elsewhere = [(code, name) for code, name in names.items() if code not in EU]
    return [
        ("FR", names["FR"]),
        ("unknown", _("not understood")),
        (_("European Union"), union),
        (_("Elsewhere"), elsewhere),
    ]


def choice(label: Any, choices: Choices | Callable[[], Choices]) -> forms.ChoiceField:
    """A select that may be left alone."""

    def all_choices() -> list[tuple[Any, Any]]:
        return [("", "—"), *(choices() if callable(choices) else choices)]

    return forms.ChoiceField(label=label, choices=all_choices, required=False, widget=PlainSelect)


def is_select(field: forms.Field) -> bool:
    """Whether all values of a field are known here."""
    return isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField)


def _amount(label: Any) -> AmountField:
    return AmountField(label=label, max_digits=20, required=False)


class FigureField(forms.Field):
    """What stands behind a figure of some months: `received.2026-01.2026-11`, the months last."""

    def to_python(self, value: Any) -> Any:
        """What `read` makes of it; None for nothing."""
        if value in self.empty_values:
            return None
        try:
            *what, first, last = str(value).split(".")
            months = date.fromisoformat(f"{first}-01"), date.fromisoformat(f"{last}-01")
            if not EARLIEST <= months[0] <= months[1] <= LATEST:
                raise ValueError
            return self.read(what, *months)
        except (ValueError, KeyError):
            raise forms.ValidationError(_("This figure is not known.")) from None

    def read(self, what: list[str], first: date, last: date) -> Any:
        """The figure, of the months from `first` to `last` (their first days). Raises ValueError, KeyError for none."""
        raise NotImplementedError


class DidField(FigureField):
    """What was done: `received.2026-01.2026-11`."""

    def read(self, what: list[str], first: date, last: date) -> tuple[Did, date, date]:
        """What, and the months."""
        [did] = what
        return Did(did), first, last


class AgedField(FigureField):
    """A band of age: `now.2.2026-01.2026-11`."""

    def read(self, what: list[str], first: date, last: date) -> Aged:
        """The band, today or at filing, of the cases filed in the months."""
        at, band = what
        return Aged(At(at), BAND_NAMES[band], first, last)


class CaseFilter(forms.Form):
    """The filters, as the panel above the list shows them."""

    work = choice(_("waits for"), work_filter.LABELS.items())
    state = choice(_("state"), [("open", _("open")), ("closed", _("closed"))])
    group = choice(_("group of statuses"), _groups)
    status = choice(_("status"), _statuses)
    type = choice(_("type"), TYPES)
    handler = choice(_("handler"), _handlers)
    client = forms.ModelChoiceField(
        User.objects.all(),
        label=_("client"),
        required=False,
        widget=ClientSelect(),
    )
    age = choice(_("days since the due date"), [(name, band.label) for name, band in AGES.items()])
    amount = choice(_("to recover"), [(name, band.label) for name, band in AMOUNTS.items()])
    amount_min = _amount(_("to recover, from (€)"))
    amount_max = _amount(_("to recover, up to (€)"))
    owed = choice(_("due as of today"), OWED.items())
    country = choice(_("debtor's country"), _countries)
    deadline = choice(_("next legal deadline"), DEADLINES.items())
    unread = choice(_("unread comment of the client"), YES)
    new = choice(_("opened within 7 days"), YES)
    quiet = choice(_("nothing happened"), QUIET.items())
    company = forms.IntegerField(
        label=_("company (id)"), min_value=1, max_value=2**63 - 1, required=False, widget=forms.HiddenInput
    )
    did = DidField(label=_("behind a figure of the results"), required=False, widget=forms.HiddenInput)
    aged = AgedField(label=_("behind a figure of the portfolio"), required=False, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data, auto_id="filter_%s")
        for field in self.fields.values():
            if is_select(field):
                field.choices = list(field.choices)  # type: ignore[attr-defined] # Read once for checking and showing.
            field.label = str(field.label)[:1].upper() + str(field.label)[1:]

    @property
    def active(self) -> dict[str, Any]:
        """The filters that take effect, by name."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}


NAMES = frozenset(CaseFilter.base_fields)


def query_kept(query: str) -> str:
    """The part of a query string that filters, searches or sorts the list, if it is good; else empty."""
    try:
        pairs = dict(parse_qsl(query, max_num_fields=50))
    except ValueError:
        return ""
    if not pairs:
        return ""
    form = CaseFilter({name: value for name, value in pairs.items() if name in NAMES})
    kept = urlencode({name: value for name, value in pairs.items() if name in form.active or name in ("q", "o")})
    return kept if len(kept) <= MOST_QUERY else ""


class CaseFilters(admin.ListFilter):
    """All filters of the list as one: a form instead of rows of links."""

    title = _("filters")
    template = "admin/recoveries/nothing.html"  # The panel is shown above the list.

    def __init__(
        self, request: HttpRequest, params: dict[str, Any], model: type[Recovery], model_admin: admin.ModelAdmin
    ) -> None:
        super().__init__(request, params, model, model_admin)
        for name in NAMES & params.keys():
            value = params.pop(name)
            self.used_parameters[name] = value[-1] if isinstance(value, list) else value
        self.form = CaseFilter(self.used_parameters)

    def has_output(self) -> bool:
        """Always shown."""
        return True

    def choices(self, changelist: Any) -> Any:
        """None: it is a form."""
        return ()

    def expected_parameters(self) -> list[str | None]:
        """The names in the address."""
        return [*sorted(NAMES)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Recovery]) -> QuerySet[Recovery]:
        """The cases that are asked for."""
        return cases_wanted(queryset, self.form, user=staff_of(request))


def cases_wanted(cases: QuerySet[Recovery], form: CaseFilter, *, user: User) -> QuerySet[Recovery]:
    """The cases that the filters leave."""
    wanted = dict(form.active)
    work = wanted.pop("work", None)
    found = cases_filtered(cases, wanted, user=user)
    return work_filter.CHOICES[work](found, today()) if work else found


def filters_shown(active: Mapping[str, Any], form: CaseFilter) -> list[tuple[str, str]]:
    """The filters that take effect, in words: label and value."""
    return [(str(form.fields[name].label), _in_words(form.fields[name], value)) for name, value in active.items()]


def _in_words(field: forms.Field, value: Any) -> str:
    if not is_select(field):
        return str(value)
    labels: dict[str, Any] = {}
    for key, label in field.choices:  # type: ignore[attr-defined]
        labels.update({str(k): v for k, v in label} if isinstance(label, list) else {str(key): label})
    return str(labels.get(str(value), value))
