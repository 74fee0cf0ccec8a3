"""Uncaught failures, told to a service that collects them (SENTRY_DSN): what the log tells of them and nothing else.

The library's own integrations are left out. They take along what a request sent, the variables of each frame and the
words of exceptions, which quote rows; to send little is surer than to strike out much.
"""

import traceback
from collections.abc import Iterator
from itertools import islice
from typing import Any

import sentry_sdk
import structlog
from django.core.exceptions import ImproperlyConfigured
from sentry_sdk.utils import BadDsn

MOST_CAUSES = 5
TAGS = ("request_id", "task", "task_id")  # of the log's own context: numbers and names of ours


def report_to(dsn: str, **options: Any) -> None:
    """Have failures of this process told to `dsn`; `options` are the library's, for tests.

    Raises ImproperlyConfigured where that is no address of such a service.
    """
    try:
        sentry_sdk.init(
            dsn=dsn,
            default_integrations=False,
            auto_enabling_integrations=False,
            send_default_pii=False,
            include_local_variables=False,
            include_source_context=False,
            max_breadcrumbs=0,
            auto_session_tracking=False,
            send_client_reports=False,
            **options,
        )
    except BadDsn as error:
        raise ImproperlyConfigured(
            "SENTRY_DSN is not what a collecting service gives: write https://key@host/number."
        ) from error


def report(error: BaseException) -> None:
    """Tell of a failure by its type and the places it passed. Nothing without SENTRY_DSN."""
    if not sentry_sdk.get_client().is_active():
        return
    context = structlog.contextvars.get_contextvars()
    sentry_sdk.capture_event(
        {
            "level": "error",
            "exception": {"values": [_told(one) for one in reversed(list(islice(_causes(error), MOST_CAUSES)))]},
            "tags": {name: str(context[name]) for name in TAGS if name in context},
        }
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _told(error: BaseException) -> dict[str, Any]:
    places = traceback.extract_tb(error.__traceback__)
    frames = [{"filename": place.filename, "lineno": place.lineno, "function": place.name} for place in places]
    return {"type": type(error).__qualname__, "value": "", "stacktrace": {"frames": frames}}
