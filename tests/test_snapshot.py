"""What a process keeps for some seconds: the last good values while the database is away, never made-up ones."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import TestCase

from legalcity.lib import snapshot
from legalcity.lib.settings.live import LiveSettings, live
from legalcity.lib.snapshot import Snapshot
from recoveries.catalogue import Catalogue, catalogue
from recoveries.ledger.rate_book import account_rates, rate_book
from recoveries.models import Status
from tests.factories import Api

FIVE_SECONDS = snapshot.MAX_AGE  # as it is outside tests

pytestmark = pytest.mark.django_db


@contextmanager
def database_away() -> Iterator[None]:
    """The database answers nothing any more."""

    def refuse(*_: Any) -> Any:
        raise OperationalError("server closed the connection unexpectedly")

    with connection.execute_wrapper(refuse):
        yield


def grow_old() -> None:
    """Whatever is kept is to be read again."""
    for kept in (live, catalogue, rate_book):
        kept.forget()


def test_what_staff_have_set_stands_while_the_database_is_away(system_setting: Callable[..., None]) -> None:
    system_setting(COMMENT_LENGTH=17, MAX_PAGE_SIZE=3)
    assert live.COMMENT_LENGTH == 17
    grow_old()
    with database_away():
        assert (live.COMMENT_LENGTH, live.MAX_PAGE_SIZE) == (17, 3)
    system_setting(COMMENT_LENGTH=18)
    assert live.COMMENT_LENGTH == 18


def test_without_anything_kept_the_defaults_do_not_step_in(system_setting: Callable[..., None]) -> None:
    system_setting(COMMENT_LENGTH=17)
    started = LiveSettings()
    with database_away():
        for _again in range(2):
            with pytest.raises(OperationalError):
                _ = started.COMMENT_LENGTH
    assert started.COMMENT_LENGTH == 17


def test_catalogue_and_rates_stand_too_and_are_not_made_up(db: None) -> None:
    names, rates = [entry.name for entry in catalogue.entries.values()], account_rates().ecb
    assert names
    assert rates
    grow_old()
    with database_away():
        assert [entry.name for entry in catalogue.entries.values()] == names
        assert account_rates().ecb == rates
        with pytest.raises(OperationalError):
            _ = Catalogue().entries


def test_a_request_that_comes_before_anything_was_kept_fails_and_leaves_nothing(
    owner: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "_snapshot", LiveSettings()._snapshot)
    owner.client.raise_request_exception = False
    with database_away():
        assert owner.get("/api/recoveries").status_code >= 500
    assert owner.get("/api/recoveries").status_code == 200


def test_a_database_that_is_away_is_not_asked_at_every_look(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, asked = [100.0], []
    monkeypatch.setattr(snapshot.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(snapshot, "MAX_AGE", FIVE_SECONDS)

    def read() -> str:
        asked.append(clock[0])
        if len(asked) == 2:
            raise OperationalError("away")
        return f"read {len(asked)}"

    kept = Snapshot(read)
    seen = []
    for clock[0] in (100.0, 104.9, 105.1, 110.0, 110.3):
        seen.append(kept.value)
    assert seen == ["read 1", "read 1", "read 1", "read 1", "read 3"]
    assert asked == [100.0, 105.1, 110.3]


def test_what_another_process_has_added_is_seen(db: None) -> None:
    assert catalogue.entries
    Status.objects.bulk_create([Status(id=99, name="Neu", description="", group_id=1)])
    assert catalogue.entry(99).name == "Neu"


def test_what_another_thread_has_begun_to_read_before_a_change_is_not_kept() -> None:
    told = ["before"]

    def read() -> str:
        seen = told[0]
        if seen == "before":  # The other thread changes it while this one reads.
            told[0] = "after"
            kept.forget()
        return seen

    kept = Snapshot(read)
    assert [kept.value for _look in range(2)] == ["before", "after"]


def test_what_others_read_before_a_change_was_committed_is_read_again() -> None:
    told = ["before"]
    kept = Snapshot(lambda: told[0])
    with TestCase.captureOnCommitCallbacks(execute=True):
        kept.forget()
        assert kept.value == "before"  # As another thread sees it.
        told[0] = "after"
    assert kept.value == "after"


def test_what_is_held_stays_for_who_holds_it_alone() -> None:
    told = ["before"]
    kept = Snapshot(lambda: told[0])
    with kept.held(), ThreadPoolExecutor(1) as another:
        told[0] = "after"
        another.submit(kept.forget).result()
        assert (kept.value, another.submit(lambda: kept.value).result()) == ("before", "after")
    assert kept.value == "after"
