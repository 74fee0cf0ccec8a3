"""Fixtures that the tests of every room share."""

import gc
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from constance import config as system_settings
from django.conf import settings as django_settings
from django.contrib.contenttypes.models import ContentType
from django.core.cache import caches
from django.db import connection
from django.utils import translation

from accounts.models import User
from events.webhooks.listening import listeners
from legalcity.lib import snapshot
from legalcity.lib.breaker import redis_breaker
from legalcity.lib.outages import database_outage, queue_outage
from legalcity.lib.settings.live import live
from recoveries.catalogue import catalogue
from recoveries.ledger.rate_book import rate_book
from recoveries.legal_facts import facts_book
from tests.emptying import put_back_rather_than_empty
from tests.factories import Api, ApiUserFactory
from tests.migrating import migrate_without_looking_around


def pytest_addoption(parser: pytest.Parser) -> None:
    """What a second run, on other services, may leave out."""
    parser.addoption(
        "--services-only",
        action="store_true",
        help="leave out what tells the same on any database: tests that never open one, or say so of themselves",
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what was asked for; long tests come first, so that no process is left alone with one at the end."""
    if config.getoption("--services-only"):
        config.hook.pytest_deselected(items=[item for item in items if not _depends_on_the_database(item)])
        items[:] = [item for item in items if _depends_on_the_database(item)]
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def _depends_on_the_database(item: pytest.Item) -> bool:
    """Without `db` pytest-django keeps a test from it; tests that start processes of their own name theirs.

    In a module that tells the same everywhere, what asks for PostgreSQL by name does not.
    """
    if item.get_closest_marker("postgres") is not None:
        return True
    opens = item.get_closest_marker("django_db") or {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
    return bool(opens) and item.get_closest_marker("same_everywhere") is None


def pytest_configure() -> None:
    """Each process of a run keeps to its own keys of a shared cache."""
    gc.disable()  # Until all tests are found: what is imported stays.
    for options in django_settings.CACHES.values():
        options["KEY_PREFIX"] = f"{options.get('KEY_PREFIX', '')}-test-{os.getpid()}"
    django_settings.PASSWORD_HASHERS = ["tests.hashing.QuickArgon2"]
    put_back_rather_than_empty(connection)
    migrate_without_looking_around(connection)


def pytest_collection_finish() -> None:
    """What lives as long as the run need not be looked through again whenever garbage is collected, nor so often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Nobody overlooks that the browser tests were left out."""
    reasons = {report.longrepr[2] for report in terminalreporter.stats.get("skipped", []) if report.longrepr}
    for reason in sorted(reason for reason in reasons if "apt-get" in reason):
        terminalreporter.write_line(reason, yellow=True, bold=True)


def _forget_everything() -> None:
    redis_breaker.reset()
    database_outage.has_ended()
    queue_outage.has_ended()
    for cache in caches.all():
        # django-redis empties the whole database on `clear`, the keys of other processes too.
        if hasattr(cache, "delete_pattern"):
            cache.delete_pattern("*")
        else:
            cache.clear()
    ContentType.objects.clear_cache()  # One that a test has made went away with it.
    live.forget()
    catalogue.forget()
    rate_book.forget()
    facts_book.forget()
    listeners.forget()


@pytest.fixture(scope="session", autouse=True)
def rules_of_production() -> None:
    """The rules are those of production, and nobody is refused for asking often; a test may set others for itself.

    What a process keeps grows old in no test by itself: a slow one would read it again while statements are counted.
    """
    django_settings.EMBEDDED = False
    django_settings.CHECK_EVENTS = True
    django_settings.RATE_LIMITS_ENABLED = False
    django_settings.WAITING_REQUESTS = 100  # Tests are no server whose threads could be counted.
    snapshot.MAX_AGE = 3600.0


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """No test sees what another one cached, or its language."""
    _forget_everything()
    with translation.override("en"):
        yield


@pytest.fixture
def api(db: None) -> Callable[[User], Api]:
    """Gives a client of the API for a user, logged in as clients do: by e-mail and key."""
    return Api.of


@pytest.fixture
def owner(api: Callable[[User], Api]) -> Api:
    """A client of the firm, who may register further users."""
    return api(ApiUserFactory(email="owner@example.com", can_register=True))


@pytest.fixture
def stranger(api: Callable[[User], Api]) -> Api:
    """Another client of the firm."""
    return api(ApiUserFactory(email="stranger@example.com"))


@pytest.fixture
def staff(api: Callable[[User], Api]) -> Api:
    """A member of staff with an API key."""
    return api(ApiUserFactory(email="staff@example.com", is_staff=True))


@pytest.fixture
def anonymous(db: None) -> Api:
    """Somebody without a token."""
    return Api()


@pytest.fixture
def system_setting(db: None) -> Callable[..., None]:
    """Changes system settings, as staff do: `system_setting(COMMENT_LENGTH=10)`."""

    def change(**values: Any) -> None:
        for name, value in values.items():
            setattr(system_settings, name, value)

    return change
