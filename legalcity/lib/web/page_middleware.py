"""The middleware of pages (back-office, reference), which the API has no use for.

An API request carries its own proof of who asks, so static files, sessions, CSRF, messages and framing only cost it
time: a fifth of what a list takes. They stand between `ApiDoor` (`legalcity/api/middleware.py`) and `Landing` in the
settings; a request under /api/ goes from one to the other.
"""

from collections.abc import Callable
from typing import ClassVar

import structlog
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from legalcity.lib.brief_writes import written_at_once

log = structlog.get_logger("legalcity.pages")

API = "/api"
# What may follow the name of a root: nothing, a slash, or a sign that nobody sees (`/api%0A`), as in `urls.py`.
ENDS = frozenset({"", "/", *map(chr, range(33)), "\x7f"})
DEVICES = (
    "accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer", "microphone", "midi",
    "payment", "serial", "usb",
)  # fmt: skip


def is_of_the_api(path: str) -> bool:
    """Whether an address is the API's; `/api` itself is too."""
    return is_below(path, API)


def is_below(path: str, root: str) -> bool:
    """Whether an address is `root` or below it. White space or a control behind it is no other name."""
    return path.startswith(root) and path[len(root) : len(root) + 1] in ENDS


class Landing:
    """Where the middleware of pages ends. Django builds the last one first: the door of the same server comes next."""

    newest: ClassVar["Landing"]

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        Landing.newest = self

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing is done here."""
        return self.get_response(request)


class Sessions(SessionMiddleware):
    """Sessions of staff."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Keep what has changed. A page that was only read does not wait for it: its next request tells the same."""

        def keep() -> None:
            fault = None
            try:
                super(Sessions, self).process_response(request, response)
            except SessionInterrupted as error:
                fault = _beneath(error)
            if fault is not None:  # Raised here, so that it keeps its own cause.
                raise fault

        if request.method not in ("GET", "HEAD") or not request.session.modified:
            keep()  # What has not changed is not written: such a page may need no database at all.
        elif not written_at_once(keep):
            log.warning("session_not_kept")
        return response


def _beneath(error: BaseException) -> BaseException:
    """The error of the database which Django takes for a session that somebody has deleted, where it is one."""
    found: BaseException | None = error
    while found is not None and not isinstance(found, OperationalError | InterfaceError):
        found = found.__context__
    return found or error


class PermissionsPolicy:
    """No page, and nothing that a page might be made to load, gets at the devices of its reader."""

    VALUE = ", ".join(f"{device}=()" for device in DEVICES)

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Say so on every page."""
        response = self.get_response(request)
        response["Permissions-Policy"] = self.VALUE
        return response
