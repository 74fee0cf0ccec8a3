"""Rows into cases: grouped by their key, each as the body that the API's `complete` takes, read by its serializer."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from invoicing.models import Invoice
from legalcity.api.validation import read, reader_of
from legalcity.lib.errors import BadRequest, Invalid
from legalcity.lib.reading import Manner, Unreadable
from legalcity.lib.reading.days import read_day
from recoveries.intake.columns import CASE, INVOICE, PARTS, api_text, columns
from recoveries.intake.matching import REMARK, completed
from recoveries.intake.tables import REFUSED, TOLD, Table
from recoveries.serializers import CompleteSerializer

Errors = dict[int, dict[str, list[str]]]  # row number → column → sentences


@dataclass(slots=True)
class CaseDraft:
    """One case of the file: the numbers of its rows (the first row below the headings is 2) and its typed values."""

    rows: list[int]
    values: dict[str, Any] | None = None


@dataclass(slots=True)
class Draft:
    """What the file says: cases, what is wrong by row, and what looks as if it was there already."""

    cases: list[CaseDraft] = field(default_factory=list)
    errors: Errors = field(default_factory=dict)
    warnings: Errors = field(default_factory=dict)

    def fail(self, number: int, column: str, sentences: Sequence[Any]) -> None:
        """Write down what is wrong with a cell."""
        self.errors.setdefault(number, {}).setdefault(column, []).extend(map(str, sentences))


def draft_of(table: Table, *, owner: User, told: Callable[[int], object] = lambda _rows: None) -> Draft:
    """The cases in `table`, checked by the rules of the API. Raises BadRequest for headings.

    `told` is called with the number of rows that are checked, case by case.
    """
    _check_headings(table.names)
    cells = cells_of(table)
    draft, checked = Draft(), 0
    for numbers in _grouped(cells):
        draft.cases.append(_case(draft, numbers, cells, takes_first_due=table.fixed is not None))
        checked += len(numbers)
        told(checked)
    _tell_of_cells(draft, table)
    _warn_of_duplicates(draft, owner)
    return draft


def cells_of(table: Table) -> dict[int, dict[str, str]]:
    """The rows that say something, by their numbers: the text of each of our columns.

    What goes for every row is said in the first row of each case: further ones may leave it empty.
    """
    rows = {number: row for number, row in enumerate(table.rows[1:], 2) if any(row)}
    named = {
        number: {name: text for name, text in zip(table.names, row, strict=True) if name not in ("", REMARK)}
        for number, row in rows.items()
    }
    if table.fixed is not None:
        for first, *_further in _grouped(named):
            named[first] = completed(named[first], table.fixed)
    return named


def _tell_of_cells(draft: Draft, table: Table) -> None:
    """What is wrong with cells themselves: what the API would say of them is beside the point."""
    for number, column, code in table.faults:
        if code in REFUSED:
            draft.errors.setdefault(number, {})[column] = [str(REFUSED[code])]
        else:
            draft.warnings.setdefault(number, {}).setdefault(column, []).append(str(TOLD[code]))


def _check_headings(headings: Sequence[str]) -> None:
    headings = [heading for heading in headings if heading not in ("", REMARK)]
    unknown = [heading for heading in headings if heading not in columns()]
    if unknown:
        names = ", ".join(heading[:60] or "—" for heading in unknown[:10])
        raise BadRequest(_("Unknown headings: {names}. Take those of the template.").format(names=names))
    if len(set(headings)) != len(headings):
        raise BadRequest(_("A heading stands twice."))


def _grouped(cells: Mapping[int, Mapping[str, str]]) -> list[list[int]]:
    groups: dict[str, list[int]] = {}
    for number, row in cells.items():
        groups.setdefault(row.get(CASE) or f"\0{number}", []).append(number)
    return list(groups.values())


def _case(
    draft: Draft, numbers: list[int], cells: Mapping[int, Mapping[str, str]], *, takes_first_due: bool
) -> CaseDraft:
    first = cells[numbers[0]]
    for number in numbers[1:]:
        _check_same(draft, number, cells[number], first)
    case = CaseDraft(numbers)
    try:
        body = _body(first, [cells[number] for number in numbers])
        if takes_first_due and (due := first_due(body["invoices"])):
            body["recovery"].setdefault("recovery_due_date", due)
        case.values = read(reader_of(CompleteSerializer, Manner.WRITTEN), body)
    except Invalid as invalid:
        for key, sentences in invalid.errors.items():
            draft.fail(*_place(key, numbers), sentences)
    return case


def _check_same(draft: Draft, number: int, row: Mapping[str, str], first: Mapping[str, str]) -> None:
    """What is said of the case stands in its first row; further rows leave it empty or repeat it."""
    for column, text in row.items():
        is_of_case = column != CASE and not column.startswith(f"{INVOICE}.")
        if text and is_of_case and text != first.get(column):
            draft.fail(number, column, [_("This differs from the first row of the case.")])


def _body(first: Mapping[str, str], rows: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    body: dict[str, Any] = {part: _part(first, part) for part in PARTS}
    body["invoices"] = [_part(row, INVOICE) for row in rows]
    return body


def first_due(invoices: Sequence[Mapping[str, str]]) -> str:
    """The earliest day on which one of the bodies of invoices is due, as far as their days can be read; or nothing."""
    return min(filter(None, map(_due, invoices)), default="")


def _due(invoice: Mapping[str, str]) -> str:
    typed = invoice.get("invoice_due_date") or invoice.get("invoice_date") or ""
    try:
        return read_day(typed, manner=Manner.WRITTEN).isoformat()
    except Unreadable:
        return ""


def _part(row: Mapping[str, str], part: str) -> dict[str, str]:
    prefix = f"{part}."
    return {
        column.removeprefix(prefix): api_text(column, text)
        for column, text in row.items()
        if text and column.startswith(prefix)
    }


def _place(key: str, numbers: list[int]) -> tuple[int, str]:
    """Where the error of the API's `key` stands: the row and its column."""
    name, _dot, rest = key.partition(".")
    if name != "invoices":
        return numbers[0], key
    index, _dot, column = rest.partition(".")
    number = numbers[int(index)] if index.isdigit() and int(index) < len(numbers) else numbers[0]
    return number, f"{INVOICE}.{column or 'invoice_number'}"


def _warn_of_duplicates(draft: Draft, owner: User) -> None:
    """Invoices whose number stands in another case of the client: the case may be there already."""
    numbers: dict[str, int] = {}
    for case in draft.cases:
        for invoice in (case.values or {}).get("invoices", ()):
            numbers.setdefault(invoice["invoice_number"], case.rows[0])
    for number, reference in invoices_known(owner, numbers):
        sentence = invoice_known_sentence(number, reference)
        draft.warnings.setdefault(numbers[number], {}).setdefault(f"{INVOICE}.invoice_number", []).append(sentence)


def invoices_known(owner: User, numbers: Collection[str]) -> list[tuple[str, str]]:
    """Of `numbers` of invoices those that stand in cases of the client, each with the case's reference: one statement.

    A thousand at most.
    """
    found = Invoice.objects.filter(recovery__owner=owner, invoice_number__in=numbers)
    return list(found.values_list("invoice_number", "recovery__recovery_reference")[:1000])


def invoice_known_sentence(number: str, reference: str) -> str:
    """What is said of one."""
    return _("The invoice {number} stands in the case {reference}.").format(number=number, reference=reference)
