"""Whether the log of writes is kept: what `/metrics` tells on a server whose archive fails, and comes back."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree

import psycopg
import pytest

from legalcity.lib.metrics.archive import WAITING
from tests.services import POSTGRES, Postgres, eventually

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not (POSTGRES / "initdb").exists(), reason="apt-get install postgresql to see its archive"),
]


@pytest.fixture
def server() -> Iterator[psycopg.Connection]:
    """A server that has just begun to keep an archive, which refuses everything."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o700)
    postgres = Postgres(folder)
    try:
        with psycopg.connect(postgres.url, autocommit=True) as connection:
            assert connection.execute(WAITING).fetchone() is None  # It keeps none yet.
            connection.execute("ALTER SYSTEM SET archive_mode = on")
            connection.execute("ALTER SYSTEM SET archive_command = 'false'")
        postgres.stop()
        postgres.start()
        with psycopg.connect(postgres.url, autocommit=True) as connection:
            yield connection
    finally:
        postgres.stop()
        rmtree(folder)


def test_what_waits_for_the_archive_is_counted_until_it_is_kept(server: psycopg.Connection) -> None:
    def waiting() -> int | None:
        row = server.execute(WAITING).fetchone()
        return None if row is None else int(row[0])

    for number in range(3):
        server.execute("SELECT pg_logical_emit_message(false, 'test', %s)", [str(number)])
        server.execute("SELECT pg_switch_wal()")
    eventually(lambda: waiting() == 3)
    server.execute("ALTER SYSTEM SET archive_command = 'true'")
    server.execute("SELECT pg_reload_conf()")
    server.execute("SELECT pg_logical_emit_message(false, 'test', 'after')")
    server.execute("SELECT pg_switch_wal()")
    server.execute("SELECT pg_logical_emit_message(false, 'test', 'written now')")
    eventually(lambda: waiting() == 0)
