"""Cells and files as spreadsheet programs write them are read as people see them there, or told of."""

import io
import zipfile
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from django.test import Client
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from accounts.models import User
from companies.models import Company
from recoveries.intake.tests.test_import import confirm, csv_file, errors_of, refusal, table, upload
from recoveries.models import CaseImport, Recovery
from tests.backoffice import browser_of, chief
from tests.factories import Api

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]

AMOUNT, DUE = "invoice.invoice_amount", "invoice.invoice_due_date"
RATE, POSTAL, PHONE = "recovery.recovery_interest_rate_percent", "debtor.company_postal", "debtor.company_phone"
NAME, SIREN, NUMBER = "debtor.company_name", "debtor.company_siren", "invoice.invoice_number"


@pytest.fixture
def office() -> Client:
    return browser_of(chief(language="en"))


@pytest.fixture
def client(owner: Api) -> User:
    assert owner.user is not None
    return owner.user


def workbook(values: dict[str, Any], formats: dict[str, str] | None = None) -> openpyxl.Workbook:
    """The example's case with other cells, each with its number format."""
    book = openpyxl.Workbook()
    headings, row = table({"recovery.recovery_interest_rate": "yes"} if RATE in values else {})
    for place, (heading, text) in enumerate(zip(headings, row, strict=True), 1):
        book.active.cell(1, place, heading)
        cell = book.active.cell(2, place, values.get(heading, text or None))
        cell.number_format = (formats or {}).get(heading, cell.number_format)
    return book


def saved(book: openpyxl.Workbook) -> bytes:
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def send(office: Client, client: User, values: dict[str, Any], formats: dict[str, str] | None = None) -> Any:
    return upload(office, client, saved(workbook(values, formats)), "c.xlsx")


def warnings_of(page: Any) -> dict[str, list[str]]:
    """What is told of the first row."""
    warnings: dict[str, list[str]] = page.context["lines"][0]["warnings"]
    return warnings


def debtor(office: Client, **data: str) -> Company:
    """The debtor of the case that was imported."""
    confirm(office, **data)
    company = Recovery.objects.get().debtor
    assert company is not None
    return company


def test_texts_are_read_as_they_are_shown(office: Client, client: User) -> None:
    shown = {POSTAL: 1000, PHONE: 612345678, SIREN: 552100554, NUMBER: 42}
    formats = {POSTAL: "00000", PHONE: '0#" "##" "##" "##" "##', SIREN: "000 000 000", NUMBER: '"F-"0000'}
    page = send(office, client, shown, formats)
    assert (errors_of(page), warnings_of(page)) == ({}, {})
    company = debtor(office)
    assert (company.company_postal, company.company_phone) == ("01000", "06 12 34 56 78")
    assert company.company_siren == "552100554"
    assert Recovery.objects.get().invoices.get().invoice_number == "F-0042"


@pytest.mark.parametrize(("column", "number"), [(POSTAL, 1000), (PHONE, 612345678), (NUMBER, 1234567890123456789)])
def test_a_number_that_may_have_lost_digits_is_told(office: Client, client: User, column: str, number: int) -> None:
    page = send(office, client, {column: number})
    assert errors_of(page) == {}
    assert "zeros may be lost at its beginning" in warnings_of(page)[column][0]
    confirm(office)
    assert not Recovery.objects.exists()
    confirm(office, despite_warnings="on")
    assert Recovery.objects.count() == 1


def test_a_siren_without_its_zero_is_refused_and_the_cause_told(office: Client, client: User) -> None:
    page = send(office, client, {SIREN: 5521005})
    assert errors_of(page)[2] == {SIREN: ["The company siren must be exactly 9 characters."]}
    assert "zeros may be lost" in warnings_of(page)[SIREN][0]


@pytest.mark.parametrize(
    ("number", "form", "percent"), [(0.1, "0%", "10.00"), (0.035, "0.00%", "3.50"), (7, "0", "7.00")]
)
def test_a_percentage_is_what_the_cell_shows(
    office: Client, client: User, number: float, form: str, percent: str
) -> None:
    assert errors_of(send(office, client, {RATE: number}, {RATE: form})) == {}
    confirm(office)
    assert f"{Recovery.objects.get().recovery_interest_rate_percent}" == percent


@pytest.mark.parametrize("column", [AMOUNT, NAME])
def test_a_percentage_elsewhere_is_refused(office: Client, client: User, column: str) -> None:
    assert "formatted as a percentage" in errors_of(send(office, client, {column: 12}, {column: "0%"}))[2][column][0]


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        (DUE, "=DATE(2026,3,3)", "a formula whose result is not in the file"),
        (AMOUNT, "=A1", "a formula whose result is not in the file"),
        (NAME, "#N/A", "an error of the spreadsheet program"),
        (NAME, "#NOM?", "an error of the spreadsheet program"),
        (AMOUNT, True, "TRUE or FALSE"),
        (NAME, False, "TRUE or FALSE"),
    ],
)
def test_what_is_no_value_is_an_error_of_its_row(
    office: Client, client: User, column: str, value: Any, sentence: str
) -> None:
    wrong = errors_of(send(office, client, {column: value}))
    assert list(wrong) == [2]
    assert list(wrong[2]) == [column]
    assert sentence in wrong[2][column][0]


def test_an_error_in_a_csv_file_is_one_too(office: Client, client: User) -> None:
    assert NAME in errors_of(upload(office, client, csv_file(table({NAME: "#N/A"}))))[2]


def test_a_number_with_three_decimals_is_not_taken_for_thousands(office: Client, client: User) -> None:
    assert "decimal" in errors_of(send(office, client, {AMOUNT: 1234.567}))[2][AMOUNT][0]


def test_line_ends_of_workbooks_are_decoded(office: Client, client: User) -> None:
    assert errors_of(send(office, client, {NAME: "SAS_x000D_\nDurand_x000D_", "debtor.company_city": "A_x0041_"})) == {}
    company = debtor(office)
    assert (company.company_name, company.company_city) == ("SAS Durand", "AA")


def test_the_visible_sheet_with_the_headings_is_read_and_several_are_told(office: Client, client: User) -> None:
    book = workbook({})
    book.active.title = "Dossiers"
    book.create_sheet("Paramètres", 0).sheet_state = "hidden"
    page = upload(office, client, saved(book), "c.xlsx")
    assert (errors_of(page), page.context["sheets"]) == ({}, [])
    CaseImport.objects.all().delete()
    book.create_sheet("Notes", 0)["A1"] = "A cover, with a word of ours"
    page = upload(office, client, saved(book), "c.xlsx")
    assert errors_of(page) == {}
    assert "The workbook has 2 visible sheets. “Dossiers” was read; the others were not." in page.content.decode()
    CaseImport.objects.all().delete()
    book["Dossiers"].insert_rows(1)
    told = refusal(upload(office, client, saved(book), "c.xlsx"))
    assert told.startswith(
        "The file has no rows below its headings. The workbook has 2 visible sheets; “Notes” was read."
    )


def test_days_of_old_apple_workbooks_are_right(office: Client, client: User) -> None:
    book = workbook({DUE: datetime(2026, 3, 3)})
    book.epoch = CALENDAR_MAC_1904
    assert errors_of(upload(office, client, saved(book), "c.xlsx")) == {}
    confirm(office)
    assert f"{Recovery.objects.get().invoices.get().invoice_due_date}" == "2026-03-03"


def test_a_formula_whose_result_is_an_empty_text_is_empty(office: Client, client: User) -> None:
    data, changed = saved(workbook({"debtor.company_city": "=IF(1,1,1)"})), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(changed, "w") as target:
        for entry in source.infolist():
            part = source.read(entry)
            if entry.filename == "xl/worksheets/sheet1.xml":
                assert b"<f>IF(1,1,1)</f><v" in part
                place = part.index(b"<f>IF(1,1,1)</f>")
                start = part.rindex(b"<c ", 0, place)
                part = part[:start] + part[start:place].replace(b"<c ", b'<c t="str" ') + part[place:]
            target.writestr(entry, part)
    assert "debtor.company_city" not in errors_of(upload(office, client, changed.getvalue(), "c.xlsx")).get(2, {})


@pytest.mark.parametrize("start", ["\ufeff", "\ufeff\ufeff", "sep=;\r\n", '\ufeff"sep=;"\r\n', "SEP=;\n"])
def test_what_programs_write_before_the_headings_is_passed_over(office: Client, client: User, start: str) -> None:
    data = start.encode() + csv_file(table({NAME: "Société"}), encoding="utf-8")
    assert errors_of(upload(office, client, data)) == {}
    assert debtor(office).company_name == "Société"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_encodings_and_separators_are_told_from_each_other(
    office: Client, client: User, encoding: str, separator: str
) -> None:
    data = csv_file(table({NAME: "Société Œuvre"}), separator, encoding)
    assert upload(office, client, data).context["lines"][0]["debtor"] == "Société Œuvre"


@pytest.mark.parametrize("encoding", ["mac_roman", "cp850"])
@pytest.mark.parametrize("name", ["Société", "Hôtel du Parc", "Maître Noël", "À l'Épée"])
def test_files_of_other_code_pages_are_refused_with_advice(
    office: Client, client: User, encoding: str, name: str
) -> None:
    data = csv_file(table({NAME: name, "recovery.recovery_service_object": "Eté à Épinal, très près"}), ";", encoding)
    assert "Save it as “CSV UTF-8”" in refusal(upload(office, client, data))


def test_amounts_and_sirens_as_people_write_them(office: Client, client: User) -> None:
    data = csv_file(table({AMOUNT: "€ 1 234,56", SIREN: "552 100 554"}, {AMOUNT: "1 234,56 EUR", NUMBER: "F-2"}))
    assert errors_of(upload(office, client, data)) == {}
    confirm(office)
    assert {f"{case.amount}" for case in Recovery.objects.all()} == {"1234.56"}
    assert {case.debtor.company_siren for case in Recovery.objects.all() if case.debtor} == {"552100554"}
