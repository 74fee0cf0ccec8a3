"""The logs: one JSON object a line, with the request's id, without secrets and without personal data."""

import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
import structlog
from celery import current_app, shared_task
from celery.app.trace import build_tracer
from celery.exceptions import Reject
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test import Client, TestCase
from kombu.exceptions import OperationalError as NoQueue
from pytest_django import Settings
from structlog.contextvars import bound_contextvars
from structlog.stdlib import ProcessorFormatter

from accounts import tasks
from accounts.models import User
from legalcity.lib import claims, embedded_clock, logs
from legalcity.lib.logs import SECRET_KEYS
from tests.factories import Api, ApiUserFactory, CompanyBody, InvoiceBody, RegisterBody, case_id, complete_body

pytestmark = pytest.mark.django_db

ADDRESS = "203.0.113.77"
FORWARDED = "198.51.100.23"
AGENT = "Mozilla/5.0 (SecretBrowser)"
PERSON, COMPANY = "Zéphyrine", "Brouettes Lunaires"
CALLER = {
    "REMOTE_ADDR": ADDRESS,
    "X-Forwarded-For": FORWARDED,
    "User-Agent": AGENT,
    "Referer": "https://x.example/?q=1",
}


class Log:
    """What is written while a test runs."""

    def __init__(self, stream: io.StringIO) -> None:
        self._stream = stream

    @property
    def text(self) -> str:
        """As it stands on standard error."""
        return self._stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Each line is a JSON object, or this fails."""
        return [json.loads(line) for line in self.text.splitlines()]

    def requests(self) -> list[dict[str, Any]]:
        """The lines of requests that are done."""
        return [line for line in self.lines if line["event"] == "request"]


@pytest.fixture
def log() -> Iterator[Log]:
    """The log of the process, with its own handler and format, written to memory."""
    handlers = [each for each in logging.getLogger().handlers if isinstance(each.formatter, ProcessorFormatter)]
    assert len(handlers) == 1
    stream = io.StringIO()
    before = handlers[0].setStream(stream)  # type: ignore[attr-defined]
    yield Log(stream)
    handlers[0].setStream(before)  # type: ignore[attr-defined]


@pytest.fixture
def logged_user() -> User:
    """A client whose name and e-mail must not be found in the log."""
    return ApiUserFactory(
        email="zephyrine@brouettes.example",
        first_name=PERSON,
        last_name="Quillebœuf",
        entreprise=COMPANY,
        can_register=True,
    )


@pytest.fixture
def logged_client(logged_user: User) -> Api:
    """That client, logged in before the log is looked at."""
    return Api.of(logged_user)


def secrets_of(api: Api) -> list[str]:
    """What must never be in a log: who called, with what, from where."""
    assert api.user is not None
    parts = [part for part in api.token.split(".") if part]
    named = [api.user.email, api.user.first_name, api.user.last_name, api.user.entreprise, api.user.auth_secret]
    return [api.key, api.key[:8], *parts, *named, ADDRESS, FORWARDED, "SecretBrowser", "x.example"]


def assert_silent(log: Log, *secrets: str) -> None:
    """None of `secrets` is in the log, whatever the capitals."""
    assert log.text
    assert [secret for secret in secrets if secret.lower() in json.dumps(log.lines, ensure_ascii=False).lower()] == []


# --- the request's id ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", ["12345678", "a" * 64, "7f3c-11.B_c9", "0f8fad5b-d9cb-469f-a165-70867728950e"])
def test_a_good_id_is_echoed_and_logged(log: Log, given: str) -> None:
    answer = Api().get("/api/health", X_Request_ID=given)
    assert answer.headers["X-Request-ID"] == given
    assert [line["request_id"] for line in log.requests()] == [given]


HOSTILE = [
    "",
    "short",
    "a" * 65,
    "with space 1234",
    'quote","level":"admin',
    "<script>alert(1)</script>",
    "newline\\n12345678",
    "line%0d%0aSet-Cookie:x",
    "jean.dupont@example.fr",
    "été-été-été",
    "12345678;drop",
]


@pytest.mark.parametrize("given", HOSTILE)
def test_a_hostile_id_is_replaced(log: Log, given: str) -> None:
    answer = Api().get("/api/health", X_Request_ID=given)
    fresh = answer.headers["X-Request-ID"]
    assert re.fullmatch(r"[0-9a-f]{32}", fresh)
    assert [line["request_id"] for line in log.requests()] == [fresh]
    assert not given or given not in log.text


@pytest.mark.parametrize(
    ("path", "status"),
    [("/api/auth/me", 401), ("/api/nothing", 404), ("/nothing", 404), ("/healthz", 200), ("/admin/", 302)],
)
def test_every_answer_carries_the_id_of_its_line(log: Log, path: str, status: int) -> None:
    answers = [Client().get(path) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [status, status]
    ids = [answer.headers["X-Request-ID"] for answer in answers]
    assert len(set(ids)) == 2
    assert [line["request_id"] for line in log.requests()] == ids


# --- what a line holds -----------------------------------------------------------------------------------------


def test_a_line_says_what_was_asked_and_how_it_ended(logged_client: Api, log: Log) -> None:
    case = case_id(logged_client)
    logged_client.get(f"/api/recoveries/{case}?verbose=1")
    created, shown = log.requests()
    assert created["route"] == "api/recoveries/complete"
    assert (created["method"], created["status"]) == ("POST", 201)
    assert shown["route"] == "api/recoveries/<id:recovery_id>"
    assert (shown["method"], shown["status"]) == ("GET", 200)
    for line in (created, shown):
        assert line["user_id"] == logged_client.user.pk
        assert line["level"] == "info"
        assert line["logger"] == "legalcity.access"
        assert 0 <= line["ms"] < 60_000
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", line["timestamp"])


def test_an_address_that_is_not_ours_is_not_logged(log: Log) -> None:
    Client().get("/people/jean.dupont@example.fr?iban=FR76")
    (line,) = log.requests()
    assert line["route"] is None
    assert_silent(log, "dupont", "FR76", "people")


# --- what no line holds ----------------------------------------------------------------------------------------


def test_login_leaves_no_trace_of_the_credentials(logged_user: User, log: Log) -> None:
    api = Api.of(logged_user)
    api.login()
    api.raw(
        "POST", "/api/auth/login", json.dumps({"email": logged_user.email, "key": "wrong-key-1"}).encode(), **CALLER
    )
    api.raw("POST", "/api/auth/login", b'{"email": "zephyrine@brouettes.example", "key": ', **CALLER)
    assert [line["status"] for line in log.requests()] == [200, 401, 400]
    assert_silent(log, *secrets_of(api), "wrong-key-1")


def test_a_day_s_work_leaves_no_personal_data(logged_client: Api, log: Log) -> None:
    def call(method: str, path: str, body: Any = None) -> Any:
        sent = b"" if body is None else json.dumps(body).encode()
        return logged_client.raw(method, path, sent, **CALLER)

    party = {"company_name": COMPANY, "company_legalrep_firstname": PERSON, "company_email": "debtor@brouettes.example"}
    filed = call("POST", "/api/recoveries/complete", complete_body(customer=party, debtor=party)).json()["data"]
    case, reference = filed["recovery"]["id"], filed["recovery"]["recovery_reference"]
    calls = [
        ("GET", "/api/recoveries?search=Lunaires&page=1", None),
        ("GET", f"/api/recoveries/{case}", None),
        ("GET", f"/api/recoveries/{case}/companies?search=debtor@brouettes.example", None),
        ("POST", f"/api/recoveries/{case}/companies", CompanyBody(relation_type="debtor", **party)),
        ("POST", f"/api/recoveries/{case}/invoices", InvoiceBody(invoice_number="SECRET-INV-1")),
        ("POST", f"/api/recoveries/{case}/invoices", InvoiceBody(invoice_number="SECRET-INV-1")),
        ("POST", f"/api/recoveries/{case}/comments", {"comment": "<p>Owes me everything</p>"}),
        ("PATCH", f"/api/recoveries/{case}", {"recovery_due_date": "not-a-date-eaudecologne"}),
        ("POST", "/api/auth/register", RegisterBody(email="new@brouettes.example", phone="+33699887766")),
        ("GET", "/api/auth/me", None),
        ("GET", "/api/companies/type/Quillebœuf", None),
        ("POST", "/api/auth/logout", None),
        ("GET", "/api/auth/me", None),
    ]
    answers = [call(*each) for each in calls]
    expected = [200, 200, 200, 500, 201, 422, 201, 422, 201, 200, 400, 200, 401]
    assert [answer.status_code for answer in answers] == expected
    key = answers[8].json()["data"]["user"]["api_key"]
    assert_silent(
        log, *secrets_of(logged_client), key, key[:8], reference, "debtor@", "new@", "SECRET-INV", "Owes me",
        "eaudecologne",
        "33699887766", "search=", "?",
    )  # fmt: skip


def fail_with(text: str) -> Callable[..., Any]:
    """A service that breaks in a way that nobody foresaw, its text and its cause full of personal data."""

    def fail(*_args: Any, **_kwargs: Any) -> Any:
        try:
            raise IntegrityError(f"duplicate key, DETAIL: {text}")
        except IntegrityError as error:
            raise RuntimeError(f"could not store {text}") from error

    return fail


def test_an_uncaught_failure_says_where_and_not_what(
    logged_client: Api, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f"({PERSON}, {logged_client.user.email}, {logged_client.key}, {ADDRESS})"
    monkeypatch.setattr("recoveries.services.cases.recovery_create_complete", fail_with(text))
    answer = logged_client.raw(
        "POST", "/api/recoveries/complete", json.dumps(complete_body()).encode(), X_Request_ID="failure-0001", **CALLER
    )
    assert answer.status_code == 500
    assert answer.json() == {
        "success": False,
        "message": "Failed to create complete recovery case",
        "code": "server_error",
    }
    failure, request = log.lines
    assert (failure["event"], failure["level"], failure["logger"]) == ("uncaught", "error", "legalcity.failure")
    assert failure["error"] == "RuntimeError"
    assert any("views/cases.py" in place for place in failure["places"])
    assert failure["request_id"] == request["request_id"] == "failure-0001"
    assert request["status"] == 500
    assert_silent(log, *secrets_of(logged_client), "could not store", "DETAIL")


def test_an_uncaught_failure_of_a_page_says_where_and_not_what(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"({PERSON}, {ADDRESS})"
    monkeypatch.setattr("django.contrib.admin.sites.AdminSite.each_context", fail_with(text))
    chief = User.objects.create_superuser("chief@example.com", "a long enough password", first_name="A", last_name="B")
    browser = Client(raise_request_exception=False)
    browser.force_login(chief)
    assert browser.get("/admin/").status_code == 500
    failure, request = log.lines
    assert (failure["event"], failure["error"]) == ("uncaught", "RuntimeError")
    assert failure["request_id"] == request["request_id"]
    assert_silent(log, PERSON, ADDRESS, "could not store", "DETAIL", "chief@example.com")


def test_a_periodic_task_that_fails_says_where_and_not_what_and_the_next_one_runs(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded_clock, "close_old_connections", lambda: None)  # The test's own is in a transaction.
    monkeypatch.setattr(tasks.purge_tokens, "run", lambda: fail_with(f"({PERSON}, {ADDRESS})")())
    for name in ("accounts.tasks.purge_tokens", "no.such.task", "accounts.tasks.purge_sessions"):
        embedded_clock.run(name)
    failure, unknown = log.lines
    assert (failure["event"], failure["error"], failure["task"]) == (
        "uncaught",
        "RuntimeError",
        tasks.purge_tokens.name,
    )
    assert (unknown["event"], unknown["error"]) == ("uncaught", "NotRegistered")
    assert_silent(log, PERSON, ADDRESS, "could not store", "DETAIL")


def test_a_worker_names_the_request_behind_a_task_and_not_the_one_behind_the_task_before(log: Log) -> None:
    @shared_task(name="tests.speaks")
    def speaks() -> None:
        structlog.get_logger("tests").warning("spoke")

    work = build_tracer(speaks.name, speaks, app=current_app)
    for number, behind in enumerate([{"request_id": "request-0001"}, {}, {"request_id": "request-0002"}]):
        work(f"task-{number}", (), {}, {"id": f"task-{number}", "is_eager": False, **behind})
    structlog.get_logger("tests").warning("all done")
    named = [(line.get("task_id"), line.get("request_id")) for line in log.lines]
    assert named == [("task-0", "request-0001"), ("task-1", None), ("task-2", "request-0002"), (None, None)]


def test_a_task_inside_another_one_leaves_it_its_name(log: Log) -> None:
    @shared_task(name="tests.inside")
    def inside() -> None:
        structlog.get_logger("tests").warning("inside")

    @shared_task(name="tests.around")
    def around() -> None:
        inside.apply()
        structlog.get_logger("tests").warning("around")

    with bound_contextvars(request_id="request-0001"):
        around.apply()
    assert [(line["task"], line["request_id"]) for line in log.lines] == [
        ("tests.inside", "request-0001"),
        ("tests.around", "request-0001"),
    ]


def _tell_what_the_database_says(**_: Any) -> None:
    """A refusal of PostgreSQL quotes the row; so may whoever passes it on."""
    User.objects.create_user("zephyrine@brouettes.example", first_name=PERSON, last_name="Q")
    try:
        User.objects.create_user("zephyrine@brouettes.example", first_name=PERSON, last_name="Q")
    except IntegrityError as error:
        raise RuntimeError("could not store zephyrine@brouettes.example, IBAN FR7630006000011234567890189") from error


@pytest.mark.parametrize("retries", [0, 2])
def test_an_uncaught_failure_of_a_task_says_where_and_not_what(log: Log, retries: int) -> None:
    @shared_task(name=f"tests.fails_{retries}", bind=True, max_retries=retries)
    def fails(self: Any) -> None:
        try:
            with transaction.atomic():
                _tell_what_the_database_says()
        except RuntimeError as error:
            raise (self.retry(exc=error, countdown=0) if retries else error) from error

    fails.apply()
    (failure,) = log.lines
    assert (failure["event"], failure["level"], failure["error"]) == ("uncaught", "error", "RuntimeError")
    assert failure["task"] == f"tests.fails_{retries}"
    assert any("_tell_what_the_database_says" in place for place in failure["places"])
    assert_silent(log, PERSON, "zephyrine", "FR76", "could not store", "DETAIL")


def away(*_args: Any, **_kwargs: Any) -> Any:
    """A service that finds no database."""
    try:
        raise psycopg.OperationalError("connection failed: host zephyrine")
    except psycopg.OperationalError as error:
        raise OperationalError("connection failed: host zephyrine") from error


def test_a_database_that_is_away_is_told_once_and_so_is_its_return(
    logged_client: Api, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recoveries.services.cases.recovery_create_complete", away)
    monkeypatch.setattr(tasks.purge_tokens, "run", away)

    def ask() -> list[tuple[str, str]]:
        """What the log has more after two calls and a task that found no database."""
        before = len(log.lines)
        answers = [logged_client.post("/api/recoveries/complete", complete_body()) for _ in range(2)]
        assert {answer.status_code for answer in answers} == {503}
        tasks.purge_tokens.apply()
        return [(line["event"], line["level"]) for line in log.lines[before:] if line["event"] != "request"]

    task = ("task_without_database", "warning")
    assert ask() == [("database_away", "error"), task]
    assert ask() == [task]
    assert any("views/cases.py" in place for place in log.lines[0]["places"])
    found = connection.copy()
    found.connect()
    found.close()
    assert [line["event"] for line in log.lines[-1:]] == ["database_back"]
    assert ask() == [("database_away", "error"), task]
    assert_silent(log, "zephyrine")


def test_a_queue_that_is_away_is_told_once_and_so_is_its_return(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_args: Any, **_options: Any) -> None:
        raise NoQueue("Error 111 connecting to zephyrine:6379")

    def ask() -> list[tuple[str, str]]:
        """What the log has more after two tasks that were to be queued after a commit."""
        before = len(log.lines)
        for _time in range(2):
            with TestCase.captureOnCommitCallbacks(execute=True):
                claims.queue(tasks.purge_tokens.name)
        return [(line["event"], line["level"]) for line in log.lines[before:]]

    with monkeypatch.context() as outage:
        outage.setattr("celery.app.task.Task.apply_async", refused)
        assert ask() == [("queue_away", "error")]
        logs.failed_task(Reject(NoQueue("zephyrine")))  # One that was to come back.
        logging.getLogger("django.db.backends.base").error("in on_commit()", exc_info=NoQueue("zephyrine"))
        assert ask() == []
        assert len(log.lines) == 1
    monkeypatch.setattr("celery.app.task.Task.apply_async", lambda *_args, **_options: None)
    assert ask() == [("queue_back", "warning")]
    assert_silent(log, "zephyrine")


def test_a_library_that_tells_of_an_exception_does_not_quote_it(log: Log) -> None:
    try:
        fail_with(f"({PERSON}, zephyrine@brouettes.example)")()
    except RuntimeError as error:
        logging.getLogger("some.library").exception("Task handler raised error: %r", error)
    (line,) = log.lines
    assert (line["event"], line["logger"], line["error"]) == ("uncaught", "some.library", "RuntimeError")
    assert_silent(log, PERSON, "zephyrine", "could not store")


def test_pages_that_are_not_there_or_not_allowed_are_no_faults(log: Log) -> None:
    handler = User.objects.create_user("h@example.com", first_name="A", last_name="B", is_staff=True)
    browser = Client()
    browser.force_login(handler)
    answers = [browser.get(path) for path in ("/nothing", "/admin/nothing/", "/admin/accounts/user/", "/docs/nothing")]
    assert [answer.status_code for answer in answers] == [404, 404, 403, 404]
    assert {line["level"] for line in log.lines} == {"info", "warning"}
    (told,) = [line for line in log.lines if line["level"] == "warning"]
    assert (told["event"], told["logger"], told["user_id"]) == ("forbidden", "legalcity.security", handler.pk)


def test_a_strange_host_is_a_warning_that_does_not_quote_it(log: Log, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["api.example.fr"]
    for path in ("/admin/login/", "/api/info"):
        assert Client(headers={"Host": "zephyrine.example"}).get(path).status_code == 400
    told = [line for line in log.lines if line["event"] != "request"]
    assert {(line["event"], line["level"], line["logger"]) for line in told} == {
        ("refused", "warning", "django.security.DisallowedHost")
    }
    assert_silent(log, "zephyrine")


def test_failed_logins_of_staff_are_not_quoted(log: Log) -> None:
    Client().post("/admin/login/", {"username": "chief@example.com", "password": "hunter2hunter2"}, REMOTE_ADDR=ADDRESS)
    Client(enforce_csrf_checks=True).post("/admin/login/?next=/secret", {"username": "chief@example.com"})
    assert [line["status"] for line in log.requests()] == [200, 403]
    assert_silent(log, "chief@example.com", "hunter2", ADDRESS, "next=")


@pytest.mark.parametrize("key", sorted(SECRET_KEYS))
def test_keys_that_hold_secrets_are_blanked_whoever_logs_them(log: Log, key: str) -> None:
    structlog.get_logger("anybody").warning("happened", **{key: "the-secret-itself"})
    (line,) = log.lines
    assert line[key] == "[redacted]"
    assert_silent(log, "the-secret-itself")


def test_lines_of_libraries_have_the_same_form(log: Log) -> None:
    logging.getLogger("some.library").warning("something %s", "odd")
    (line,) = log.lines
    assert line["event"] == "something odd"
    assert (line["logger"], line["level"]) == ("some.library", "warning")
