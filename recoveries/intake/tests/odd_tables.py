"""Odd files of cases, the same in every run, whose right reading is known because they are made from it."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

import openpyxl
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from legalcity.lib.spreadsheets import xlsx_write
from recoveries.intake.tables import Fault

CASE, NAME, OBJECT = "case", "debtor.company_name", "recovery.recovery_service_object"
POSTAL, PHONE, SIREN = "debtor.company_postal", "debtor.company_phone", "debtor.company_siren"
NUMBER, DAY, AMOUNT = "invoice.invoice_number", "invoice.invoice_date", "invoice.invoice_amount"
RATE, FLAG = "recovery.recovery_interest_rate_percent", "recovery.recovery_late_interest"
COLUMNS = (NAME, CASE, OBJECT, POSTAL, PHONE, SIREN, NUMBER, DAY, AMOUNT, RATE, FLAG)

NAMES = (
    "Société Générale",
    "L’Atelier d'Œuvres",
    "Hôtel “du Parc”",
    "Ça & Là",
    "Noël Maître",
    "Žižek – fils",
    "100 % Bio",
)
PLAIN = ("SARL Durand", "=1+1", "A;B,C|D", 'Dit "le Grand"', "deux\nlignes", "0012", "-", "<b>", "1e5")
PHONE_FORM = '0#" "##" "##" "##" "##'


class Written(NamedTuple):
    """What stands in a cell, by which number format, how it is to be read, and what is wrong with it."""

    value: Any
    form: str
    text: str
    fault: str = ""


@dataclass
class OddTable:
    """A file and its right reading: rows and faults, or nothing where it is to be refused."""

    how: str
    name: str
    data: bytes
    rows: list[list[str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    sheets: list[str] = field(default_factory=list)
    is_refused: bool = False


def odd_tables(seed: int, number: int) -> list[OddTable]:
    """`number` files, every second one a workbook."""
    chance = Random(seed)
    return [(_workbook if turn % 2 else _csv)(chance) for turn in range(number)]


# --- CSV -------------------------------------------------------------------------------------------------------------
ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "utf-8": str.encode,
    "utf-8 with its mark": lambda text: text.encode("utf-8-sig"),
    "utf-8 with two marks": lambda text: f"\ufeff{text}".encode("utf-8-sig"),
    "utf-16 with its mark": lambda text: text.encode("utf-16"),
    "utf-16, the other way round": lambda text: f"\ufeff{text}".encode("utf-16-be"),
    "utf-16 without a mark": lambda text: text.encode("utf-16-le"),
    "windows": lambda text: text.encode("cp1252"),
    "apple": lambda text: text.encode("mac_roman", "replace"),
    "dos": lambda text: text.encode("cp850", "replace"),
}
ENDS = ("", "", "\x1a", "\0\0", "\r\n\r\n", ";;;")


def _csv(chance: Random) -> OddTable:
    encoding, separator = chance.choice(list(ENCODINGS)), chance.choice(";,\t|")
    line_end = chance.choice(("\r\n", "\n", "\r"))
    quoting = csv.QUOTE_ALL if line_end == "\r" else chance.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
    is_named = chance.random() < 0.25
    is_foreign = encoding in ("apple", "dos")
    rows, faults = _text_rows(chance, is_windows=encoding == "windows", is_foreign=is_foreign)
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, lineterminator=line_end, quoting=quoting)
    for row in rows:
        writer.writerow(_ragged(chance, row) if row is not rows[0] else row)
    end = chance.choice(ENDS).replace(";", separator).replace("\r\n", line_end)
    whole = (f"sep={separator}{line_end}" if is_named else "") + text.getvalue() + end
    how = f"{encoding}, {separator!r}, {line_end!r}, {end!r}, {is_named=}"
    name = chance.choice(("cases.csv", "CASES.CSV", "export.txt"))
    return OddTable(how, name, ENCODINGS[encoding](whole), rows, faults, is_refused=is_foreign)


def _text_rows(chance: Random, *, is_windows: bool, is_foreign: bool) -> tuple[list[list[str]], list[Fault]]:
    headings = _headings(chance)
    rows, faults = [headings], []
    names = [name for name in NAMES if not (is_windows and "Ž" in name)]
    for number in range(2, 2 + chance.randint(1, 6)):
        if number > 2 and chance.random() < 0.15:
            rows.append([""] * len(headings))
            continue
        row = [chance.choice((*names, *PLAIN, "")) for _heading in headings]
        row[0] = "Société à Épinal" if is_foreign else chance.choice(names)
        if chance.random() < 0.2:
            place = chance.randrange(len(headings))
            row[place] = chance.choice(("#N/A", "#REF!", "#NOM?", "#DIV/0!"))
            faults.append(Fault(number, headings[place], "error"))
        rows.append(row)
    while not any(rows[-1]):
        rows.pop()  # Empty rows at the end are no rows.
    return rows, faults


def _ragged(chance: Random, row: Sequence[str]) -> list[str]:
    """The row without empty cells at its end, or with spaces around what stands in it."""
    cells = [f" {text}\u00a0" if text and chance.random() < 0.2 else text for text in row]
    while len(cells) > 1 and not cells[-1] and chance.random() < 0.7:
        cells.pop()
    return cells


# --- workbooks -------------------------------------------------------------------------------------------------------
def _workbook(chance: Random) -> OddTable:
    headings = _headings(chance)
    lines = [[_cell(chance, heading) for heading in headings] for _row in range(chance.randint(1, 6))]
    lines[0][0] = Written("Durand", "General", "Durand")
    producer = chance.choice((_by_hand, _by_hand, _row_by_row, _by_export))
    if producer is _by_export:
        lines = [[Written(cell.text, "General", cell.text) for cell in line] for line in lines]
    sheets, data, how = producer(chance, headings, lines)
    table = OddTable(f"{producer.__name__}, {how}", "cases.xlsx", data, [headings], [], sheets)
    for number, line in enumerate(lines, 2):
        table.rows.append([cell.text for cell in line])
        errors = (_fault_of_text(cell) for cell in line)
        table.faults += [
            Fault(number, heading, fault) for heading, fault in zip(headings, errors, strict=True) if fault
        ]
    while not any(table.rows[-1]):
        table.rows.pop()
    return table


def _fault_of_text(cell: Written) -> str:
    return cell.fault or ("error" if cell.text in ("#N/A", "#VALUE!") else "")


def _headings(chance: Random) -> list[str]:
    return [NAME, *chance.sample(COLUMNS[1:], chance.randint(3, len(COLUMNS) - 1))]


def _cell(chance: Random, heading: str) -> Written:
    general = [
        Written(None, "General", ""),
        Written("#N/A", "General", "#N/A", "error"),
        Written("=A1&B1", "General", "=…", "uncalculated"),
        Written(
            *chance.choice([("a_x000D_\nb", "General", "a\r\nb"), ("x_x0041_", "@", "xA"), ("_x005F_x41", "@", "_x41")])
        ),
        Written("#VALUE!", "General", "#VALUE!", "error"),
    ]
    if heading != FLAG:
        general.append(Written(True, "General", "1", "boolean"))
    if heading != RATE:
        general.append(Written(0.25, "0%", "25 %", "percent"))
    if heading not in (RATE, AMOUNT, DAY, FLAG):
        general.append(Written(datetime(2026, 3, 1), "mmm-yy", "2026-03-01", "date"))
    return chance.choice(general) if chance.random() < 0.25 else _own_cell(chance, heading)


def _own_cell(chance: Random, heading: str) -> Written:
    """A cell of the kind that its column asks for."""
    day = date(1990, 1, 1) + timedelta(days=chance.randrange(40_000))
    cents, number = chance.randrange(10**7), chance.randrange(1000, 99_999)
    amount = f"{cents / 100:.2f}".rstrip("0").rstrip(".")
    made: dict[str, list[Written]] = {
        POSTAL: [
            Written(number, "00000", f"{number:05}"),
            Written(number, "General", f"{number}", "" if number > 9999 else "length"),
            Written(f"{number:05}", "@", f"{number:05}"),
        ],
        PHONE: [
            Written(612345678, PHONE_FORM, "06 12 34 56 78"),
            Written(612345678, "0000000000", "0612345678"),
            Written(612345678, "General", "612345678", "length"),
        ],
        SIREN: [
            Written(552100554, "000\\ 000\\ 000", "552 100 554"),
            Written(552100554, "#,##0", "552100554"),
            Written(5521005, "0", "5521005", "length"),
        ],
        NUMBER: [
            Written(number, '"F-"000000', f"F-{number:06}"),
            Written(number, "General", f"{number}"),
            Written(12345678901234570, "0", "12345678901234570", "length"),
        ],
        DAY: [
            Written(datetime(day.year, day.month, day.day), "dd/mm/yyyy", f"{day:%Y-%m-%d}"),
            Written(datetime(day.year, day.month, day.day, 12), "yyyy-mm-dd hh:mm", f"{day:%Y-%m-%d}"),
            Written(f"{day:%d/%m/%Y}", "@", f"{day:%d/%m/%Y}"),
        ],
        AMOUNT: [
            Written(cents / 100, '#,##0.00\\ "€"', amount),
            Written(cents // 100, "[$€-40C]\\ #,##0", f"{cents // 100}"),
            Written(number + 0.125, "General", f"{number}.1250"),
        ],
        RATE: [Written(0.1, "0%", "10"), Written(0.035, "0.00%", "3.5"), Written(7.5, "0.00", "7.5")],
        FLAG: [Written(True, "General", "1"), Written(False, "General", "0"), Written("oui", "@", "oui")],
    }
    texts = [Written(text, "General", text) for text in (*NAMES, *PLAIN) if not text.startswith("=")]
    return chance.choice(made.get(heading, texts))


def _by_hand(chance: Random, headings: list[str], lines: list[list[Written]]) -> tuple[list[str], bytes, str]:
    """As people make workbooks: sheets that are hidden, sheets beside, days counted from 1904."""
    book = openpyxl.Workbook()
    is_old, is_hidden, is_beside = (chance.random() < 0.3 for _choice in range(3))
    if is_old:
        book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    for column, heading in enumerate(headings, 1):
        sheet.cell(1, column, heading)
        for row, line in enumerate(lines, 2):
            cell = sheet.cell(row, column, line[column - 1].value)
            cell.number_format = line[column - 1].form
    if is_hidden:
        book.create_sheet("Paramètres", 0).sheet_state = chance.choice(("hidden", "veryHidden"))
    if is_beside:
        book.create_sheet("Notes").append(["rien"])
    return ["Sheet", "Notes"] if is_beside else [], _saved(book), f"{is_old=} {is_hidden=}"


def _row_by_row(_chance: Random, headings: list[str], lines: list[list[Written]]) -> tuple[list[str], bytes, str]:
    """As programs export them, without saying how large the sheet is."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Export")
    sheet.append(headings)
    for line in lines:
        cells = []
        for written in line:
            cell = openpyxl.cell.WriteOnlyCell(sheet, written.value)
            cell.number_format = written.form
            cells.append(cell)
        sheet.append(cells)
    return [], _saved(book), ""


def _by_export(_chance: Random, headings: list[str], lines: list[list[Written]]) -> tuple[list[str], bytes, str]:
    """As we write them ourselves: texts alone, with a sign before those that look like formulas, not to be read."""
    data = io.BytesIO()
    xlsx_write(data, [headings, *([cell.value for cell in line] for line in lines)], title="Dossiers")
    return [], data.getvalue(), ""


def _saved(book: Any) -> bytes:
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()
