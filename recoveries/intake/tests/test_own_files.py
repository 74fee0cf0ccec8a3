"""A client's own file: its columns are matched and remembered; right rows go in, wrong ones are set aside."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from documents.tests.conftest import in_process  # noqa: F401 - a fixture
from legalcity.lib import claims
from legalcity.lib.clock import now
from recoveries.intake import batches
from recoveries.intake.matching import REMARK, plain_heading
from recoveries.intake.pipeline import JOB, case_import_process
from recoveries.intake.services import imports_forget
from recoveries.intake.tests.test_import import IMPORT, csv_file, xlsx_file
from recoveries.models import CaseImport, ColumnMatching, Recovery
from tests.backoffice import browser_of, chief
from tests.factories import Api, case_id

pytestmark = pytest.mark.django_db

HEADINGS = [
    *("N° client", "Raison sociale", "SIREN", "Prénom", "Nom", "Tél."),
    *("N° de facture", "Date", "Échéance", "Montant TTC", "Solde"),
]
GOOD = [
    *("C1", "Hôtel du Lac", "732 829 320", "Paul", "Durand", "06 12 34 56 78"),
    *("F-1", "31/12/2025", "30/01/2026", "1 234,56", "x"),
]
SECOND = [*GOOD[:6], "F-2", "15/01/2026", "", "65,44 €", ""]
BAD = ["C2", "", "", "Théo", "", "", "F-3", "31/02/2026", "", "1.234", ""]
SAS = {"debtor.company_legal_form": "SAS"}
OTHER = ["C3", "", "", "Ana", "Costa", "", "F-4", "02/01/2026", "", "50", ""]


@pytest.fixture
def office() -> Client:
    return browser_of(chief(language="fr"))


@pytest.fixture
def client(owner: Api) -> User:
    case_id(owner, customer={"company_name": "Peintures Martin"})  # Whose creditor it is
    Recovery.objects.update(user=None)
    assert owner.user is not None
    return owner.user


def sent(office: Client, client: User, data: bytes, name: str = "export.csv") -> CaseImport:
    """A file of the client, read by a worker."""
    office.post(IMPORT, {"owner": client.pk, "file": SimpleUploadedFile(name, data)})
    taken = CaseImport.objects.latest("pk")
    return processed(taken)


def processed(taken: CaseImport) -> CaseImport:
    case_import_process(import_id=taken.pk, moment=now() + timedelta(minutes=2))
    taken.refresh_from_db()
    return taken


def matched(office: Client, taken: CaseImport, **changed: str) -> CaseImport:
    """The form of the columns sent as it is proposed, but for what is `changed`."""
    form = office.get(f"{IMPORT}{taken.pk}/").context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    answer = office.post(f"{IMPORT}{taken.pk}/", {**data, "recovery.recovery_service_object": "Séjours", **changed})
    assert answer.status_code == 302, answer.context["form"].errors
    return processed(taken)


def taken_back(office: Client, taken: CaseImport) -> bytes:
    answer = office.get(f"{IMPORT}{taken.pk}/to-correct/csv/")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def test_columns_are_proposed_by_what_people_call_them(office: Client, client: User) -> None:
    taken = sent(office, client, csv_file([HEADINGS, GOOD, SECOND]))
    assert taken.state == "matching"
    proposed = dict(zip(HEADINGS, taken.findings["columns"], strict=True))
    assert proposed == {
        "N° client": "case",
        "Raison sociale": "debtor.company_name",
        "SIREN": "debtor.company_siren",
        "Prénom": "debtor.company_legalrep_firstname",
        "Nom": "debtor.company_legalrep_lastname",
        "Tél.": "debtor.company_phone",
        "N° de facture": "invoice.invoice_number",
        "Date": "invoice.invoice_date",
        "Échéance": "invoice.invoice_due_date",
        "Montant TTC": "invoice.invoice_amount",
        "Solde": "",
    }
    page = office.get(f"{IMPORT}{taken.pk}/").content.decode()
    assert "F-1 · F-2" in page
    assert plain_heading("N°  de FACTURE :") == "numero facture"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", "\t", ","])
def test_the_right_rows_go_in_and_the_wrong_ones_come_back(
    office: Client, client: User, encoding: str, delimiter: str
) -> None:
    known = set(Recovery.objects.values_list("pk", flat=True))
    rows = [HEADINGS, GOOD, BAD, SECOND, OTHER]
    taken = matched(office, sent(office, client, csv_file(rows, delimiter, encoding)), **SAS)
    assert (taken.state, taken.findings["clean_count"], taken.findings["wrong_count"]) == ("checked", 2, 1)
    assert office.post(f"{IMPORT}{taken.pk}/", {"aside": "1"}).status_code == 302
    taken = processed(taken)
    assert taken.state == "imported"
    first, second = Recovery.objects.exclude(pk__in=known).order_by("pk")
    assert (first.debtor_company, f"{first.amount}", first.invoices_count) == ("Hôtel du Lac", "1300.00", 2)
    assert (f"{first.recovery_due_date}", first.customer_company) == ("2026-01-15", "Peintures Martin")
    assert second.debtor_name == "Ana Costa"
    back = taken_back(office, taken).decode("utf-8-sig")
    head, row = back.strip().splitlines()
    assert head.split(";")[-1].strip() == REMARK
    assert row.startswith("C2;;;Théo;;;F-3;31/02/2026;;1.234;")
    assert "1.234" in row.split(";")[-1]


def test_what_came_back_is_corrected_and_sent_again_with_what_is_remembered(office: Client, client: User) -> None:
    taken = matched(office, sent(office, client, csv_file([HEADINGS, OTHER, BAD])), creditor="client")
    office.post(f"{IMPORT}{taken.pk}/", {"aside": "1"})
    back = taken_back(office, processed(taken)).decode("utf-8-sig")
    mended = back.replace("31/02/2026", "28/02/2026").replace("1.234", "1 234,00").replace(";Théo;;", ";Théo;Roux;")
    kept = ColumnMatching.objects.get()
    assert kept.columns["numero facture"] == "invoice.invoice_number"
    again = sent(office, client, mended.encode())
    assert again.findings["columns"][-1] == ""
    assert again.findings["fixed"]["recovery.recovery_service_object"] == "Séjours"
    again = matched(office, again)
    assert again.findings["is_good"], again.findings
    office.post(f"{IMPORT}{taken.pk}/")
    office.post(f"{IMPORT}{again.pk}/")
    assert len(processed(again).references) == 1


def test_further_rows_of_a_case_need_not_repeat_what_goes_for_every_row(office: Client, client: User) -> None:
    headings = [*HEADINGS, "Pays"]
    bare = ["C1", "", "", "", "", "", *SECOND[6:], ""]
    taken = matched(office, sent(office, client, csv_file([headings, [*GOOD, "Belgique"], bare])), **SAS)
    assert taken.findings["is_good"], taken.findings


def test_a_wrong_row_comes_back_with_the_whole_of_its_case_and_is_taken_as_it_is_corrected(
    office: Client, client: User
) -> None:
    wrong = [*SECOND[:6], "F-2", "31/02/2026", *SECOND[8:]]
    taken = matched(office, sent(office, client, csv_file([HEADINGS, GOOD, OTHER, wrong])), **SAS)
    back = taken_back(office, taken).decode("utf-8-sig")
    assert [line.split(";")[6] for line in back.strip().splitlines()[1:]] == ["F-1", "F-2"]
    again = matched(office, sent(office, client, back.replace("31/02", "28/02").encode()), **SAS)
    assert again.findings["is_good"], again.findings


def test_the_same_file_makes_nothing_twice(office: Client, client: User) -> None:
    data = csv_file([HEADINGS, OTHER, BAD])
    first, second = (matched(office, sent(office, client, data)) for _time in range(2))
    for taken in (first, second):
        office.post(f"{IMPORT}{taken.pk}/", {"aside": "1"})
        processed(taken)
    first.refresh_from_db()
    assert len(first.references) == 1
    second.refresh_from_db()
    assert (second.references, second.state) == ([], "checked")
    new = ["C4", *OTHER[1:6], "F-5", *OTHER[7:]]
    longer = matched(office, sent(office, client, csv_file([HEADINGS, OTHER, BAD, new])))
    assert longer.findings["clean_count"] == 1, "what is there already is set aside"


def test_batches_go_on_after_a_worker_that_died(office: Client, client: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BATCH", 2)
    rows = [["", *OTHER[1:6], f"B-{number}", *OTHER[7:]] for number in range(5)]
    taken = matched(office, sent(office, client, csv_file([HEADINGS, *rows])))
    office.post(f"{IMPORT}{taken.pk}/")
    run, calls = batches.CaseResource.run, []

    def dies(resource: Any, *, dry_run: bool) -> bool:
        if not dry_run:
            calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return run(resource, dry_run=dry_run)

    monkeypatch.setattr(batches.CaseResource, "run", dies)
    known = Recovery.objects.count()
    with pytest.raises(KeyboardInterrupt):
        processed(taken)
    taken.refresh_from_db()
    assert (taken.state, len(taken.references), Recovery.objects.count() - known) == ("importing", 2, 2)
    assert claims.left_behind(JOB, moment=now() + timedelta(minutes=5)) == [taken.pk]
    case_import_process(import_id=taken.pk, moment=now() + timedelta(minutes=5))
    taken.refresh_from_db()
    assert (taken.state, len(taken.references), Recovery.objects.count() - known) == ("imported", 5, 5)


def test_cells_of_workbooks_are_read_by_what_their_columns_are(office: Client, client: User) -> None:
    row = [*OTHER[:6], 4711, date(2026, 1, 2), None, 50.5, None]
    taken = matched(office, sent(office, client, xlsx_file([HEADINGS, row]), "export.xlsx"))
    assert taken.findings["is_good"], taken.findings
    assert taken.findings["warned_count"] == 0


def test_rows_that_were_set_aside_are_forgotten_after_a_day(office: Client, client: User) -> None:
    taken = matched(office, sent(office, client, csv_file([HEADINGS, OTHER, BAD])))
    office.post(f"{IMPORT}{taken.pk}/", {"aside": "1"})
    processed(taken)
    imports_forget(moment=now() + timedelta(days=2))
    assert office.get(f"{IMPORT}{taken.pk}/to-correct/csv/").status_code == 404


@pytest.mark.parametrize(
    "changed",
    [
        {"column-6": ""},
        {"column-6": "invoice.invoice_date"},
        {"column-6": "recovery.type"},
        {"column-6": "x" * 10_000},
        {"creditor": "999999"},
        {"debtor.company_type": "alien"},
        {"recovery.recovery_service_object": "a\0b"},
    ],
)
def test_columns_that_cannot_be_are_refused(office: Client, client: User, changed: dict[str, str]) -> None:
    taken = sent(office, client, csv_file([HEADINGS, OTHER]))
    form = office.get(f"{IMPORT}{taken.pk}/").context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    answer = office.post(f"{IMPORT}{taken.pk}/", {**data, **changed})
    assert answer.status_code == 200
    taken.refresh_from_db()
    assert taken.state == "matching"
    assert not ColumnMatching.objects.exists()


def test_hostile_cells_are_plain_text(office: Client, client: User) -> None:
    hostile = ["C9", "=cmd|' /C calc'!A0", "", "<b>Ana</b>", "é" * 5_000, "+33612345678", "F-9", "x", "", "@1", ""]
    taken = matched(office, sent(office, client, csv_file([HEADINGS, hostile, OTHER])))
    assert taken.findings["wrong_count"] == 1
    back = taken_back(office, taken).decode("utf-8-sig")
    assert "'=cmd" in back
    assert "'+33612345678" in back
    again = sent(office, client, back.encode())
    assert again.findings["samples"][5] == ["+33612345678"]
