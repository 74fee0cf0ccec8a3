"""Pages of staff that may be a moment behind: lists, figures, exports.

Who has just written something sees it: a cookie leads them to the primary for as long as the replica may lag.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, OperationalError
from django.http import HttpRequest, HttpResponseBase
from django.template.response import SimpleTemplateResponse

from legalcity.lib.replica import ALIAS, CHECKED, is_configured, lag, using_replica

WROTE = "staff_wrote"
SAFE = ("GET", "HEAD", "OPTIONS")

View = Callable[..., HttpResponseBase]


def reads_replica(view: View) -> View:
    """A page that reads from the replica, template and all. What is posted to it reads from the primary."""
    return _reading(view, SAFE)


def exports_from_replica(view: View) -> View:
    """A view that is posted to and yet writes nothing but the audit: the same for it."""
    return _reading(view, (*SAFE, "POST"))


def _reading(view: View, methods: tuple[str, ...]) -> View:
    @wraps(view)
    def reading(request: HttpRequest, *args: Any, **options: Any) -> HttpResponseBase:
        if not is_configured() or request.method not in methods or WROTE in request.COOKIES:
            return view(request, *args, **options)
        alias = DEFAULT_DB_ALIAS
        try:
            with using_replica() as alias:
                return _whole(view(request, *args, **options))
        except OperationalError:
            if alias != ALIAS or request.method not in SAFE:
                raise
        lag.is_away()  # It went while it was asked; the primary is still there.
        return view(request, *args, **options)

    return reading


def remember_writing(request: HttpRequest, response: HttpResponseBase) -> None:
    """Lead a person who has written something to the primary for a while."""
    if is_configured() and request.method not in SAFE:
        response.set_cookie(
            WROTE,
            "1",
            max_age=settings.DATABASE_REPLICA_LAG + int(CHECKED),
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


def _whole(answer: HttpResponseBase) -> HttpResponseBase:
    """A page is written while its rows are read."""
    if isinstance(answer, SimpleTemplateResponse):
        answer.render()
    return answer
