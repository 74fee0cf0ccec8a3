"""Tables for spreadsheet programs, which take some texts for formulas: those are made harmless."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

from legalcity.lib.text import xml_text

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
MOST_CHARACTERS = 32_767  # in a cell, by the format


def harmless(text: str) -> str:
    """`text` as no spreadsheet program takes it for a formula: with an apostrophe before what could begin one."""
    return f"'{text}" if text.lstrip(" \u00a0").startswith(FORMULA_STARTS) or text.startswith(FORMULA_STARTS) else text


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """The rows as CSV, a piece at a time: semicolons and a mark of UTF-8, as French spreadsheet programs expect."""
    writer = csv.writer(_Echo(), delimiter=";")
    yield b"\xef\xbb\xbf"
    for row in rows:
        yield writer.writerow([_text(value) for value in row]).encode()


def xlsx_write(file: IO[bytes], rows: Iterable[Sequence[Any]], *, title: str) -> None:
    """The rows as a workbook of one sheet, written row by row: memory does not grow with their number."""
    from openpyxl import Workbook  # A fifth of the time that commands and workers take to start, if it stood above.

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    for row in rows:
        sheet.append([_cell(value) for value in row])
    book.save(file)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return harmless(value) if isinstance(value, str) else str(value)


def _cell(value: Any) -> Any:
    if not isinstance(value, str):
        return float(value) if isinstance(value, Decimal) else value
    return harmless(xml_text(value))[:MOST_CHARACTERS]
