"""Debian's Chromium, and windows of it at the desks of staff."""

import shutil
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.utils import translation
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from documents.tests.conftest import development, folder, in_process  # noqa: F401 - fixtures
from tests.backoffice import chief
from tests.browser.desk import WIDE, BrowserThread, Desk
from tests.browser.furniture import furnish
from tests.factories import Api

MISSING = "no browser: the tests of the back-office's pages need chromium (apt-get install chromium)"


@pytest.fixture(scope="session")
def chromium() -> Iterator[BrowserThread]:
    """One browser for all of these tests."""
    executable = shutil.which("chromium")
    if executable is None:
        pytest.skip(MISSING)
    thread = BrowserThread(executable)
    yield thread
    thread.stop()


@pytest.fixture
def one_request_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The threads of the server share the one connection that a database in memory has."""
    if connection.vendor != "sqlite":
        return
    lock, answer = threading.RLock(), WSGIHandler.__call__

    def alone(handler: WSGIHandler, *args: Any) -> Any:
        with lock:
            return answer(handler, *args)

    monkeypatch.setattr(WSGIHandler, "__call__", alone)


@pytest.fixture
def desk(
    chromium: BrowserThread,
    live_server: LiveServer,
    development: None,  # noqa: F811
    one_request_at_a_time: None,
) -> Iterator[Callable[..., Desk]]:
    """Opens windows: `desk()` before the login, `desk(user)` after it. Whatever went wrong in one fails the test."""
    desks: list[Desk] = []

    def sit_down(user: User | None = None, size: Any = WIDE, **options: str) -> Desk:
        desks.append(Desk(chromium, live_server.url, session_of(user) if user else None, size, **options))
        return desks[-1]

    yield sit_down
    assert [fault for desk in desks for fault in desk.close()] == []


@pytest.fixture
def office(owner: Api, development: None) -> User:  # noqa: F811
    """Somebody who may see everything, in an office with one of everything."""
    with translation.override("fr"):  # What is kept in words (the audit's) is kept in the language of who works there.
        furnish(owner)
    return chief(language="fr")


def session_of(user: User) -> dict[str, str]:
    """The cookie of somebody who has logged in."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = django_settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return {"name": django_settings.SESSION_COOKIE_NAME, "value": str(session.session_key)}
