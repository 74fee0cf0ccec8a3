"""A worker reads a file and opens its cases; the page shows how far it is, and a worker that dies loses nothing."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from accounts.models import User
from documents.tests.conftest import in_process  # noqa: F401 - a fixture
from legalcity.lib import claims
from legalcity.lib.clock import now
from recoveries.intake import pipeline
from recoveries.intake.pipeline import JOB, case_import_process
from recoveries.intake.services import case_import_confirm, imports_forget
from recoveries.intake.tests.test_import import IMPORT, confirm, csv_file, table, upload
from recoveries.models import CaseImport, Recovery
from tests.backoffice import browser_of, chief
from tests.factories import Api, case_id

pytestmark = pytest.mark.django_db

LATER = timedelta(minutes=2)


@pytest.fixture
def boss() -> User:
    return chief(language="en")


@pytest.fixture
def office(boss: User) -> Client:
    return browser_of(boss)


@pytest.fixture
def client(owner: Api) -> User:
    assert owner.user is not None
    return owner.user


def queued(client: User, boss: User, data: bytes | None = None) -> CaseImport:
    """A file that no worker has taken yet."""
    content = data or csv_file(table({}))
    return CaseImport.objects.create(owner=client, user=boss, file_name="c.csv", digest="d", content=content)


def fresh(case_import: CaseImport) -> CaseImport:
    return CaseImport.objects.get(pk=case_import.pk)


def confirmed(client: User, boss: User) -> CaseImport:
    """A file that is right and confirmed, and that no worker has taken yet."""
    waiting = queued(client, boss)
    case_import_process(import_id=waiting.pk, moment=now())
    case_import_confirm(import_id=waiting.pk, by=boss, despite_warnings=False)
    return fresh(waiting)


def test_while_a_worker_is_at_it_the_page_says_how_far_and_looks_again_by_itself(
    office: Client, client: User, boss: User
) -> None:
    waiting = queued(client, boss)
    page = office.get(f"{IMPORT}{waiting.pk}/").content.decode()
    assert "The file is being read and checked." in page
    assert '<meta http-equiv="refresh" content="3">' in page
    CaseImport.objects.update(state="importing", done=150)
    page = office.get(f"{IMPORT}{waiting.pk}/").content.decode()
    assert "The cases are being opened." in page
    assert "150 rows are done." in page


def test_the_bytes_go_when_they_are_read_and_the_rows_when_the_cases_are_opened(client: User, boss: User) -> None:
    waiting = confirmed(client, boss)
    assert (bytes(waiting.content), len(waiting.rows)) == (b"", 2)
    case_import_process(import_id=waiting.pk, moment=now())
    done = fresh(waiting)
    assert (done.state, done.rows, done.findings, done.claimed_until) == ("imported", [], {}, None)
    assert len(done.references) == 1


@pytest.mark.parametrize("is_confirmed", [False, True])
def test_what_a_killed_worker_had_goes_on(client: User, boss: User, is_confirmed: bool) -> None:
    waiting = confirmed(client, boss) if is_confirmed else queued(client, boss)
    assert claims.take(JOB, waiting.pk, moment=now()) is not None, "taken, and never heard of again"
    case_import_process(import_id=waiting.pk, moment=now())
    assert fresh(waiting).state == waiting.state, "it may be alive"
    assert claims.left_behind(JOB, moment=now() + LATER) == [waiting.pk]
    case_import_process(import_id=waiting.pk, moment=now() + LATER)
    assert fresh(waiting).state == ("imported" if is_confirmed else "checked")
    assert Recovery.objects.count() == is_confirmed


def test_what_kills_its_workers_is_given_up(client: User, boss: User) -> None:
    waiting = confirmed(client, boss)
    CaseImport.objects.update(attempts=JOB.most_attempts)
    case_import_process(import_id=waiting.pk, moment=now())
    assert fresh(waiting).state == "refused"
    assert "cut short several times" in fresh(waiting).reason
    assert not Recovery.objects.exists()


def test_who_was_overtaken_opens_no_case(client: User, boss: User, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = confirmed(client, boss)
    run = pipeline.CaseResource.run

    def slowly(resource: pipeline.CaseResource, *, dry_run: bool) -> bool:
        is_good = run(resource, dry_run=dry_run)
        claims.seize(JOB, waiting.pk)
        return is_good

    monkeypatch.setattr(pipeline.CaseResource, "run", slowly)
    case_import_process(import_id=waiting.pk, moment=now())
    assert fresh(waiting).state == "importing"
    assert not Recovery.objects.exists()


def test_a_case_that_came_in_meanwhile_is_shown_before_anything_is_opened(
    office: Client, owner: Api, client: User, boss: User
) -> None:
    waiting = confirmed(client, boss)
    case_id(owner, invoices=[{"invoice_number": "F-2026-001"}])
    case_import_process(import_id=waiting.pk, moment=now())
    assert fresh(waiting).state == "checked"
    assert "The invoice F-2026-001 stands in the case" in office.get(f"{IMPORT}{waiting.pk}/").content.decode()
    assert Recovery.objects.count() == 1
    confirm(office, despite_warnings="on")
    assert Recovery.objects.count() == 2


def test_a_file_that_is_wrong_is_not_confirmed_whatever_is_sent(office: Client, client: User) -> None:
    upload(office, client, csv_file(table({"invoice.invoice_amount": "-5"})))
    for _ in range(2):
        confirm(office, despite_warnings="on")
    assert CaseImport.objects.get().state == "checked"
    assert not Recovery.objects.exists()


def test_sentences_are_in_the_language_of_who_sent_the_file(client: User) -> None:
    french = browser_of(chief(email="chef@example.com", language="fr"))
    page = upload(french, client, csv_file(table({"invoice.invoice_amount": "-5"})))
    assert "doit être supérieur ou égal à 0." in page.content.decode()


def test_who_sent_the_file_is_gone_and_so_is_it(client: User) -> None:
    waiting = CaseImport.objects.create(owner=client, user=None, file_name="c.csv", digest="d", content=b"case\nA")
    case_import_process(import_id=waiting.pk, moment=now())
    assert fresh(waiting).state == "refused"


def test_a_confirmed_file_is_not_forgotten_a_refused_one_is(office: Client, client: User, boss: User) -> None:
    confirmed(client, boss)
    upload(office, client, b"case\nA;B\n")
    assert imports_forget(moment=now() + timedelta(days=2)) == 1
    assert CaseImport.objects.get().state == "importing"


def test_a_file_that_came_halfway_is_not_taken_again_later(office: Client, client: User, boss: User) -> None:
    data = csv_file(table({}))
    upload(office, client, data)
    halfway = {"state": "refused", "imported_at": now(), "references": ["REC-1"], "rows": [], "findings": {}}
    CaseImport.objects.update(**halfway)
    assert imports_forget(moment=now() + timedelta(days=2)) == 0
    page = upload(office, client, data)
    assert "imported for this client already" in page.content.decode()
    assert CaseImport.objects.count() == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_without_workers_the_file_is_checked_and_imported_in_the_requests(
    office: Client,
    client: User,
    in_process: None,  # noqa: F811
) -> None:
    data = {"owner": client.pk, "file": SimpleUploadedFile("c.csv", csv_file(table({})))}
    page = office.post(IMPORT, data, follow=True)
    assert page.context["is_good"]
    page = office.post(page.redirect_chain[-1][0], follow=True)
    assert Recovery.objects.get().recovery_reference in page.content.decode()


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="two connections at once need PostgreSQL")
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_how_far_one_transaction_has_come_is_seen_from_outside(client: User, boss: User) -> None:
    waiting = confirmed(client, boss)
    claim = claims.take(JOB, waiting.pk, moment=now())
    assert claim is not None
    claim.signs["done"] = 7
    assert claim.extend()
    assert fresh(waiting).done == 7
