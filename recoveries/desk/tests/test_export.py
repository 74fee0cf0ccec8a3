"""Cases as files for spreadsheet programs: what is in them, that no cell is a formula, who took them."""

import csv
import io
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEvent, User
from legalcity.lib.spreadsheets import harmless
from recoveries.desk import export
from recoveries.models import Recovery
from tests.backoffice import browser_of, chief
from tests.factories import Api, ApiUserFactory, case_id, move

pytestmark = pytest.mark.django_db

LIST = "/admin/recoveries/recovery/"


@pytest.fixture
def boss() -> User:
    return chief(language="en")


@pytest.fixture
def office(boss: User) -> Client:
    return browser_of(boss)


def csv_of(answer: Any) -> list[dict[str, str]]:
    """The rows of a CSV file, by heading."""
    assert answer.status_code == 200, answer
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def xlsx_of(answer: Any) -> list[dict[str, Any]]:
    """The rows of a workbook, by heading."""
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    headings, *rows = book.active.iter_rows()
    assert all(cell.data_type != "f" for row in rows for cell in row)
    names = [cell.value for cell in headings]
    return [dict(zip(names, [cell.value for cell in row], strict=True)) for row in rows]


def test_the_chosen_rows_are_exported(owner: Api, office: Client, boss: User) -> None:
    first, second, _third = (case_id(owner) for _ in range(3))
    answer = office.post(LIST, {"action": "export_csv", "_selected_action": [first, second]})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith('attachment; filename="cases-')
    rows = csv_of(answer)
    references = Recovery.objects.filter(pk__in=(first, second)).values_list("recovery_reference", flat=True)
    assert {row["recovery_reference"] for row in rows} == set(references)
    case = Recovery.objects.get(pk=first)
    row = next(row for row in rows if row["recovery_reference"] == case.recovery_reference)
    assert row["amount_torecover"] == "100.00"
    assert row["status"] == "Dossier Créé"
    assert row["debtor_country"] == "France"
    assert row["recovery_due_date"] == "2025-12-31"
    event = AuditEvent.objects.get(action="cases_exported")
    assert (event.actor_id, event.details["rows"], event.details["format"]) == (boss.pk, 2, "csv")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_filtered_list_is_exported_whole(
    owner: Api, office: Client, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.contrib import admin

    monkeypatch.setattr(admin.site._registry[Recovery], "list_per_page", 2)
    kept = [case_id(owner, debtor={"company_name": "Kept"}) for _ in range(5)]
    move(case_id(owner), 2)
    answer = office.post(f"{LIST}export/{form}/?q=kept&group=1")
    rows = (csv_of if form == "csv" else xlsx_of)(answer)
    references = Recovery.objects.filter(pk__in=kept).values_list("recovery_reference", flat=True)
    assert {row["recovery_reference"] for row in rows} == set(references)
    event = AuditEvent.objects.get(action="cases_exported")
    assert (event.details["rows"], event.details["filter"]) == (5, "q=kept&group=1")


@pytest.mark.same_everywhere
def test_a_workbook_holds_numbers_and_dates(owner: Api, office: Client) -> None:
    case_id(owner)
    [row] = xlsx_of(office.post(f"{LIST}export/xlsx/"))
    assert row["amount_torecover"] == 100
    assert f"{row['recovery_due_date']:%Y-%m-%d}" == "2025-12-31"


@pytest.mark.same_everywhere
@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("name", ["=cmd|'/C calc'!A0", "+1+1", "-2", "@SUM(A1)", " =1+1", "\u00a0=1", "＝1+1"])
def test_no_cell_is_a_formula(owner: Api, office: Client, form: str, name: str) -> None:
    case_id(owner, debtor={"company_name": name})
    Recovery.objects.update(debtor_company=name)  # The API strips blanks.
    [row] = (csv_of if form == "csv" else xlsx_of)(office.post(f"{LIST}export/{form}/"))
    assert row["debtor_company"] == f"'{name}"


@pytest.mark.same_everywhere
def test_harmless_text_stays_as_it_is() -> None:
    assert harmless("Dupont - Martin = 1") == "Dupont - Martin = 1"
    assert harmless("\tx") == "'\tx"


@pytest.mark.same_everywhere
def test_control_characters_do_not_break_a_workbook(owner: Api, office: Client) -> None:
    case_id(owner)
    Recovery.objects.update(debtor_company="a\x07b\uffff")
    [row] = xlsx_of(office.post(f"{LIST}export/xlsx/"))
    assert row["debtor_company"] == "a\ufffdb\ufffd"


@pytest.mark.same_everywhere
def test_too_many_rows_for_a_workbook_are_refused(owner: Api, office: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "MOST_XLSX_ROWS", 1)
    for _ in range(2):
        case_id(owner)
    answer = office.post(f"{LIST}export/xlsx/?group=1", follow=True)
    assert answer.redirect_chain[-1][0].endswith("?group=1")
    assert "A workbook takes 1 rows at most" in answer.content.decode()
    assert len(csv_of(office.post(f"{LIST}export/csv/"))) == 2


def test_only_who_may_exports_and_only_what_they_see(owner: Api) -> None:
    case = case_id(owner)
    handler, manager = (ApiUserFactory(is_staff=True) for _ in range(2))
    handler.groups.add(Group.objects.get(name="handler"))
    manager.groups.add(Group.objects.get(name="manager"))
    office = browser_of(handler)
    assert office.post(f"{LIST}export/csv/").status_code == 403
    office.post(LIST, {"action": "export_csv", "_selected_action": [case]})
    assert not AuditEvent.objects.filter(action="cases_exported").exists()
    assert len(csv_of(browser_of(manager).post(f"{LIST}export/csv/"))) == 1
    assert browser_of(manager).get(f"{LIST}export/csv/").status_code == 405
    assert browser_of(manager).post(f"{LIST}export/pdf/").status_code == 403


def test_statements_do_not_grow_with_the_rows(owner: Api, office: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("legalcity.lib.snapshot.MAX_AGE", 3600.0)
    counts = []
    for rows in (2, 12):
        while Recovery.objects.count() < rows:
            case_id(owner)
        office.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            assert len(csv_of(office.post(f"{LIST}export/csv/"))) == rows
        counts.append(len(queries))
    assert counts[0] == counts[1]
