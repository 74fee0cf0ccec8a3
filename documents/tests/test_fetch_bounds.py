"""What an address given by a client may cost: one time over all tries, few workers of an account, a queue apart."""

import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import OperationalError, connection

from documents.models import Document
from documents.services import fetching, pipeline
from documents.services.pipeline import Outcome, document_process
from documents.tests.conftest import Sent, Web
from documents.tests.forms import PDF, docs_of, uploaded
from legalcity.celery import app
from tests.factories import Api, case_id
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


@pytest.fixture
def case(owner: Api, development: None) -> int:
    """A case of the owner."""
    return case_id(owner)


def announced(case: int, url: str) -> Document:
    """A document to fetch that nobody has begun with."""
    return Document.objects.create(recovery_id=case, name="Facture", source_url=url)


def ended(document: Document) -> tuple[str, str]:
    """State and reason."""
    document.refresh_from_db()
    return document.state, document.reason


def test_an_address_that_breaks_off_is_not_asked_again(owner: Api, case: int, web: Web) -> None:
    url = web.put("/a.pdf", PDF[:100], Content_Length=str(len(PDF)))
    answer = owner.post(docs_of(case), {"name": "a", "pathinfo": url})
    assert (answer.status_code, answer.json()["message"]) == (400, "Failed to process file")
    assert (ended(Document.objects.get()), web.asked) == (("failed", "incomplete"), ["/a.pdf"])


def test_all_tries_at_an_address_have_one_time(case: int, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (fetching, pipeline):
        monkeypatch.setattr(module, "FETCH_SECONDS", 0.3)

    def slowly() -> Sent:
        time.sleep(0.2)
        return 503, {}, b""

    document = announced(case, web.put("/a.pdf", b""))
    web.pages["/a.pdf"] = slowly
    assert document_process(document_id=document.pk, moment=now()) is Outcome.LATER
    assert ended(document) == ("fetching", "http_503")
    assert document_process(document_id=document.pk, moment=now()) is Outcome.DONE
    assert (ended(document), len(web.asked)) == (("failed", "timeout"), 2)


def test_addresses_of_one_account_hold_two_workers(owner: Api, stranger: Api, case: int, web: Web) -> None:
    at_work = [announced(case, web.put("/slow.pdf", PDF)) for _ in range(2)]
    Document.objects.update(state="fetching", claimed_until=now() + timedelta(minutes=1))
    waiting, other = announced(case_id(owner), web.put("/a.pdf", PDF)), announced(case_id(stranger), web.put("/b", PDF))
    assert document_process(document_id=waiting.pk, moment=now()) is Outcome.LATER
    assert (ended(waiting), web.asked) == (("pending", ""), [])
    assert document_process(document_id=other.pk, moment=now()) is Outcome.DONE
    # What is uploaded is not fetched, and waits for nobody.
    assert uploaded(owner, case)["file"]["filename"] == "Facture.pdf"
    Document.objects.filter(pk=at_work[0].pk).update(claimed_until=None)
    assert document_process(document_id=waiting.pk, moment=now()) is Outcome.DONE
    assert ended(waiting) == ("ready", "")


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="workers at once need PostgreSQL")
def test_of_ten_workers_at_once_two_fetch_for_an_account(case: int, web: Web, folder: Path) -> None:
    go_on = threading.Event()

    def slowly() -> Sent:
        go_on.wait(30)
        return 200, {"Content-Length": str(len(PDF))}, PDF

    documents = [announced(case, web.put(f"/{number}.pdf", b"")) for number in range(10)]
    web.pages = dict.fromkeys(web.pages, slowly)

    def work(number: int) -> Outcome:
        outcome = document_process(document_id=documents[number].pk, moment=now())
        if outcome is Outcome.LATER:
            stepped_back.release()
        return outcome

    stepped_back = threading.Semaphore(0)
    threading.Thread(target=lambda: [stepped_back.acquire(timeout=30) for _ in range(8)] and go_on.set()).start()
    assert Counter(at_once(10, work)) == {Outcome.DONE: 2, Outcome.LATER: 8}
    assert len(web.asked) == 2


def test_what_is_fetched_has_a_queue_of_its_own(case: int) -> None:
    document = announced(case, "https://example.com/a.pdf")

    def queue_now() -> str:
        return str(app.amqp.router.route({}, "documents.tasks.process", [document.pk])["queue"].name)

    assert queue_now() == "fetching"
    Document.objects.update(state="scanning")
    assert queue_now() == "documents"


def test_a_task_that_comes_back_while_the_database_is_away_is_queued_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def away(**_: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(Document.objects, "filter", away)
    assert app.amqp.router.route({}, "documents.tasks.process", [1])["queue"].name == "fetching"
