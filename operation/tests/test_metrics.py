"""What `/metrics` tells, seen from outside: by a scrape, after calls, with services there and away."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from smtplib import SMTPResponseException, SMTPServerDisconnected

import pytest
from celery import current_app
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from documents.models import Document
from legalcity.lib.claims import JOBS
from legalcity.lib.clock import now, today
from legalcity.lib.metrics.requests import METHODS
from operation.metrics_server import figures
from recoveries.ledger.nightly import ledgers_watch
from recoveries.ledger.posting_models import CaseBalance
from recoveries.letters.channels.delivering import SENDING, message_deliver
from recoveries.letters.jobs import JOB
from recoveries.letters.services import message_send
from recoveries.letters.tests.test_emails import moods  # noqa: F401 - a fixture
from recoveries.models import Message, Recovery
from tests.factories import Api, case_id
from tests.letters import FREE

ROOT = Path(__file__).resolve().parent.parent.parent


def told(name: str, **labels: str) -> float | None:
    """What this process has counted, as a scrape shows it."""
    return REGISTRY.get_sample_value(name, labels)


def measured(name: str, **labels: str) -> float | None:
    return figures().get_sample_value(name, labels)


@pytest.mark.django_db
class TestRequests:
    def test_a_request_is_counted_by_its_route_and_never_by_its_path(self, owner: Api) -> None:
        case = case_id(owner)
        owner.get(f"/api/recoveries/{case}?search=martin")
        text = generate_latest().decode()
        lines = [line for line in text.splitlines() if line.startswith("legalcity_requests_total")]
        assert any('method="GET",route="recovery",status="2xx"' in line for line in lines), lines
        assert "martin" not in text
        assert f"/{case}" not in text

    def test_statements_and_seconds_are_counted_beside_it(self, owner: Api) -> None:
        before = told("legalcity_statements_total", route="recoveries") or 0
        owner.get("/api/recoveries")
        assert (told("legalcity_statements_total", route="recoveries") or 0) >= before + 2
        assert told("legalcity_request_seconds_count", route="recoveries", method="GET")

    def test_odd_methods_and_addresses_make_no_label_of_their_own(self, owner: Api) -> None:
        for path, method in (("/nothing-1", "GET"), ("/nothing-2", "BREW"), ("/api/recoveries", "X" * 40)):
            owner.client.generic(method, path)
        families = {family.name: family for family in text_string_to_metric_families(generate_latest().decode())}
        labels = [sample.labels for sample in families["legalcity_requests"].samples]
        assert {label["method"] for label in labels} <= METHODS | {"other"}
        assert not any("nothing" in label["route"] for label in labels)


@pytest.mark.django_db
class TestMeasures:
    def test_the_oldest_row_of_a_job_table_is_told_by_its_task(self, owner: Api) -> None:
        document = Document.objects.create(recovery_id=case_id(owner), name="Facture", source_url="http://10.0.0.1/")
        Document.objects.filter(pk=document.pk).update(due_at=now() - timedelta(minutes=5))
        assert measured("legalcity_jobs_waiting", job="documents.tasks.process") == 1
        oldest = measured("legalcity_job_oldest_due_seconds", job="documents.tasks.process")
        assert oldest is not None
        assert 299 < oldest < 400
        assert measured("legalcity_job_oldest_due_seconds", job="scoring.tasks.process") == 0

    def test_lapsed_deadlines_are_counted(self, owner: Api) -> None:
        case = case_id(owner)
        assert measured("legalcity_deadlines_lapsed") == 0
        Recovery.objects.filter(pk=case).update(next_deadline=today() - timedelta(days=1))
        assert measured("legalcity_deadlines_lapsed") == 1

    def test_the_ledger_is_told_after_its_night_and_until_it_is_mended(self, owner: Api) -> None:
        assert measured("legalcity_ledger_cases", found="differing") is None
        case = case_id(owner)
        ledgers_watch(moment=now())
        assert measured("legalcity_ledger_cases", found="checked") == 1
        assert measured("legalcity_ledger_cases", found="differing") == 0
        CaseBalance.objects.filter(recovery_id=case).update(due=12345)
        ledgers_watch(moment=now())
        assert measured("legalcity_ledger_cases", found="differing") == 1
        age = measured("legalcity_ledger_round_age_seconds")
        assert age is not None
        assert age < 60

    def test_a_night_that_is_too_short_goes_on_the_next_one(self, owner: Api, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("recoveries.ledger.checking.AT_ONCE", 1)
        first, second = case_id(owner), case_id(owner)
        assert (first, second) == tuple(sorted((first, second)))
        none_at_all = timedelta(seconds=-1)
        assert ledgers_watch(moment=now(), most=none_at_all).ended_at == 0
        assert measured("legalcity_ledger_cases", found="checked") is None
        assert ledgers_watch(moment=now(), most=none_at_all).checked == 2
        ended = ledgers_watch(moment=now())
        assert (ended.checked, ended.ended_at > 0) == (2, True)

    def test_a_measure_that_fails_is_counted_and_costs_the_others_nothing(self, settings: Settings) -> None:
        settings.CELERY_TASK_ALWAYS_EAGER = False
        settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
        registry = figures()
        before, current_app.conf.broker_read_url = current_app.conf.broker_read_url, "redis://127.0.0.1:1/0"
        try:
            assert registry.get_sample_value("legalcity_measures_missing") >= 1
            assert registry.get_sample_value("legalcity_up", {"service": "database"}) == 1
        finally:
            current_app.conf.broker_read_url = before


def counting(folder: Path, code: str) -> None:
    """A process that counts in files, as servers do."""
    begin = "from legalcity.lib.metrics.files import count_in_files; count_in_files()\n"
    begin += "from legalcity.lib.metrics.series import tasks\n"
    ours = {"EMBEDDED": "1", "METRICS_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "legalcity.settings"}
    subprocess.run([sys.executable, "-c", begin + code], cwd=ROOT, env={**os.environ, **ours}, check=True)


def added_up(folder: Path) -> float | None:
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(folder))
    return registry.get_sample_value("legalcity_tasks_total", {"task": "t", "outcome": "o"})


class TestFiles:
    def test_processes_after_one_another_share_a_file_and_forked_ones_have_their_own(self, tmp_path: Path) -> None:
        one = "tasks.labels('t', 'o').inc()\n"
        counting(tmp_path, one)
        counting(tmp_path, one)
        assert added_up(tmp_path) == 2
        assert len(list(tmp_path.glob("counter_*.db"))) == 1
        forked = (
            one + "import os\nif os.fork() == 0:\n    tasks.labels('t', 'o').inc(5); os._exit(0)\nos.wait()\n" + one
        )
        counting(tmp_path, forked)
        assert added_up(tmp_path) == 2 + 2 + 5
        assert len(list(tmp_path.glob("counter_*.db"))) == 2

    def test_a_folder_that_cannot_be_had_costs_the_figures_alone(self, tmp_path: Path) -> None:
        in_the_way = tmp_path / "file"
        in_the_way.write_text("")
        counting(in_the_way, "tasks.labels('t', 'o').inc()")


@pytest.mark.django_db
class TestMessages:
    def test_letters_that_leave_are_put_off_or_fail_are_counted(
        self,
        owner: Api,
        system_setting: Callable[..., None],
        moods: list[Exception],  # noqa: F811
    ) -> None:
        system_setting(**FREE)
        moods += [SMTPServerDisconnected("gone"), SMTPResponseException(550, "no")]
        before = {outcome: letters(outcome) for outcome in ("sent", "again", "failed")}
        message = message_send(case_id=case_id(owner), kind="relance_1", to="debtor@example.com", by=None)
        for _try in range(2):
            message_deliver(message_id=message.pk, moment=now())
            Message.objects.filter(pk=message.pk).update(claimed_until=None, due_at=now())
        assert {outcome: letters(outcome) - before[outcome] for outcome in before} == {
            "sent": 0,
            "again": 1,
            "failed": 1,
        }
        other = message_send(case_id=case_id(owner), kind="relance_1", to="debtor@example.com", by=None)
        message_deliver(message_id=other.pk, moment=now())
        assert letters("sent") == before["sent"] + 1

    def test_a_job_that_is_derived_for_some_of_its_rows_is_not_told_in_its_place(self) -> None:
        assert SENDING.task == JOB.task
        assert JOBS[JOB.task] is JOB


def letters(outcome: str) -> float:
    return told("legalcity_emails_total", task=JOB.task, outcome=outcome) or 0.0
