"""Bring a database back to the moment before an accident, by the very commands of docs/ops.md.

    EMBEDDED=1 python scripts/point_in_time.py

On a PostgreSQL of its own, as Debian lays one out, it keeps the log of writes and makes a base copy (*Keep the log*),
files cases and issues an invoice, notes the moment, does more of both, has an accident by SQL, and goes back (*Go
back*). The paths of the page are folders of this run, `systemctl` and `legalcity-manage` small programs that do the
same without systemd.

What counts is what came of it: every row of every table as it was at the moment; nothing that was given afterwards, id,
number or place in the feed, given again; a client's cursor still good. Prints the outcome as JSON and exits with 1 when
anything is amiss. It asks for PostgreSQL's programs (`apt-get install postgresql`).
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "legalcity.settings")

from tests.services import POSTGRES, Postgres, not_as_root  # noqa: E402 - the project's root is not on the path

PAGE = ROOT / "docs" / "ops.md"
MOMENT = "2026-03-02 14:25:00+01"  # as the page has it
ACCIDENT = "DELETE FROM invoicing_invoice WHERE recovery_id = %s"
SYSTEMCTL = """#!/bin/sh
set -e
case "$*" in
"start legalcity-base") {as_postgres} "{house}/usr/local/bin/legalcity-base" ;;
"stop postgresql@15-main" | "restart postgresql@15-main") {pg_ctl} stop --mode fast --silent ;;
esac
case "$*" in
"start postgresql@15-main" | "restart postgresql@15-main")
    {pg_ctl} start --wait --silent --log "{house}/server.log" --options "{options}" ;;
esac
"""
MANAGE = """#!/bin/sh
cd "{root}" && exec "{python}" manage.py "$@"
"""


class Machine:
    """A database server as the page has it, in a folder."""

    def __init__(self, house: Path) -> None:
        self._house = house
        data, conf = house / "var/lib/postgresql/15/main", house / "etc/postgresql/15/main/conf.d"
        for folder in (data, conf, *(house / name for name in ("srv", "usr/local/bin", "etc/systemd/system"))):
            folder.mkdir(parents=True)
        data.chmod(0o700)
        for path in (house, *house.rglob("*")):
            if path.is_dir() and path != data:
                path.chmod(0o755)
        self._server = Postgres(data)
        self._server.stop()
        with (data / "postgresql.conf").open("a") as file:
            file.write(f"include_dir = '{conf}'\n")
        shutil.copytree(ROOT / "deploy", house / "deploy")
        for script in (house / "deploy/postgresql").iterdir():
            script.write_text(self._here(script.read_text()))
        self._programs(data)
        shutil.copy(data / "pg_hba.conf", conf.parent)
        (conf.parent / "pg_hba.conf").chmod(0o644)
        self._server.start()
        subprocess.run(["createdb", "legalcity"], env=self._environment(), check=True)  # noqa: S607

    @property
    def url(self) -> str:
        """Where the database is."""
        return self._server.url.replace("/postgres", "/legalcity")

    def follow(self, part: str, *, moment: str = MOMENT) -> str:
        """Carry out the commands of a part of the page, for another moment than the page's; what they said."""
        found = re.search(rf"\*\*{part}\.\*\*.*?```sh\n(.*?)```", PAGE.read_text(), re.DOTALL)
        if found is None:
            sys.exit(f"{PAGE} says nothing of: {part}")
        commands = self._here(found[1]).replace(MOMENT, moment)
        if os.geteuid():  # Who is not root is the server's user.
            commands = commands.replace("-o postgres -g postgres ", "").replace("runuser -u postgres -- ", "")
            commands = re.sub(r"^chown .*\n", "", commands, flags=re.M)
        done = subprocess.run(  # noqa: S603
            ["sh", "-euc", commands],  # noqa: S607
            cwd=self._house,
            umask=0o022,
            env=self._environment(),
            capture_output=True,
            text=True,
        )
        if done.returncode:
            log = (self._house / "server.log").read_text()
            sys.exit(f"{part}: {done.stdout}{done.stderr}\n{log[-2000:]}")
        return done.stdout

    def kept(self) -> int:
        """Bytes of the log of writes that are kept."""
        return sum(path.stat().st_size for path in (self._house / "srv/wal").iterdir())

    def stop(self) -> None:
        """Gone."""
        self._server.stop()

    def _here(self, text: str) -> str:
        """The paths of the page are folders of this run."""
        text = text.replace("/usr/lib/postgresql/15/bin", str(POSTGRES))
        return re.sub(
            r"(?<![\w/.])/(srv|var/lib/postgresql|etc/postgresql|etc/systemd|usr/local)/", rf"{self._house}/\1/", text
        )

    def _programs(self, data: Path) -> None:
        given = {
            "house": self._house,
            "as_postgres": " ".join(not_as_root()),
            "pg_ctl": " ".join(not_as_root(str(POSTGRES / "pg_ctl"), "--pgdata", str(data))),
            "options": f"-c listen_addresses=127.0.0.1 -c port={self._server.port} "
            f"-c unix_socket_directories={self._house} -c fsync=off",
            "root": ROOT,
            "python": sys.executable,
        }
        self._house.chmod(0o777)  # for the socket of a server that is another's
        for name, text in (("systemctl", SYSTEMCTL), ("legalcity-manage", MANAGE)):
            program = self._house / "usr/local/bin" / name
            program.write_text(text.format(**given))
            program.chmod(0o755)

    def _environment(self) -> dict[str, str]:
        whereabouts = {"PGHOST": "127.0.0.1", "PGPORT": str(self._server.port), "PGUSER": "test"}
        path = f"{self._house}/usr/local/bin:{POSTGRES}:{os.environ['PATH']}"
        ours = {"PATH": path, "EMBEDDED": "1", "DATABASE_URL": self.url, "REDIS_URL": "", "PGDATABASE": "legalcity"}
        return {**os.environ, **whereabouts, **ours, "DATA_DIR": str(self._house / "data")}


@contextmanager
def _machine() -> Iterator[Machine]:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        house = Path(folder) / "house"
        house.mkdir()
        machine = Machine(house)
        try:
            yield machine
        finally:
            machine.stop()


class Client:
    """A client of the API, in this process."""

    def __init__(self) -> None:
        from accounts.models import User
        from accounts.services import key_issue, login

        self.email = f"{uuid.uuid4().hex[:8]}@example.com"
        user = User.objects.create_user(self.email, first_name="A", last_name="B")
        self._token = login(email=self.email, key=key_issue(user=user))[1]

    def case(self) -> int:
        """The id of a new case."""
        party = {"company_type": "particular", "company_legalrep_firstname": "A", "company_legalrep_lastname": "B"}
        body = {
            "recovery": {"recovery_service_object": "Website", "recovery_due_date": "2026-01-31"},
            "customer": party,
            "debtor": party,
            "invoices": [{"invoice_number": "1", "invoice_date": "2025-12-31", "invoice_amount": "100.00"}],
        }
        return int(self._asked("post", "/api/recoveries/complete", body)["recovery"]["id"])

    def status(self, case: int) -> int:
        """What a look at a case is answered."""
        return int(self._answer("get", f"/api/recoveries/{case}").status_code)

    def read_on(self, cursor: str) -> tuple[list[Mapping[str, Any]], str]:
        """The events behind a cursor, and the next one."""
        page = self._asked("get", "/api/events?limit=200" + (f"&after={cursor}" if cursor else ""))
        return page["items"], page["next"]

    def _asked(self, method: str, path: str, body: Any = None) -> Any:
        answer = self._answer(method, path, body)
        if answer.status_code not in (200, 201):
            sys.exit(f"{method} {path}: {answer.content}")
        return answer.json()["data"]

    def _answer(self, method: str, path: str, body: Any = None) -> Any:
        from django.test import Client as Caller

        headers = {"Authorization": f"Bearer {self._token}", "Idempotency-Key": str(uuid.uuid4())}
        return getattr(Caller(headers=headers), method)(path, body, content_type="application/json")


def _firm_invoice(email: str) -> str:
    """The reference of a new invoice of the firm."""
    from accounts.models import User
    from invoicing.models import TokenPack
    from scoring.services.packs import token_pack_sell

    pack = TokenPack.objects.filter(enable=True)[0]
    return token_pack_sell(user=User.objects.get(email=email), pack=pack, by=None, packs=1).reference


def _try(machine: Machine) -> dict[str, Any]:
    """What is amiss, by name; and some figures."""
    from django.db import connection

    from operation.backups import databases, fingerprints
    from recoveries.models import Recovery

    client = Client()
    cases = [client.case() for _ in range(3)]
    _firm_invoice(client.email)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()::text")
        (moment,) = cursor.fetchone()
    before = databases.found().tables
    lost = [client.case() for _ in range(3)]
    lost_invoice = _firm_invoice(client.email)
    events, place = client.read_on("")
    with connection.cursor() as cursor:
        cursor.execute(ACCIDENT, [cases[0]])
        deleted = cursor.rowcount
    connection.close()

    machine.follow("Go back", moment=moment)
    told = machine.follow("Look into what is lost", moment=moment)
    # `recovered` was among the commands; what it has written is told apart.
    after = databases.found().tables
    differing = fingerprints.differences(before, after)
    mended = ("events_server", "invoicing_invoicetype", "accounts_auditevent")
    again = [client.case() for _ in range(3)]
    invoice = _firm_invoice(client.email)
    news, _ = client.read_on(place)
    known = {event["id"] for event in events}
    wrong = {
        "no accident": not deleted,
        "not told of what is lost": [word for word in ("recovery.created", lost_invoice) if word not in told],
        "differing": [table for table in differing if table.split()[1] not in mended],
        "lost cases answered": [case for case in lost if client.status(case) != 404],
        "ids given again": sorted(set(lost) & set(again)),
        "numbers given again": invoice == lost_invoice,
        "events not told": len(again) - sum(event["type"] == "recovery.created" for event in news),
        "ids of events given again": sorted({event["id"] for event in news} & known),
        "cases missing": len(cases + again) - Recovery.objects.count(),
    }
    return {"wrong": {name: found for name, found in wrong.items() if found}, "kept bytes": machine.kept()}


def main() -> int:
    """The exit code."""
    with _machine() as machine:
        machine.follow("Keep the log")
        os.environ |= {"DATABASE_URL": machine.url, "EMBEDDED": "1", "REDIS_URL": "", "RATE_LIMITS_ENABLED": "0"}
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection
        from django.test.utils import setup_test_environment

        setup_test_environment()
        call_command("migrate", verbosity=0)
        outcome = _try(machine)
        connection.close()
    sys.stdout.write(json.dumps(outcome) + "\n")
    return int(bool(outcome["wrong"]))


if __name__ == "__main__":
    sys.exit(main())
