"""A file of cases, as text: judged by its content and read within bounds, whatever it claims to be."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import PurePath
from typing import IO, Any

from django.utils.translation import gettext as _
from tablib import Dataset

from documents.content import ContentRefused, inspect
from documents.content.types import XLSX as XLSX_KIND
from legalcity.lib.errors import BadRequest
from legalcity.lib.text import is_storable

MOST_BYTES = 4 * 1024 * 1024
MOST_ROWS = 1_000
MOST_COLUMNS = 120
MOST_LINES = 20_000  # with empty ones between the rows

Rows = list[list[str]]


def file_rows(file: IO[bytes], name: str) -> Rows:
    """The rows of a CSV or XLSX file, the headings first. Raises BadRequest with the reason."""
    data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise BadRequest(_("The file may have {most} MB at most.").format(most=MOST_BYTES // 1024 // 1024))
    try:
        dataset = _read(data, name)
    except ContentRefused as error:
        raise BadRequest(error.sentence) from error
    except csv.Error as error:
        raise BadRequest(_("The file cannot be read as CSV: {reason}").format(reason=error)) from error
    if not dataset.headers or not len(dataset):
        raise BadRequest(_("The file has no rows below its headings."))
    rows = [list(dataset.headers), *map(list, dataset)]
    if not all(is_storable(text) for row in rows for text in row):
        raise BadRequest(_("The file contains characters that cannot be stored."))
    return rows


def _read(data: bytes, name: str) -> Dataset:
    extension = PurePath(name).suffix.lower()
    if extension == ".csv":
        return _csv_table(_decoded(data))
    if extension != ".xlsx":
        raise BadRequest(_("Send a CSV or an XLSX file."))
    if inspect(io.BytesIO(data), file_name="cases.xlsx").mime != XLSX_KIND.mime:
        raise BadRequest(_("Send a CSV or an XLSX file."))
    try:
        return _xlsx_table(data)
    except BadRequest:
        raise
    except Exception as error:  # Whatever openpyxl says of a workbook whose parts do not fit together.
        raise BadRequest(_("The workbook cannot be read.")) from error


def _decoded(data: bytes) -> str:
    """UTF-8, or the code page that French Windows programs write."""
    if data.startswith((b"PK", b"%PDF", b"\xd0\xcf")) or b"\0" in data:
        raise BadRequest(_("This is not a CSV file."))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _csv_table(text: str) -> Dataset:
    """Semicolons, commas or tabs, whichever the headings are set apart by."""
    if max(text.count("\n"), text.count("\r")) > MOST_LINES:
        raise BadRequest(_too_long())
    head = text.partition("\n")[0]
    delimiter = max(";,\t", key=head.count)
    return _dataset(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))


def _xlsx_table(data: bytes) -> Dataset:
    """The first sheet, as far as a file of cases may go, whatever it says of its own size."""
    import openpyxl  # A fifth of the time that commands and workers take to start, most of which read no workbook.

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        rows = sheet.iter_rows(max_row=MOST_LINES, max_col=MOST_COLUMNS, values_only=True)
        return _dataset([cell_text(value) for value in row] for row in rows)
    finally:
        book.close()


def _dataset(rows: Iterable[Sequence[str]]) -> Dataset:
    """A table of text: headings trimmed, rows as wide as these, empty ones kept between others so that numbers fit."""
    dataset, empty = Dataset(), 0
    for row in rows:
        texts = [text.strip() for text in row]
        if dataset.headers is None:
            dataset.headers = _headings(texts)
        elif not any(texts):
            empty += 1
        else:
            width = len(dataset.headers)
            if any(texts[width:]):
                number = len(dataset) + empty + 2
                raise BadRequest(_("Row {number} is longer than the headings.").format(number=number))
            if len(dataset) + empty >= MOST_ROWS:
                raise BadRequest(_too_long())
            for _row in range(empty):
                dataset.append([""] * width)
            dataset.append([*texts[:width], *[""] * (width - len(texts))])
            empty = 0
    return dataset


def _headings(texts: list[str]) -> list[str]:
    while texts and not texts[-1]:
        texts.pop()
    if not texts or len(texts) > MOST_COLUMNS:
        raise BadRequest(_("The first row must hold the headings, {most} at most.").format(most=MOST_COLUMNS))
    return texts


def cell_text(value: Any) -> str:
    """A cell of a workbook as a person would have written it in a CSV file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, float):
        return f"{value:.10f}".rstrip("0").rstrip(".")
    return str(value)


def _too_long() -> str:
    return _("The file may have {most} rows at most: split it.").format(most=MOST_ROWS)
