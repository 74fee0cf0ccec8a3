"""Structured logs: one JSON object a line, with the request's or the task's id, without personal data.

The path is logged without its query string (searches hold names), addresses and user agents are not logged,
and a person appears as a number only.
"""

import logging
import sys
import traceback
from collections.abc import Mapping
from typing import Any

import orjson
import structlog
from celery.beat import SchedulingError
from celery.exceptions import Reject
from celery.signals import before_task_publish, task_failure, task_postrun, task_prerun
from django.core.signals import got_request_exception
from django.db.backends.signals import connection_created
from django.dispatch import receiver

from legalcity.lib.error_reports import report
from legalcity.lib.outages import database_outage, is_away, is_of_the_queue, queue_outage

SECRET_KEYS = frozenset({"key", "api_key", "auth_secret", "password", "token", "authorization", "secret", "email"})

failure_log = structlog.get_logger("legalcity.failure")


def redact(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Blank the values of keys that carry secrets or personal data, whoever logged them."""
    for key in SECRET_KEYS.intersection(event):
        event[key] = "[redacted]"
    return event


def log_failure(error: BaseException) -> None:
    """Log an uncaught exception by its type and the places it passed.

    Without its text: a database's message quotes the row, and rows hold personal data. A database that is away fails
    whatever comes, again and again: each process says so once, and once that it is back (`back_again`).
    """
    if isinstance(error, Reject) and isinstance(error.args[0], Exception):
        error = error.args[0]  # Why a task that was to come back could not be queued.
    if is_of_the_queue(error):
        queue_is_away(error)
    elif not is_away(error):
        failure_log.error("uncaught", **_facts_of(error))
        report(error)
    elif database_outage.has_begun():
        failure_log.error("database_away", **_facts_of(error))
        report(error)


def _facts_of(error: BaseException) -> dict[str, Any]:
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    return {"error": type(error).__qualname__, "places": places[-12:]}


def quote_no_exception(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """A library's line about an exception says its type and places; its words may repeat the exception's."""
    raised = event.pop("exc_info", None)
    error = raised[1] if isinstance(raised, tuple) else raised
    if isinstance(error, BaseException):
        event.update(_facts_of(error), event="uncaught")
    return event


class SecurityEvents(logging.Filter):
    """What Django refuses (hosts, forms from elsewhere, odd requests) is a warning, and quotes nothing of it.

    The logger's name tells the kind: `django.security.DisallowedHost`.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Lets every line pass."""
        if record.name.startswith("django.security"):
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.msg, record.args, record.exc_info = "refused", (), None
        return True


class QueueOutages(logging.Filter):
    """What libraries say of each message that finds no queue is left out: that it is away is told once."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, SchedulingError):  # Beat's own word for it.
            error = error.__context__
        if not is_of_the_queue(error):
            return True
        queue_is_away(error)
        return False


def queue_is_away(error: BaseException | None) -> None:
    """Say so, once for each outage and process."""
    if queue_outage.has_begun():
        failure_log.error("queue_away", error=type(error).__qualname__)


def queue_is_back() -> None:
    """Say so, where it was away."""
    if (seconds := queue_outage.has_ended()) is not None:
        failure_log.warning("queue_back", seconds=round(seconds, 1))


SHARED_PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    redact,
]


def _json(event: dict[str, Any], **options: Any) -> str:
    return orjson.dumps(event, default=options.get("default")).decode()


class WholeLine(dict[str, Any]):
    """What a line holds, all of it, made by who knows that no secret is in it."""


class Lines(structlog.stdlib.ProcessorFormatter):
    """Writes what comes from structlog and from libraries; a `WholeLine`, one for each request, without detours."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        if isinstance(record.msg, WholeLine):
            return str(self.processors[-1](None, record.levelname, record.msg))
        return super().format(record)


def configure(level: str, form: str) -> dict[str, Any]:
    """Set structlog up and return Django's LOGGING. `form` is `json` or `console`."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED_PROCESSORS,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer = (
        structlog.dev.ConsoleRenderer() if form == "console" else structlog.processors.JSONRenderer(serializer=_json)
    )
    last: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, quote_no_exception]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": Lines,
                "processors": [*last, renderer],
                "foreign_pre_chain": SHARED_PROCESSORS,
            }
        },
        "filters": {"security": {"()": SecurityEvents}, "queue": {"()": QueueOutages}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "lines", "filters": ["security", "queue"]}
        },
        "root": {"handlers": ["stderr"], "level": level},
        # Django's own line for a 4xx or 5xx repeats the access line, with the full path.
        "loggers": {
            "django.request": {"level": "CRITICAL"},
            "django.server": {"level": "WARNING"},
            "celery.app.trace": {"level": "CRITICAL"},  # It quotes the exception of a task: see `failed_task`.
            "axes": {"level": "WARNING"},  # The audit tells of logins that succeed.
            "pypdf": {"level": "ERROR"},  # A hostile PDF would fill the log.
            "weasyprint": {"level": "ERROR"},  # It reports every step of every page,
            "fontTools": {"level": "ERROR"},  # every table of every font,
            "factur-x": {"level": "CRITICAL"},  # and quotes the invoice that it finds fault with.
        },
    }


@receiver(got_request_exception)
def failed_page(**_: Any) -> None:
    """An uncaught failure outside the API, whose own handler logs those of its views. What is refused or not there is
    no failure.
    """
    if error := sys.exception():
        log_failure(error)


@task_failure.connect
def failed_task(exception: BaseException, **_: Any) -> None:
    """An uncaught failure of a task, or one that was retried as often as it may be."""
    log_failure(exception)
    if is_away(exception):  # No line of a request says that this was left undone.
        failure_log.warning("task_without_database", error=type(exception).__qualname__)


@receiver(connection_created)
def back_again(**_: Any) -> None:
    """Somebody reaches the database: an outage has ended."""
    if (seconds := database_outage.has_ended()) is not None:
        failure_log.warning("database_back", seconds=round(seconds, 1))


@before_task_publish.connect
def carry_request_id(headers: dict[str, Any] | None = None, **_: Any) -> None:
    """A task is logged under the id of the request that queued it."""
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    if headers is not None and request_id:
        headers["request_id"] = request_id


@task_prerun.connect
def bind_task(task_id: str, task: Any, **_: Any) -> None:
    """Name the task, and the request behind it, on every line that it logs.

    What the thread of a worker has named before was another task's; what runs inside a request is of that one.
    """
    around = structlog.contextvars.get_contextvars() if task.request.is_eager else {}
    request_id = getattr(task.request, "request_id", None)
    task.request.named_around = around
    _name_only({**around, "task_id": task_id, "task": task.name, **({"request_id": request_id} if request_id else {})})


@task_postrun.connect
def unbind_task(task: Any, **_: Any) -> None:
    """A task that ran inside a request, or inside another task, leaves behind what that one had named."""
    _name_only(task.request.named_around)


def _name_only(names: Mapping[str, Any]) -> None:
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(**names)
