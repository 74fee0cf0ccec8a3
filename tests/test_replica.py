"""A streaming replica, for real: which pages read from it, who sees their own writes, and what happens without it."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
from django.db import DEFAULT_DB_ALIAS, transaction

from accounts.models import User
from legalcity.lib.replica import ALIAS, ReadRouter, read_alias, reading_from, using_replica
from tests.house import House
from tests.services import MISSING, Postgres, Redis, Replica, eventually, free_port, is_open

needs_servers = pytest.mark.skipif(MISSING, reason="apt-get install postgresql redis-server to see a replica")
LIST = "/admin/recoveries/recovery/?all=1"
STATEMENTS = "SELECT query FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
LAG = 20  # seconds: long enough to ask for a page on a busy machine while the replica stands still


class Pair(House):
    """A house whose database has a replica."""

    replica: Replica

    def on_replica(self, statement: str) -> list[tuple[Any, ...]]:
        """What a statement gives there."""
        with psycopg.connect(self.replica.url, autocommit=True) as connection:
            return connection.execute(statement).fetchall()

    def listed(self, cookie: str, reference: str) -> bool:
        """Whether the list of staff shows a case."""
        answer, page, _ = self.call("GET", f"{LIST}&q={reference}", Cookie=cookie)
        assert answer.status == 200
        return f">{reference}<" in page.decode()

    def filed(self) -> str:
        """The reference of a new case, which its client sees at once."""
        case = self.case()["recovery"]
        assert self.data("GET", f"/api/recoveries/{case['id']}")["id"] == case["id"]
        assert self.data("GET", f"/api/recoveries?search={case['recovery_reference']}")
        return str(case["recovery_reference"])

    def caught_up(self) -> bool:
        """Whether the replica has all that was written."""
        [(written,)] = self.rows("SELECT pg_current_wal_lsn()::text")
        return self.on_replica(f"SELECT pg_last_wal_replay_lsn() >= '{written}'::pg_lsn") == [(True,)]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """A server that knows both."""
    data = tmp_path_factory.mktemp("pair")
    base = Path(tempfile.mkdtemp())  # Not among pytest's folders, which are root's alone.
    base.chmod(0o711)
    for name in ("postgres", "replica"):
        (base / name).mkdir(mode=0o700)
    with ExitStack() as ends:
        ends.callback(shutil.rmtree, base, ignore_errors=True)
        postgres = Postgres(base / "postgres")
        ends.callback(postgres.stop)
        cache = Redis(data)
        ends.callback(cache.kill)
        replica = Replica(base / "replica", postgres)
        ends.callback(replica.stop)
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(data),
            "DATA_DIR": str(data),
            "EMBEDDED": "1",
            "DATABASE_URL": postgres.url,
            "DATABASE_REPLICA_URL": replica.url,
            "DATABASE_REPLICA_LAG": str(LAG),
            "REDIS_URL": cache.url,
            "PORT": str(free_port()),
            "WEB_CONCURRENCY": "1",
        }
        made = Pair(environment, postgres, cache)
        made.replica = replica
        made.furnish()
        ends.enter_context(made.process("gunicorn", "legalcity.wsgi", log=made.log))
        eventually(lambda: is_open(int(environment["PORT"])), made.log.read_text)
        yield made


@pytest.mark.long
@needs_servers
def test_lists_of_staff_follow_the_replica_and_clients_the_primary(pair: Pair) -> None:
    cookie, before = pair.come_in(), pair.filed()
    eventually(pair.caught_up)
    assert pair.listed(cookie, before)
    pair.on_replica("SELECT pg_wal_replay_pause()")
    try:
        later = pair.filed()
        assert not pair.listed(cookie, later), "the list was read from the primary"
        # Who has just written something reads where it was written.
        assert pair.listed(f"{cookie}; staff_wrote=1", later)
        # One that is too far behind is not read any more.
        eventually(lambda: pair.listed(cookie, later), pair.log.read_text)
    finally:
        pair.on_replica("SELECT pg_wal_replay_resume()")
    eventually(pair.caught_up)
    assert pair.listed(cookie, later)


@pytest.mark.long
@needs_servers
def test_figures_journal_and_exports_are_read_there(pair: Pair) -> None:
    cookie, reference = pair.come_in(), pair.filed()
    eventually(pair.caught_up)
    token = urlencode({"csrfmiddlewaretoken": cookie.rpartition("csrftoken=")[2]})
    for path in ("/admin/portfolio/", "/admin/journal/"):
        assert pair.call("GET", path, Cookie=cookie)[0].status == 200, path

    def is_read_there() -> bool:
        answer, content, _ = pair.call("POST", "/admin/recoveries/recovery/export/csv/", token, Cookie=cookie)
        assert answer.status == 200
        assert reference in content.decode()
        assert "staff_wrote=1" in str(answer.headers)
        last = [query for (query,) in pair.on_replica(STATEMENTS)]  # of each of the server's threads
        return any("_django_curs_" in query for query in last)

    # Once the server believes that the replica is near again, whatever tests before have done to it.
    eventually(is_read_there, pair.log.read_text)


@pytest.mark.long
@needs_servers
def test_without_the_replica_the_primary_is_read(pair: Pair) -> None:
    cookie, reference = pair.come_in(), pair.filed()
    eventually(pair.caught_up)
    assert pair.listed(cookie, reference)
    pair.replica.stop()
    try:
        for _ in range(3):  # The first one finds out in the middle of its page.
            assert pair.listed(cookie, reference)
        # Each process finds out by itself: the one that is asked may not have been the one that answered.
        eventually(lambda: json.loads(pair.call("GET", "/readyz")[1])["replica"] == "away", pair.log.read_text)
    finally:
        pair.replica.start()
    eventually(lambda: json.loads(pair.call("GET", "/readyz")[1])["replica"] == "ok", pair.log.read_text)
    assert pair.listed(cookie, reference)


@pytest.fixture
def another(pair: Pair) -> Iterator[Replica]:
    """A replica that may take the place of the primary."""
    pair.filed()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        (Path(folder) / "replica").mkdir(mode=0o700)
        replica = Replica(Path(folder) / "replica", pair.postgres)
        yield replica
        replica.stop()


@pytest.mark.long
@needs_servers
def test_a_session_that_outlives_the_primary_goes_on_behind_what_was_read(another: Replica) -> None:
    with psycopg.connect(another.url, autocommit=True) as session:
        [(before, read)] = session.execute("SELECT events_counted_before(), max(xact) FROM events_event").fetchall()
        session.execute("SELECT pg_promote()")
        [(place,)] = session.execute("SELECT events_place()").fetchall()
    assert (before, place > read + (1 << 40)) == (0, True)


def test_nothing_is_written_there_and_nothing_locked(db: None, settings: Any) -> None:
    router = ReadRouter()
    assert router.db_for_read(User) == DEFAULT_DB_ALIAS
    assert router.allow_migrate(ALIAS, "accounts") is False
    with reading_from(ALIAS):
        assert router.db_for_write(User) == DEFAULT_DB_ALIAS
        with transaction.atomic():  # Locks are taken in one.
            assert router.db_for_read(User) == DEFAULT_DB_ALIAS


def test_a_read_is_led_there_only_inside() -> None:
    assert read_alias() == DEFAULT_DB_ALIAS
    with reading_from(ALIAS):
        assert read_alias() == ALIAS
        with reading_from(DEFAULT_DB_ALIAS):
            assert read_alias() == DEFAULT_DB_ALIAS
    with using_replica() as alias:  # This installation has none.
        assert alias == read_alias() == DEFAULT_DB_ALIAS
