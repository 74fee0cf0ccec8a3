"""Addresses that nobody clicked together: a year that no calendar has, a number that no column holds, a NUL."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from django.contrib.admin.views.main import ERROR_FLAG
from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.loader import render_to_string
from django.template.response import SimpleTemplateResponse

View = Callable[..., HttpResponseBase]

# What Python and the databases raise over a value that they cannot turn into a date or a number of theirs.
UNREADABLE = (ValueError, OverflowError, DataError)

log = structlog.get_logger("legalcity.security")


def readable(view: View) -> View:
    """`view`, which answers 400 with a page that says so when it cannot read what follows the `?` of its address.

    Lists read their rows while the page is drawn, so it is drawn here. What is sent is judged by its form; an act on a
    list by its address too, which says which rows there are.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.GET or not (request.method in ("GET", "HEAD") or _is_list(request)):
            return view(request, *args, **kwargs)
        try:
            answer = view(request, *args, **kwargs)
            if isinstance(answer, HttpResponseRedirect) and answer.url == f"{request.path}?{ERROR_FLAG}=1":
                return odd_query(request)  # Django's own way of giving up, which says nothing.
            return answer.render() if isinstance(answer, SimpleTemplateResponse) else answer
        except UNREADABLE as error:
            log.warning("odd_query", error=type(error).__name__)
            return odd_query(request)

    return guarded


def _is_list(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and (match.url_name or "").endswith("_changelist")


def odd_query(request: HttpRequest) -> HttpResponse:
    """The page. It asks the database for nothing, which may be in the middle of the failed statement."""
    return HttpResponse(render_to_string("admin/odd_query.html", {"back": request.path}), status=400)
