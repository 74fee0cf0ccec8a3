"""The product behind PgBouncer in transaction mode, which gives each transaction any of a few connections."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlencode

import pytest

from documents.tests.forms import PDF
from legalcity.lib.settings.databases import go_direct
from tests.house import WORKER, House
from tests.services import MISSING, PGBOUNCER, Pooler, Postgres, Redis, eventually, free_port, is_open

needs_a_pooler = pytest.mark.skipif(
    MISSING or PGBOUNCER is None, reason="apt-get install postgresql redis-server pgbouncer to see a pooler"
)
CALLERS, CASES = 8, 5


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A server and a worker that know PostgreSQL through the pooler alone."""
    data = tmp_path_factory.mktemp("house")
    base = Path(tempfile.mkdtemp())  # Not among pytest's folders, which are root's alone.
    base.chmod(0o711)
    for name in ("postgres", "pooler"):
        (base / name).mkdir()
    with ExitStack() as ends:
        ends.callback(shutil.rmtree, base, ignore_errors=True)
        postgres = Postgres(base / "postgres")
        ends.callback(postgres.stop)
        cache = Redis(data)
        ends.callback(cache.kill)
        pooler = Pooler(base / "pooler", postgres)
        ends.callback(pooler.stop)
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(data),
            "DATA_DIR": str(data),
            "EMBEDDED": "1",
            "DATABASE_URL": pooler.url,
            "DATABASE_DIRECT_URL": postgres.url,
            "REDIS_URL": cache.url,
            "PORT": str(free_port()),
            "WEB_CONCURRENCY": "2",
            "WEB_THREADS": "4",
        }
        made = House(environment, postgres, cache)
        made.furnish()
        ends.enter_context(made.process("gunicorn", "legalcity.wsgi", log=made.log))
        ends.enter_context(made.process(*WORKER, log=data / "worker.log"))
        eventually(lambda: is_open(int(environment["PORT"])), made.log.read_text)
        yield made
        assert "prepared statement" not in made.log.read_text()


@pytest.mark.long
@needs_a_pooler
def test_a_server_and_a_worker_share_a_few_connections(house: House) -> None:
    assert house.bearer
    [(before,)] = house.rows("SELECT count(*) FROM recoveries_recovery")  # By tests that ran before this one.

    def file_and_look(_caller: int) -> list[int]:
        filed = [house.case()["recovery"]["id"] for _ in range(CASES)]
        for case in filed:
            assert house.data("GET", f"/api/recoveries/{case}")["id"] == case
        assert house.data("GET", "/api/recoveries?search=company&per_page=5")
        return filed

    with ThreadPoolExecutor(CALLERS) as pool:
        filed = [case for cases in pool.map(file_and_look, range(CALLERS)) for case in cases]
    assert len(set(filed)) == CALLERS * CASES
    assert house.rows("SELECT count(*) FROM recoveries_recovery") == [(before + CALLERS * CASES,)]
    assert house.rows(
        "SELECT count(*) <= 3 FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    ) == [(True,)]


@pytest.mark.long
@needs_a_pooler
def test_a_task_is_claimed_and_done(house: House) -> None:
    case = house.case()["recovery"]["id"]
    answer, content, _ = house.upload(case)
    assert answer.status in (201, 202), content
    mine = f"FROM documents_document WHERE recovery_id = {case}"
    eventually(lambda: house.rows(f"SELECT count(*) {mine} AND state = 'ready'") == [(1,)])
    assert house.rows(f"SELECT size FROM documents_storedfile WHERE id = (SELECT file_id {mine})") == [(len(PDF),)]


@pytest.mark.long
@needs_a_pooler
def test_an_export_is_read_in_pieces(house: House) -> None:
    reference = house.case()["recovery"]["recovery_reference"]
    cookie = house.come_in()
    token = urlencode({"csrfmiddlewaretoken": cookie.rpartition("csrftoken=")[2]})
    answer, content, _ = house.call("POST", "/admin/recoveries/recovery/export/csv/", token, Cookie=cookie)
    assert answer.status == 200, content
    assert reference in content.decode()


@pytest.mark.long
@needs_a_pooler
def test_a_backup_goes_past_the_pooler(house: House, tmp_path: Path) -> None:
    house.case()
    house.run("backup", str(tmp_path))
    (made,) = tmp_path.iterdir()
    told = json.loads((made / "manifest.json").read_text())
    assert told
    # What pg_dump sets for its session is nobody else's: those of the pooler still find tables by their names.
    assert house.data("GET", "/api/recoveries?per_page=1")


@pytest.mark.parametrize(
    ("words", "url"),
    [
        (["manage.py", "migrate"], "direct"),
        (["manage.py", "backup", "/srv"], "direct"),
        (["manage.py", "restore"], "direct"),
        (["manage.py", "recovered"], "direct"),
        (["manage.py", "seed_demo"], "pooler"),
        (["manage.py"], "pooler"),
    ],
)
def test_commands_that_set_up_their_session_have_one(words: list[str], url: str) -> None:
    environment = {"DATABASE_URL": "pooler", "DATABASE_DIRECT_URL": "direct"}
    go_direct(words, environment)
    assert environment["DATABASE_URL"] == url
    assert ("DATABASE_DIRECT_URL" in environment) == (url == "pooler")
