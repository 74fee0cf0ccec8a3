"""The two applications under the production server's configuration, on free ports of this machine."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from databases import connect

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
APPLICATIONS = {
    "product": "legalcity.wsgi:application",
    "ceiling": "ceiling:application",
    "ceiling_feed": "ceiling_feed:application",
    "textbook": "textbook:application",
}
SETTINGS = {"textbook": {"DJANGO_SETTINGS_MODULE": "textbook_settings"}}
START_SECONDS = 60
SECOND = 1e9  # nanoseconds


class Cpu(NamedTuple):
    """Seconds of processor time: of a server's workers, and of their connections' processes in PostgreSQL."""

    web: float
    database: float


@dataclass(frozen=True)
class Server:
    """A running server: where it listens, its master process, and as what PostgreSQL knows it."""

    port: int
    pid: int
    label: str

    def cpu(self) -> Cpu:
        """Processor time that was used so far."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return Cpu(sum(map(used_by, map(int, children))), sum(map(used_by, self._backends())))

    def _backends(self) -> list[int]:
        with connect() as connection:
            found = connection.execute("SELECT pid FROM pg_stat_activity WHERE application_name = %s", [self.label])
            return [row[0] for row in found]


def used_by(pid: int) -> float:
    """Seconds of processor time of a process and all its threads; to the nanosecond, unlike its `stat`."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / SECOND


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"bench: a server did not start:\n{log.read_text()[-2000:]}")


@contextmanager
def running(application: str, environment: dict[str, str], folder: Path, workers: int = 1) -> Iterator[Server]:
    """One of APPLICATIONS under gunicorn, with the project's configuration.

    One worker where what is measured is the code and not the number of cores; never renewed, so that no
    measurement falls into its start.
    """
    port = _free_port()
    settings = {"HOST": "127.0.0.1", "PORT": str(port), "WEB_CONCURRENCY": str(workers), "PYTHONPATH": f"{ROOT}:{HERE}"}
    label = f"bench {application} {port}"
    settings |= {"PGAPPNAME": label, **SETTINGS.get(application, {})}
    log = folder / f"{application}-{port}.log"
    command = [sys.executable, "-m", "gunicorn", "--config", str(ROOT / "gunicorn.conf.py"), "--max-requests", "0"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, APPLICATIONS[application]],
            cwd=ROOT,
            env={**environment, **settings},
            stdout=output,
            stderr=output,
        )
        try:
            _wait(port, process, log)
            yield Server(port, process.pid, label)
        finally:
            process.send_signal(signal.SIGQUIT)  # At once: nobody is waiting for an answer.
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
