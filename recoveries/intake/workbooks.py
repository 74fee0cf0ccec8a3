"""Files of cases in workbooks (XLSX): each cell as a person sees it."""

import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.utils.escape import unescape

from legalcity.lib.errors import BadRequest
from recoveries.intake.columns import Kind, columns, kind_of
from recoveries.intake.number_formats import is_percent, shown
from recoveries.intake.tables import MOST_COLUMNS, MOST_LINES, Cell, Table, table_of

FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
# Digits that a number has in these columns, when it is written in full.
LENGTHS = {"company_postal": 5, "company_phone": 10, "company_siren": 9, "company_siret": 14}
EXACT_DIGITS = 15  # Of longer numbers spreadsheet programs forget the end.


class Uncalculated:
    """A cell with a formula whose result nobody has stored."""


def xlsx_table(data: bytes, names: Sequence[str] = ()) -> Table:
    """The visible sheet that has the headings, as far as a file of cases may go, whatever it says of its size.

    Where none has it is the first one. Raises BadRequest, which names the sheet where there are several.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Of what openpyxl leaves out: rules, extensions, styles.
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if not sheets:
            raise BadRequest(_("The workbook has no visible sheet."))
        sheets.sort(key=lambda sheet: not _has_headings(sheet))
        lines = _cells(sheets[0])
        if _has_formulas(data):
            formulas = openpyxl.load_workbook(io.BytesIO(data), read_only=True)[sheets[0].title]
            lines = _with_uncalculated(lines, _cells(formulas))
        titles = [sheet.title for sheet in sheets] if len(sheets) > 1 else []
        try:
            table = table_of(lines, cell_of, names)
        except BadRequest as error:
            raise BadRequest(f"{error} {_told_of(titles)}".strip()) from error
    table.sheets = titles
    return table


def _has_headings(sheet: Any) -> bool:
    """Whether its first row names a column of a file of cases."""
    known = columns()
    return any(str(cell.value).strip() in known for cell in next(_cells(sheet), ()))


def _told_of(sheets: Sequence[str]) -> str:
    """Which of several sheets was read."""
    sentence = _("The workbook has {number} visible sheets; “{read}” was read.")
    return sentence.format(number=len(sheets), read=sheets[0]) if sheets else ""


def cell_of(raw: Any, column: str) -> Cell:
    """A cell as a person would have written it in a CSV file under `column`."""
    if isinstance(raw, Uncalculated):
        return Cell("=…", "uncalculated")
    value, kind = raw.value, kind_of(column)
    if value is None:
        return Cell("")
    if raw.data_type == "e":
        return Cell(str(value), "error")
    if isinstance(value, bool):
        return Cell("1" if value else "0", "" if kind is Kind.FLAG else "boolean")
    if isinstance(value, datetime | date | time | timedelta):
        return _dated(value, kind)
    if isinstance(value, int | float):
        return _numbered(value, str(raw.number_format or ""), column, kind)
    return Cell(unescape(str(value)))


def _dated(value: date | time | timedelta, kind: Kind) -> Cell:
    if not isinstance(value, date):
        return Cell(str(value), "date")
    return Cell(f"{value:%Y-%m-%d}", "" if kind is Kind.DAY else "date")


def _numbered(value: float, form: str, column: str, kind: Kind) -> Cell:
    if is_percent(form):
        text = number_text(value * 100)
        return Cell(text) if kind is Kind.PERCENT else Cell(f"{text} %", "percent")
    if kind is not Kind.TEXT:
        return Cell(number_text(value))
    text = shown(Decimal(number_text(value)), form) if isfinite(value) else str(value)
    return Cell(text, "" if _has_usual_length(text, column) else "length")


def _has_usual_length(text: str, column: str) -> bool:
    digits = sum(char.isdigit() for char in text)
    return digits <= EXACT_DIGITS and digits == LENGTHS.get(column.rpartition(".")[2], digits)


def number_text(value: float) -> str:
    """A number in full. Never with three decimals, which a reader of what people write takes for thousands."""
    if isinstance(value, int) or not isfinite(value):
        return str(value)
    text = f"{value:.10f}".rstrip("0").rstrip(".")
    return f"{text}0" if len(text.partition(".")[2]) == 3 else text


def _cells(sheet: Any) -> Iterator[Sequence[Any]]:
    sheet.reset_dimensions()
    return iter(sheet.iter_rows(max_row=MOST_LINES, max_col=MOST_COLUMNS))


def _has_formulas(data: bytes) -> bool:
    """Whether a sheet holds any: only then it is read a second time, for those without a result."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [name for name in archive.namelist() if name.endswith(".xml") and "sheet" in name.lower()]
        return any(FORMULA.search(archive.read(name)) for name in names)


def _with_uncalculated(values: Iterator[Sequence[Any]], formulas: Iterator[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """The cells of `values`, those without a value that hold a formula marked. `str` is an empty text as a result."""
    for line, sources in zip(values, formulas, strict=True):
        yield [
            Uncalculated() if cell.value is None and cell.data_type != "str" and source.data_type == "f" else cell
            for cell, source in zip(line, sources, strict=True)
        ]
