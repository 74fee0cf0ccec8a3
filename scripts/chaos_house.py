"""The installation that `chaos.py` torments: servers and processes of its own, and a supervisor that starts them."""

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.services import Postgres, Redis, free_port

ROOT = Path(__file__).resolve().parent.parent
LOOKS = 0.3  # seconds between two looks of the supervisor
CELERY = ("celery", "-A", "legalcity")
PROGRAMS: Mapping[str, tuple[str, ...]] = {
    "web": ("gunicorn", "legalcity.wsgi"),
    "worker": (*CELERY, "worker", "--loglevel", "WARNING", "--concurrency", "2"),
    "beat": (*CELERY, "beat", "--loglevel", "WARNING", "--schedule", "{data}/beat"),
}


class House:
    """PostgreSQL, Redis, a web server of two processes, a worker of two, the clock. All of it may be killed."""

    def __init__(self, folder: Path) -> None:
        for name in ("postgres", "data"):
            (folder / name).mkdir(mode=0o700)
        self.data = folder / "data"
        self.log = self.data / "log"
        self.postgres, self.redis = Postgres(folder / "postgres"), Redis(self.data)
        self.port = free_port()
        self.environment = {
            **os.environ,
            "EMBEDDED": "1",
            "DATA_DIR": str(self.data),
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.redis.url,
            "CELERY_VISIBILITY_TIMEOUT": "30",
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "WEB_CONCURRENCY": "2",
            "RATE_LIMITS_ENABLED": "0",
        }
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._over, self._lock = threading.Event(), threading.Lock()

    def manage(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command of `manage.py`."""
        command = [sys.executable, str(ROOT / "manage.py"), *words]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)  # noqa: S603

    @contextmanager
    def open(self) -> Iterator[None]:
        """Every process runs, and is started again when it ends (`Restart=always`)."""
        supervisor = threading.Thread(target=self._supervise)
        supervisor.start()
        try:
            yield
        finally:
            self._over.set()
            supervisor.join()
            for process in self._running.values():
                _kill_group(process)
            self.redis.kill()
            self.postgres.stop()

    def _supervise(self) -> None:
        while not self._over.wait(LOOKS):
            with self._lock:
                for name, words in PROGRAMS.items():
                    process = self._running.get(name)
                    if process is None or process.poll() is not None:
                        self._running[name] = self._started(words, process)

    def _started(self, words: tuple[str, ...], before: subprocess.Popen[bytes] | None) -> subprocess.Popen[bytes]:
        if before is not None:  # What it left goes with it, as with a unit of systemd.
            _kill_group(before)
        with self.log.open("ab") as output:
            return subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", *(word.format(data=self.data) for word in words)],
                cwd=ROOT,  # gunicorn reads its configuration there.
                env=self.environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    # --- what may happen ---------------------------------------------------------------------------------------------
    def torments(self) -> dict[str, Callable[[], None]]:
        """What can be done to it, by name."""
        return {
            "kill web": lambda: self._kill("web"),
            "kill a web process": lambda: self._kill_child("web"),
            "kill worker": lambda: self._kill("worker"),
            "kill a worker process": lambda: self._kill_child("worker"),
            "kill beat": lambda: self._kill("beat"),
            "end web": lambda: self._kill("web", signal.SIGTERM),
            "end worker": lambda: self._kill("worker", signal.SIGTERM),
            "restart redis": self._restart_redis,
            "restart postgres": self._restart_postgres,
            "kill a connection's server": self._kill_backend,
        }

    def _kill(self, name: str, how: signal.Signals = signal.SIGKILL) -> None:
        with self._lock:
            process = self._running[name]
        process.send_signal(how)

    def _kill_child(self, name: str) -> None:
        with self._lock:
            children = _children(self._running[name].pid)
        if children:
            os.kill(random.choice(children), signal.SIGKILL)  # noqa: S311

    def _restart_redis(self) -> None:
        """It keeps nothing on disk: whatever was queued is lost."""
        self.redis.kill()
        self.redis.start()

    def _restart_postgres(self) -> None:
        self.postgres.stop()
        self.postgres.start()

    def _kill_backend(self) -> None:
        """One server process of PostgreSQL dies, and it throws out everybody."""
        words = (self.postgres.folder / "postmaster.pid").read_text().splitlines()
        children = [pid for pid in _children(int(words[0])) if b"127.0.0.1" in _command(pid)]
        if children:
            os.kill(random.choice(children), signal.SIGKILL)  # noqa: S311


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    finally:
        process.wait()


def _children(pid: int) -> list[int]:
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        return b""
