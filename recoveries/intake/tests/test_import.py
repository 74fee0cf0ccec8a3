"""Cases from a file: the dry run tells what is wrong in each row, the import opens all cases or none, once."""

import csv
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from html import unescape
from typing import Any

import openpyxl
import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client, TestCase

from accounts.models import AuditEvent, User
from companies.models import Company
from invoicing.models import Invoice
from legalcity.celery import app
from legalcity.lib.clock import now
from legalcity.lib.errors import DomainError
from recoveries.intake import tables
from recoveries.intake.columns import api_text, columns, template_rows
from recoveries.intake.pipeline import case_import_process
from recoveries.intake.services import case_import_confirm, imports_forget
from recoveries.intake.workbooks import number_text
from recoveries.models import CaseImport, Posting, Recovery, StatusChange
from tests.backoffice import browser_of, chief
from tests.factories import Api, ApiUserFactory, case_id, detail
from tests.races import at_once

pytestmark = pytest.mark.django_db

IMPORT = "/admin/recoveries/recovery/import/"


@pytest.fixture
def boss() -> User:
    return chief(language="en")


@pytest.fixture
def office(boss: User) -> Client:
    return browser_of(boss)


def csv_file(rows: list[list[str]], delimiter: str = ";", encoding: str = "utf-8-sig") -> bytes:
    """The rows as a file."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def xlsx_file(rows: list[list[Any]]) -> bytes:
    """The rows as a workbook."""
    book, data = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(data)
    return data.getvalue()


def table(*changes: dict[str, str]) -> list[list[str]]:
    """The headings, and the example's first case once for each of `changes`."""
    headings, example = template_rows()[:2]
    plain = {**dict(zip(headings, example, strict=True)), "case": ""}
    return [headings, *([{**plain, **change}[heading] for heading in headings] for change in changes)]


@contextmanager
def worker() -> Iterator[None]:
    """Afterwards a worker does what was queued."""
    before, app.conf.task_always_eager = app.conf.task_always_eager, True
    try:
        with TestCase.captureOnCommitCallbacks(execute=True):
            yield
    finally:
        app.conf.task_always_eager = before


def sent(office: Client, address: str, data: dict[str, Any]) -> Any:
    """Send a form, let a worker do what is to be done; the page where it leads."""
    with worker():
        answer = office.post(address, data)
    return office.get(answer["Location"]) if answer.status_code == 302 else answer


def upload(office: Client, client: User, data: bytes, name: str = "cases.csv") -> Any:
    """Send a file; the page of its check, or the form with what is wrong."""
    return sent(office, IMPORT, {"owner": client.pk, "file": SimpleUploadedFile(name, data)})


def refusal(page: Any) -> str:
    """Why a file is refused, by the form or by the worker, and that nothing of what stands in it was kept."""
    assert page.status_code == 200
    if "form" in page.context:
        assert not CaseImport.objects.exists()
        return " ".join(str(error) for errors in page.context["form"].errors.values() for error in errors)
    kept = CaseImport.objects.get()
    assert (kept.state, bytes(kept.content), kept.rows, kept.findings) == ("refused", b"", [], {})
    assert kept.reason in unescape(page.content.decode())
    return kept.reason


def confirm(office: Client, **data: str) -> Any:
    """Confirm the last import."""
    return sent(office, f"{IMPORT}{CaseImport.objects.latest('id').pk}/", data)


def errors_of(page: Any) -> dict[int, dict[str, list[str]]]:
    """What the dry run says is wrong, by row and column."""
    return {line["number"]: line["errors"] for line in page.context["lines"] if line["errors"]}


@pytest.mark.same_everywhere
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_template_is_a_file_that_can_be_imported(office: Client, owner: Api, boss: User, form: str) -> None:
    assert owner.user is not None
    answer = office.get(f"{IMPORT}template/{form}/")
    data = b"".join(answer.streaming_content)
    page = upload(office, owner.user, data, f"cases.{form}")
    assert errors_of(page) == {}
    assert (page.context["cases_count"], page.context["rows_count"]) == (1, 2)
    assert not Recovery.objects.exists(), "a dry run writes nothing"
    page = confirm(office)
    [case] = Recovery.objects.all()
    assert case.recovery_reference in page.content.decode()
    shown = detail(owner, case.pk)
    assert (shown["amount"], shown["amount_torecover"]) == ("2320.50", "2320.50")
    assert case.user is None
    assert (case.debtor_company, case.debtor_country) == ("Immobilière du Lac", "FR")
    assert StatusChange.objects.get(recovery=case).user == boss
    event = AuditEvent.objects.get(action="cases_imported")
    assert event.details["cases"] == [case.recovery_reference]
    assert event.actor_id == boss.pk
    assert CaseImport.objects.get().rows == [], "the file's personal data are gone"


@pytest.mark.same_everywhere
def test_every_row_shows_its_errors_in_the_sentences_of_the_api(office: Client, owner: Api) -> None:
    assert owner.user is not None
    rows = table(
        {"invoice.invoice_number": "OK-1"},
        {"debtor.company_siren": "12", "invoice.invoice_number": "B-1"},
        {"invoice.invoice_amount": "-5", "recovery.recovery_due_date": "31/02/2026", "invoice.invoice_number": "B-2"},
        {"customer.company_legalrep_firstname": "", "invoice.invoice_number": "B-3"},
    )
    page = upload(office, owner.user, csv_file(rows))
    assert errors_of(page) == {
        3: {"debtor.company_siren": ["The company siren must be exactly 9 characters."]},
        4: {
            "recovery.recovery_due_date": ["The recovery due date field must be a valid date."],
            "invoice.invoice_amount": ["The invoice amount field must be at least 0."],
        },
        5: {
            "customer.company_legalrep_firstname": ["The customer legal representative first name is required."],
        },
    }
    text = page.content.decode()
    assert "The company siren must be exactly 9 characters." in text
    assert "The rows of the others are set aside in a file" in text
    confirm(office)
    assert not Recovery.objects.exists(), "one wrong row keeps all out"
    assert not Company.objects.exists()


@pytest.mark.same_everywhere
def test_errors_of_invoices_stand_in_their_own_rows(office: Client, owner: Api) -> None:
    assert owner.user is not None
    rows = table(
        {"case": "A", "invoice.invoice_number": "F-1"},
        {"case": "B", "invoice.invoice_number": "F-1"},
        {"case": "A", "invoice.invoice_number": "F-2", "invoice.invoice_date": "soon"},
        {"case": "A", "invoice.invoice_number": "F-1"},
        {"case": "B", "invoice.invoice_number": "F-2", "debtor.company_name": "Another"},
    )
    wrong = errors_of(upload(office, owner.user, csv_file(rows)))
    assert wrong[4] == {"invoice.invoice_date": ["The invoice date field must be a valid date."]}
    assert list(wrong[6]) == ["debtor.company_name"]
    assert wrong[6]["debtor.company_name"] == ["This differs from the first row of the case."]
    assert 3 not in wrong


def test_what_came_back_is_taken_with_what_was_said_of_its_rows(office: Client, owner: Api) -> None:
    assert owner.user is not None
    first, wrong = {"invoice.invoice_number": "F-1"}, {"invoice.invoice_number": "F-2", "invoice.invoice_amount": "-5"}
    rows = table(*({"case": "A", **each} for each in (first, wrong)), {"case": "B", "invoice.invoice_number": "F-3"})
    upload(office, owner.user, csv_file(rows))
    answer = office.get(f"{IMPORT}{CaseImport.objects.get().pk}/to-correct/csv/")
    back = b"".join(answer.streaming_content).decode("utf-8-sig")
    number = rows[0].index("invoice.invoice_number")
    given = list(csv.reader(io.StringIO(back, newline=""), delimiter=";"))
    assert [row[number] for row in given[1:]] == ["F-1", "F-2"]
    page = upload(office, owner.user, back.replace("'-5", "5").encode())
    assert errors_of(page) == {}
    assert (page.context["cases_count"], page.context["rows_count"]) == (1, 2)


def test_the_same_number_twice_in_a_case_is_refused(office: Client, owner: Api) -> None:
    assert owner.user is not None
    rows = table(*({"case": "A", "invoice.invoice_number": "F-1"} for _ in range(2)))
    wrong = errors_of(upload(office, owner.user, csv_file(rows)))
    assert [list(errors) for errors in wrong.values()] == [["invoice.invoice_number"]]


@pytest.mark.same_everywhere
def test_what_people_write_is_understood(office: Client, owner: Api) -> None:
    assert owner.user is not None
    french = {
        "recovery.recovery_due_date": "31/3/2026",
        "recovery.recovery_late_interest": "Oui",
        "invoice.invoice_amount": "1\u202f500,50 €",
    }
    data = csv_file(table(french), ",")
    assert errors_of(upload(office, owner.user, data)) == {}
    confirm(office)
    case = Recovery.objects.get()
    assert (f"{case.recovery_due_date}", f"{case.amount}", case.recovery_late_interest) == (
        "2026-03-31",
        "1500.50",
        True,
    )


def test_what_an_import_owes_is_posted_as_imported(office: Client, owner: Api, boss: User) -> None:
    assert owner.user is not None
    upload(office, owner.user, csv_file(table({})))
    confirm(office)
    [posting] = Posting.objects.all()
    assert (posting.source, posting.by) == ("import", boss)
    ledger = office.get(f"/admin/recoveries/recovery/{posting.recovery_id}/ledger/").content.decode()
    assert f"<span>{boss} · import</span>" in ledger


@pytest.mark.same_everywhere
def test_a_windows_code_page_is_read(office: Client, owner: Api) -> None:
    assert owner.user is not None
    upload(office, owner.user, csv_file(table({"debtor.company_name": "Société Œuvre"}), encoding="cp1252"))
    confirm(office)
    assert Recovery.objects.get().debtor_company == "Société Œuvre"


@pytest.mark.same_everywhere
def test_cells_of_workbooks_are_read_as_people_wrote_them(office: Client, owner: Api) -> None:
    assert owner.user is not None
    headings, row = table({})
    typed: list[Any] = [*row]
    typed[headings.index("invoice.invoice_amount")] = 1234.5
    typed[headings.index("debtor.company_siren")] = 552100554
    typed[headings.index("invoice.invoice_date")] = now().replace(tzinfo=None, year=2026, month=2, day=1)
    assert errors_of(upload(office, owner.user, xlsx_file([headings, [], typed]), "c.xlsx")) == {}
    confirm(office)
    case = Recovery.objects.get()
    assert f"{case.amount}" == "1234.50"
    assert case.debtor is not None
    assert case.debtor.company_siren == "552100554"
    assert number_text(0.1 + 0.2) == "0.3"
    assert number_text(2.0) == "2"
    assert api_text("invoice.invoice_amount", "1.500,00") == "1.500,00", "not guessed"


def test_the_same_file_is_imported_once_for_a_client(office: Client, owner: Api, stranger: Api) -> None:
    assert owner.user is not None
    assert stranger.user is not None
    data = csv_file(table({}))
    upload(office, owner.user, data)
    confirm(office)
    page = upload(office, owner.user, data)
    assert "This file was imported for this client already" in " ".join(page.context["form"].errors["__all__"])
    confirm(office)
    assert Recovery.objects.count() == 1
    upload(office, stranger.user, data)
    confirm(office)
    assert Recovery.objects.count() == 2


def test_a_file_was_imported_on_the_day_that_it_was_in_paris(owner: Api) -> None:
    assert owner.user is not None
    data = csv_file(table({}))
    with time_machine.travel("2026-12-31T23:30:00Z"):
        office = browser_of(chief(language="en"))
        upload(office, owner.user, data)
        confirm(office)
        page = upload(office, owner.user, data)
    assert "already, on 2027-01-01." in " ".join(page.context["form"].errors["__all__"])


def test_uploaded_twice_before_it_is_confirmed_it_is_still_imported_once(office: Client, owner: Api) -> None:
    assert owner.user is not None
    data = csv_file(table({}))
    for _ in range(2):
        upload(office, owner.user, data)
    for taken in CaseImport.objects.all():
        sent(office, f"{IMPORT}{taken.pk}/", {"despite_warnings": "on"})
    assert Recovery.objects.count() == 1


def test_the_day_of_performance_is_taken_as_people_write_it(office: Client, owner: Api) -> None:
    assert owner.user is not None
    upload(office, owner.user, csv_file(table({"invoice.performed_on": "15/01/2026"})))
    confirm(office)
    assert [str(day) for day in Invoice.objects.values_list("performed_on", flat=True)] == ["2026-01-15"]


def test_invoices_that_are_there_already_are_warned_of(office: Client, owner: Api) -> None:
    assert owner.user is not None
    there = Recovery.objects.get(pk=case_id(owner, invoices=[{"invoice_number": "F-2026-001"}]))
    page = upload(office, owner.user, csv_file(table({})))
    assert f"The invoice F-2026-001 stands in the case {there.recovery_reference}." in page.content.decode()
    confirm(office)
    assert Recovery.objects.count() == 1
    confirm(office, despite_warnings="on")
    assert Recovery.objects.count() == 2


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"", "c.csv", "The submitted file is empty."),
        (b"\n\n", "c.csv", "The first row must hold the headings"),
        (b"case\n", "c.csv", "The file has no rows below its headings."),
        (b"case;colour\nA;red\n", "c.csv", "Unknown headings: colour."),
        (b"case;case\nA;B\n", "c.csv", "A heading stands twice."),
        (b"case\nA;B\n", "c.csv", "Row 2 is longer than the headings."),
        (b"PK\x03\x04rest", "c.csv", "This is not a CSV file."),
        (b"%PDF-1.7", "c.csv", "This is not a CSV file."),
        (b"ca\0se\nA", "c.csv", "This is not a CSV file."),
        (b'case\n"A', "c.csv", "The file cannot be read as CSV: a quotation mark is open at its end, or stands alone"),
        (b"case\n" + b"A" * 200_000, "c.csv", "The file cannot be read as CSV"),
        (b"\r" * 100_000, "c.csv", "rows at most"),
        (b"case\nA", "c.exe", "Send a CSV or an XLSX file."),
        (b"case\nA", "c.xlsx", "The file field must be a file of type"),
        (b"PK\x03\x04rest", "c.xlsx", "The file is damaged and cannot be opened."),
        (b";".join(b"x" for _ in range(500)) + b"\n1\n", "c.csv", "headings, 120 at most"),
    ],
)
def test_a_file_that_is_none_is_refused(office: Client, owner: Api, data: bytes, name: str, sentence: str) -> None:
    assert owner.user is not None
    assert sentence in refusal(upload(office, owner.user, data, name))


@pytest.mark.same_everywhere
def test_a_bomb_is_refused(office: Client, owner: Api) -> None:
    assert owner.user is not None
    sound, bomb = io.BytesIO(xlsx_file(table({}))), io.BytesIO()
    with zipfile.ZipFile(sound) as source, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            target.writestr(entry.filename, source.read(entry))
        target.writestr("xl/media/blank.bin", b"\0" * 150_000_000)
    assert "too large or too complex" in refusal(upload(office, owner.user, bomb.getvalue(), "c.xlsx"))


@pytest.mark.same_everywhere
def test_a_sheet_that_says_it_goes_to_its_last_row_is_read_quickly(office: Client, owner: Api) -> None:
    assert owner.user is not None
    book, data = openpyxl.Workbook(), io.BytesIO()
    for row in table({}):
        book.active.append(row)
    book.active.cell(row=1_048_576, column=16_384, value=" ")
    book.save(data)
    assert errors_of(upload(office, owner.user, data.getvalue(), "c.xlsx")) == {}


@pytest.mark.same_everywhere
def test_too_many_rows_are_refused_wherever_they_stand(
    office: Client, owner: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert owner.user is not None
    monkeypatch.setattr(tables, "MOST_ROWS", 3)
    rows = table(*({"invoice.invoice_number": f"F-{n}"} for n in range(4)))
    for data, name in ((csv_file(rows), "c.csv"), (xlsx_file(rows), "c.xlsx")):
        assert "The file may have 3 rows at most" in refusal(upload(office, owner.user, data, name))
        CaseImport.objects.all().delete()
    sparse = [*table({}), *[[""] * len(columns())] * 10, table({})[1]]
    assert "The file may have 3 rows at most" in refusal(upload(office, owner.user, xlsx_file(sparse), "c.xlsx"))


@pytest.mark.same_everywhere
def test_too_many_bytes_are_refused(office: Client, owner: Api) -> None:
    assert owner.user is not None
    assert "24 MB at most" in refusal(upload(office, owner.user, b"case\n" + b"A\n" * 13_000_000))


@pytest.mark.same_everywhere
def test_formulas_and_markup_are_plain_text(office: Client, owner: Api) -> None:
    assert owner.user is not None
    page = upload(office, owner.user, csv_file(table({"debtor.company_name": "<script>alert(1)</script>"})))
    assert "<script>alert(1)" not in page.content.decode()
    assert "&lt;script&gt;alert(1)" in page.content.decode()


@pytest.mark.parametrize("owner_id", ["", "abc", "0", "99999999999999999999999", "staff", "inactive"])
def test_only_an_active_client_gets_cases(office: Client, boss: User, owner_id: str) -> None:
    ids = {"staff": str(boss.pk), "inactive": str(ApiUserFactory(is_active=False).pk)}
    page = sent(
        office, IMPORT, {"owner": ids.get(owner_id, owner_id), "file": SimpleUploadedFile("c.csv", csv_file(table({})))}
    )
    assert page.context["form"].errors["owner"]
    assert not CaseImport.objects.exists()


@pytest.mark.parametrize("role", ["handler", "accountant", "auditor"])
def test_only_who_may_imports(owner: Api, role: str) -> None:
    person = ApiUserFactory(is_staff=True)
    person.groups.add(Group.objects.get(name=role))
    assert owner.user is not None
    taken = CaseImport.objects.create(owner=owner.user, file_name="c.csv", digest="0", rows=table({}))
    office = browser_of(person)
    for address in (IMPORT, f"{IMPORT}{taken.pk}/", f"{IMPORT}template/csv/"):
        assert office.get(address).status_code == 403
    assert office.post(f"{IMPORT}{taken.pk}/").status_code == 403
    assert not Recovery.objects.exists()


def test_files_that_nobody_confirms_are_forgotten(office: Client, owner: Api) -> None:
    assert owner.user is not None
    upload(office, owner.user, csv_file(table({})))
    assert imports_forget(moment=now()) == 0
    assert imports_forget(moment=now() + timedelta(days=1, minutes=1)) == 1
    assert office.get(f"{IMPORT}1/").status_code == 404


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="races need PostgreSQL")
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_confirmed_at_the_same_moment_a_file_is_imported_once(office: Client, owner: Api, boss: User) -> None:
    assert owner.user is not None
    for _ in range(2):
        upload(office, owner.user, csv_file(table({})))
    ids = list(CaseImport.objects.values_list("pk", flat=True))

    for pk in ids:
        case_import_confirm(import_id=pk, by=boss, despite_warnings=True)

    def attempt(number: int) -> None:
        case_import_process(import_id=ids[number % 2], moment=now())

    at_once(6, attempt)
    assert sorted(CaseImport.objects.values_list("state", flat=True)) == ["imported", "refused"]
    assert Recovery.objects.count() == 1
    assert AuditEvent.objects.filter(action="cases_imported").count() == 1


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="races need PostgreSQL")
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_many_confirmations_at_the_same_moment_one_counts(office: Client, owner: Api, boss: User) -> None:
    assert owner.user is not None
    upload(office, owner.user, csv_file(table({})))
    pk = CaseImport.objects.get().pk

    def attempt(_number: int) -> bool:
        try:
            case_import_confirm(import_id=pk, by=boss, despite_warnings=False)
        except DomainError:
            return False
        return True

    assert sorted(at_once(6, attempt)) == [False] * 5 + [True]
