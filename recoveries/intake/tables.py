"""The table of a file: its headings, its rows as text, and what is wrong with single cells before anybody reads them.

Why a cell is refused or told of is a code; sentences are made when a person reads them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from legalcity.lib.errors import BadRequest
from legalcity.lib.text import is_storable

MOST_ROWS = 50_000
MOST_COLUMNS = 120
MOST_LINES = 60_000  # with empty ones between the rows

GUARDED = ("=", "+", "-", "@")

Rows = list[list[str]]

# What spreadsheet programs write in place of a result, in English and French.
ENGLISH_ERRORS = ("#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!")
FRENCH_ERRORS = ("#NOM?", "#VALEUR!", "#NOMBRE!", "#NUL!", "#PROPAGATION!")
ERRORS = frozenset((*ENGLISH_ERRORS, *FRENCH_ERRORS))
REFUSED = {
    "error": gettext_lazy("The cell holds an error of the spreadsheet program."),
    "uncalculated": gettext_lazy(
        "The cell holds a formula whose result is not in the file: write the value, or save the file in a spreadsheet "
        "program."
    ),
    "boolean": gettext_lazy("The cell holds TRUE or FALSE."),
    "percent": gettext_lazy("The cell is formatted as a percentage, which this column is not."),
}
TOLD = {
    "length": gettext_lazy(
        "The cell holds a number of an unusual length: zeros may be lost at its beginning, or digits at its end."
    ),
    "date": gettext_lazy("The cell holds a date or a time where a text is expected."),
}


class Cell(NamedTuple):
    """The text of a cell, and the code of what is wrong with it or to be told of it."""

    text: str
    fault: str = ""


class Fault(NamedTuple):
    """Where a fault stands: the row (the first below the headings is 2), the column's heading."""

    number: int
    column: str
    code: str


@dataclass(slots=True)
class Table:
    """What a file says: `rows` (headings first) of one width; `sheets`: if several are visible, the read one first.

    `names`: which of our columns each one is, nothing for those that are none. `fixed`, of a client's own file: texts
    that go for every row.
    """

    rows: Rows = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    fixed: dict[str, str] | None = None
    faults: list[Fault] = field(default_factory=list)
    sheets: list[str] = field(default_factory=list)


def table_of(lines: Iterable[Sequence[Any]], cell_of: Callable[[Any, str], Cell], names: Sequence[str] = ()) -> Table:
    """A table of `lines`, each cell read by `cell_of` with the name of its column: its heading, where `names` say
    nothing else. Empty rows stay between others.

    Raises BadRequest for headings, widths and lengths that cannot be, and for characters that cannot be stored.
    """
    table, empty = Table(), 0
    for line in lines:
        if not table.rows:
            table.rows.append(_headings([cell_of(raw, "").text.strip() for raw in line]))
            table.names = list(names) or table.rows[0]
            continue
        headings = table.rows[0]
        number = len(table.rows) + empty + 1
        cells = [_tidy(cell_of(raw, heading)) for raw, heading in zip(line, table.names, strict=False)]
        if any(cell_of(raw, "").text.strip() for raw in line[len(headings) :]):
            raise BadRequest(_("Row {number} is longer than the headings.").format(number=number))
        if not any(cell.text for cell in cells):
            empty += 1
            continue
        if number > MOST_ROWS + 1:
            raise BadRequest(too_long())
        table.rows += [[""] * len(headings) for _row in range(empty)]
        empty = 0
        table.rows.append([cell.text for cell in cells] + [""] * (len(headings) - len(cells)))
        table.faults += [
            Fault(number, name, cell.fault)
            for cell, name in zip(cells, table.names, strict=False)
            if cell.fault and name
        ]
    return _checked(table)


def too_long() -> str:
    """The sentence about a file of too many rows."""
    return _("The file may have {most} rows at most: split it.").format(
        most=number_format(MOST_ROWS, use_l10n=True, force_grouping=True)
    )


def _tidy(cell: Cell) -> Cell:
    text = cell.text.strip()
    if text[:1] == "'" and text[1:2] in GUARDED:  # A file that we gave back, in which no text looks like a formula
        text = text[1:]
    return Cell(text, cell.fault or ("error" if text.upper() in ERRORS else ""))


def _headings(texts: list[str]) -> list[str]:
    while texts and not texts[-1]:
        texts.pop()
    if not texts or len(texts) > MOST_COLUMNS:
        raise BadRequest(_("The first row must hold the headings, {most} at most.").format(most=MOST_COLUMNS))
    return texts


def _checked(table: Table) -> Table:
    if len(table.rows) < 2:
        raise BadRequest(_("The file has no rows below its headings."))
    if not all(is_storable(text) for row in table.rows for text in row):
        raise BadRequest(_("The file contains characters that cannot be stored."))
    return table
