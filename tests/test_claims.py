"""A row as a job: one worker at a time, for as long as it lives; what is left behind is handed out again."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from documents.models import Document
from documents.services import pipeline as documents
from documents.services.pipeline import JOB
from documents.tests.conftest import in_process  # noqa: F401 - a fixture
from events.notices.jobs import NOTICE_JOB
from events.webhooks import claiming as webhooks
from invoicing.billing.services import charges
from legalcity.celery import SWEEP_EVERY, app
from legalcity.lib import claims
from legalcity.lib.clock import now
from recoveries.court import transfer
from recoveries.intake import pipeline as imports
from recoveries.letters import jobs as letters
from recoveries.letters.bulk.services import JOB as MAILING_JOB
from recoveries.letters.channels import hook_calls
from recoveries.letters.scenarios import rehearsals
from scoring.services import pipeline as scoring
from tests.factories import Api, case_id

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def document(owner: Api) -> Document:
    """A document that waits."""
    return Document.objects.create(recovery_id=case_id(owner), name="Facture", source_url="http://10.0.0.1/")


def fresh(document: Document) -> Document:
    return Document.objects.get(pk=document.pk)


def test_who_has_taken_a_row_has_it_alone_and_gives_it_back(document: Document) -> None:
    claim = claims.take(JOB, document.pk, moment=now())
    assert claim is not None
    assert claims.take(JOB, document.pk, moment=now()) is None
    assert claim.release(after=timedelta(0), reason="later")
    assert (fresh(document).reason, fresh(document).attempts, fresh(document).claimed_until) == ("later", 1, None)
    assert not claim.write(reason="too late")
    assert claims.take(JOB, document.pk, moment=now()) is not None
    assert fresh(document).attempts == 2


def test_a_row_that_is_done_or_gone_is_not_taken(document: Document) -> None:
    Document.objects.update(state="ready")
    assert claims.take(JOB, document.pk, moment=now()) is None
    assert claims.take(JOB, 10**9, moment=now()) is None


def test_a_sign_of_life_moves_the_end_and_the_claim_still_writes(document: Document) -> None:
    claim = claims.take(JOB, document.pk, moment=now() - timedelta(seconds=20))
    assert claim is not None
    assert claim.extend()
    assert fresh(document).claimed_until > now() + timedelta(seconds=20)
    assert claim.write(reason="at work")
    other = claims.seize(JOB, document.pk)
    assert not claim.extend()
    assert not claim.write(reason="overtaken")
    assert other.write(reason="the other's")
    assert fresh(document).reason == "the other's"


def test_what_was_queued_is_left_behind_after_a_minute_and_what_was_taken_when_its_claim_ends(
    document: Document,
) -> None:
    moment = now()
    assert claims.left_behind(JOB, moment=moment) == []
    assert claims.left_behind(JOB, moment=moment + MINUTE) == [document.pk]
    claims.take(JOB, document.pk, moment=moment)
    assert claims.left_behind(JOB, moment=moment + timedelta(seconds=24)) == []
    assert claims.left_behind(JOB, moment=moment + timedelta(seconds=27)) == [document.pk]


def test_what_a_sweep_has_handed_out_the_next_sweeps_pass_by(
    document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed_out: list[int] = []
    monkeypatch.setattr(claims.task_named(JOB.task), "delay", handed_out.append)
    moment = now() + MINUTE
    assert [claims.sweep(JOB, moment=moment + seconds * timedelta(seconds=1)) for seconds in (0, 30, 61)] == [1, 0, 1]
    assert handed_out == [document.pk] * 2


def test_the_longest_due_come_first(owner: Api, document: Document) -> None:
    later = Document.objects.create(recovery_id=document.recovery_id, name="b", source_url="http://10.0.0.1/")
    Document.objects.filter(pk=document.pk).update(due_at=now() - MINUTE)
    Document.objects.filter(pk=later.pk).update(due_at=now() - 2 * MINUTE)
    assert claims.left_behind(JOB, moment=now()) == [later.pk, document.pk]


def test_pauses_double_up_to_an_hour() -> None:
    pauses = [JOB.pause(attempt).total_seconds() for attempt in (0, 1, 2, 3, 11, 12, 13, 10**6)]
    assert pauses == [2, 2, 4, 8, 2048, 3600, 3600, 3600]


def test_what_is_tried_without_end_is_not_counted_without_end(document: Document) -> None:
    Document.objects.update(attempts=claims.MOST_COUNTED)
    assert claims.take(JOB, document.pk, moment=now()) is not None
    assert fresh(document).attempts == claims.MOST_COUNTED


def test_a_row_that_sql_has_written_is_due_at_once(document: Document) -> None:
    columns = [field.column for field in Document._meta.concrete_fields if field.name not in ("id", "key", "due_at")]
    names = ", ".join(columns)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO documents_document (key, {names}) SELECT 'other', {names} FROM documents_document")
    copied = Document.objects.get(key="other")
    assert claims.left_behind(JOB, moment=now() + timedelta(seconds=1)) == [copied.pk]


# --- all of them -----------------------------------------------------------------------------------------------------
JOBS: list[claims.Job[Any]] = [
    *(documents.JOB, scoring.JOB, imports.JOB, letters.JOB, letters.NOTICE_JOB, NOTICE_JOB, transfer.JOB, charges.JOB),
    rehearsals.JOB,
    rehearsals.PART_JOB,
    MAILING_JOB,
    webhooks.JOB,
    hook_calls.JOB,
]


def told(duration: timedelta) -> str:
    """A duration as the documents write it."""
    hours, minutes = duration // timedelta(hours=1), duration // MINUTE
    return f"{hours} h" if hours else f"{minutes} min" if minutes else f"{duration.seconds} s"


def row_of(job: claims.Job[Any]) -> str:
    """A job as docs/architecture.md tells of it."""
    claim = "the lock"
    if job.claim is not None:
        renewed = f", renewed every {told(claims.SIGN_OF_LIFE)}" if job.claim == claims.CLAIM else ""
        claim = told(job.claim) + (renewed if job.is_resumed else ", never taken over")
    attempts = job.most_attempts or "without end"
    doubling = f"{told(job.first_pause)}, doubling to {told(job.longest_pause)}"
    pauses = ", ".join(map(told, job.pauses)) or doubling
    return f"| `{job.model._meta.db_table}` | `{job.task}` | {claim} | {attempts} | {pauses} |"


def test_the_documents_tell_how_long_and_how_often_each_job_is_worked_on() -> None:
    assert {job.model for job in JOBS} == {model for model in apps.get_models() if issubclass(model, claims.JobRow)}
    text = (settings.BASE_DIR / "docs" / "architecture.md").read_text()
    section = text.partition("## Jobs")[2].partition("\n## ")[0]
    assert [line for line in section.splitlines() if line.startswith("| `")] == [row_of(job) for job in JOBS]
    assert f"All are swept every {told(SWEEP_EVERY)}" in section


def test_each_job_is_swept_and_has_an_index_of_the_rows_that_wait() -> None:
    swept = {entry["task"] for entry in app.conf.beat_schedule.values() if entry["schedule"] == SWEEP_EVERY}
    assert {name.rpartition(".")[0] for name in swept} == {job.task.rpartition(".")[0] for job in JOBS}
    assert len(swept) == len(JOBS)
    for job in JOBS:
        assert any(index.condition and index.fields == ["due_at"] for index in job.model._meta.indexes), job.model
        assert claims.task_named(job.task).name == job.task


# --- the queue -------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_task_is_queued_by_name_after_the_commit_and_never_after_a_rollback(
    in_process: None,  # noqa: F811
    owner: Api,
) -> None:
    case = case_id(owner)
    with transaction.atomic():
        document = Document.objects.create(recovery_id=case, name="a", source_url="http://10.0.0.1/")
        claims.queue(JOB.task, document.pk)
        assert fresh(document).state == "pending"
        transaction.set_rollback(True)
    assert not Document.objects.exists()
    with transaction.atomic():
        document = Document.objects.create(recovery_id=case, name="a", source_url="http://10.0.0.1/")
        claims.queue(JOB.task, document.pk)
        assert fresh(document).state == "pending"
    assert (fresh(document).state, fresh(document).reason) == ("rejected", "address")


ALL_AT_ONCE = """
import sys, django
from threading import Barrier, Thread
django.setup()
from legalcity.lib.claims import task_named
sys.setswitchinterval(1e-5)
names = ["documents.tasks.process", "scoring.tasks.process", "recoveries.tasks.send_email"] * 4
gate, found = Barrier(len(names)), []
def ask(name):
    gate.wait()
    found.append(task_named(name).name)
threads = [Thread(target=ask, args=(name,)) for name in names]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(len(found))
"""


@pytest.mark.same_everywhere
def test_the_first_requests_of_a_fresh_process_all_find_their_tasks(tmp_path: Path) -> None:
    chosen = {"DJANGO_SETTINGS_MODULE": "legalcity.settings", "EMBEDDED": "1", "DATA_DIR": str(tmp_path)}
    environment = {**{name: os.environ[name] for name in ("PATH", "HOME")}, **chosen}
    command = [sys.executable, "-c", ALL_AT_ONCE]
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "12", done.stderr


def test_a_task_is_given_to_nobody_before_all_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, over, read = Event(), Event(), app.autodiscover_tasks

    def reading(**how: Any) -> None:
        """The first module names its tasks long before the last one is read."""
        read(**how)
        begun.set()
        over.wait(30)

    monkeypatch.setattr(app, "autodiscover_tasks", reading)
    monkeypatch.setattr(claims, "_are_read", Event())
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(claims.task_named, JOB.task)
        assert begun.wait(30)
        second = pool.submit(claims.task_named, JOB.task)
        with pytest.raises(TimeoutError):
            second.result(0.1)
        over.set()
        assert first.result(30) == second.result(30)


# --- signs of life ---------------------------------------------------------------------------------------------------
@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="two connections at once need PostgreSQL")
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_short_claim_is_kept_through_long_work_and_ends_with_it(
    document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "SIGN_OF_LIFE", timedelta(milliseconds=20))
    claim = claims.take(JOB, document.pk, moment=now())
    assert claim is not None
    with claim.kept():
        first = fresh(document).claimed_until
        until(lambda: fresh(document).claimed_until > first)
        for number in range(200):  # Each result is written while the end moves on.
            assert claim.write(reason=str(number))
        assert claims.take(JOB, document.pk, moment=now()) is None
    last = fresh(document).claimed_until
    time.sleep(0.2)
    assert fresh(document).claimed_until - last < timedelta(seconds=1)
    assert claim.release(after=timedelta(0))


def until(happened: Callable[[], bool]) -> None:
    """Wait for something, but not for ever."""
    give_up = time.monotonic() + 10
    while not happened():
        assert time.monotonic() < give_up
        time.sleep(0.01)
