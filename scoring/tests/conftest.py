"""Fixtures of the room."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from legalcity.celery import app
from scoring.tests.partner import Partner, serving


@pytest.fixture
def partner(settings: Settings) -> Iterator[Partner]:
    """Public data switched on and asked of a server on this machine; nobody pauses between tries."""
    told = Partner()
    with serving(told) as address:
        settings.OPEN_DATA_ENABLED = True
        settings.RECHERCHE_ENTREPRISES_URL = settings.BODACC_URL = address
        settings.OPEN_DATA_PAUSE = 0
        settings.OPEN_DATA_TIMEOUT = 5
        yield told


@pytest.fixture(autouse=True)
def eager() -> Iterator[None]:
    """Tasks run where they are called, whatever broker there is."""
    before, app.conf.task_always_eager = app.conf.task_always_eager, True
    yield
    app.conf.task_always_eager = before
