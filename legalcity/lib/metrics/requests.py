"""Requests, counted by the name of their route: never by their path, which holds ids and texts."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from django.db import connections
from django.http import HttpRequest, HttpResponse

from legalcity.lib.metrics import series

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NO_ROUTE = "none"  # An address that nobody has, or a request that no route saw.
REFUSED = "refused"  # A request that the server had no time to look at.


class Statements:
    """How many statements one request asked, and for how long it waited. An execute wrapper of Django's."""

    def __init__(self) -> None:
        self.number = 0
        self.seconds = 0.0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        """Execute, and count."""
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.number += 1
            self.seconds += time.perf_counter() - started


class RequestMetrics:
    """Middleware: counts requests and what they ask of the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and count it."""
        asked, started = Statements(), time.perf_counter()
        with ExitStack() as wrapped:
            for connection in connections.all():
                wrapped.enter_context(connection.execute_wrapper(asked))
            response = self.get_response(request)
        _count(request, response, asked, time.perf_counter() - started)
        return response


def count_refusal() -> None:
    """Count a request that the server refused before anybody read it."""
    series.requests.labels(REFUSED, "other", "5xx").inc()


def _count(request: HttpRequest, response: HttpResponse, asked: Statements, seconds: float) -> None:
    match = request.resolver_match
    route = (match.view_name or match.route or NO_ROUTE) if match else NO_ROUTE
    method = request.method if request.method in METHODS else "other"
    series.requests.labels(route, method, f"{response.status_code // 100}xx").inc()
    series.request_seconds.labels(route, method).observe(seconds)
    if asked.number:
        series.statements.labels(route).inc(asked.number)
        series.statement_seconds.labels(route).inc(asked.seconds)
