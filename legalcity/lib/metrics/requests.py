"""Requests, counted by the name of their route: never by their path, which holds ids and texts."""

import time
from collections.abc import Callable
from functools import cache
from typing import Any

from django.db import connections
from django.http import HttpRequest, HttpResponse
from prometheus_client import Counter, Histogram

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
        wrappers = [connection.execute_wrappers for connection in connections.all()]
        for each in wrappers:
            each.append(asked)
        try:
            response = self.get_response(request)
        finally:
            for each in wrappers:
                each.remove(asked)
        _count(request, response, asked, time.perf_counter() - started)
        return response


def count_refusal() -> None:
    """Count a request that the server refused before anybody read it."""
    series.requests.labels(REFUSED, "other", "5xx").inc()


def _count(request: HttpRequest, response: HttpResponse, asked: Statements, seconds: float) -> None:
    match = request.resolver_match
    route = (match.view_name or match.route or NO_ROUTE) if match else NO_ROUTE
    method = request.method if request.method in METHODS else "other"
    requests, durations, statements, waits = _counters(route, method, response.status_code // 100)
    requests.inc()
    durations.observe(seconds)
    if asked.number:
        statements.inc(asked.number)
        waits.inc(asked.seconds)


@cache
def _counters(route: str, method: str, hundreds: int) -> tuple[Counter, Histogram, Counter, Counter]:
    """The counters of such a request: looked for once, since looking takes longer than counting."""
    return (
        series.requests.labels(route, method, f"{hundreds}xx"),
        series.request_seconds.labels(route, method),
        series.statements.labels(route),
        series.statement_seconds.labels(route),
    )
