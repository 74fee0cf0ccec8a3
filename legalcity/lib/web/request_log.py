"""Each request has an id, which its answer names and its lines carry, and one line when it is done."""

import logging
import re
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime

import structlog
from django.http import HttpRequest, HttpResponse

from legalcity.lib.logs import WholeLine

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")

access_log = logging.getLogger("legalcity.access")


class RequestLog:
    """Middleware: gives each request an id, returns it as `X-Request-ID`, writes one line when it is done."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and write down that it was."""
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = given if REQUEST_ID.fullmatch(given) else secrets.token_hex(16)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = time.perf_counter()
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        if access_log.isEnabledFor(logging.INFO):
            _write(_line(request, response, request_id, time.perf_counter() - started))
        return response


def _line(request: HttpRequest, response: HttpResponse, request_id: str, seconds: float) -> WholeLine:
    user = getattr(request, "user", None)
    match = request.resolver_match
    return WholeLine(
        request_id=request_id,
        method=request.method,
        route=match.route if match else None,
        status=response.status_code,
        ms=round(seconds * 1000, 1),
        user_id=user.pk if user is not None and request.path.startswith("/api/") else None,
        event="request",
        logger=access_log.name,
        level="info",
        timestamp=f"{datetime.now(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z",
    )


def _write(line: WholeLine) -> None:
    """To the handlers, past the search for who has called: every line of this logger comes from here."""
    access_log.handle(logging.LogRecord(access_log.name, logging.INFO, "", 0, line, None, None))
