"""Servers of a test alone, to be stopped, killed and held up: Redis and PostgreSQL on ports of their own."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE = 30  # seconds
POSTGRES = max(Path("/usr/lib/postgresql").glob("*/bin"), default=Path("/nowhere"))
PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
MISSING = not (POSTGRES / "initdb").exists() or shutil.which("redis-server") is None


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(happened: Callable[[], bool], told: Callable[[], str] = str) -> None:
    """Wait for something, but not for ever; `told` says why it did not happen."""
    give_up = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < give_up, told()
        time.sleep(0.1)


def is_open(port: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Redis:
    """A Redis that keeps nothing on disk."""

    def __init__(self, folder: Path) -> None:
        self.port, self._folder = free_port(), folder
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Up, and listening."""
        options = {"--bind": "127.0.0.1", "--port": str(self.port), "--dir": str(self._folder), "--save": ""}
        words = [word for option in options.items() for word in option]
        self._process = subprocess.Popen(["redis-server", *words], stdout=subprocess.DEVNULL)
        eventually(lambda: is_open(self.port))

    def signal(self, number: signal.Signals) -> None:
        """SIGSTOP has it hang, SIGCONT go on."""
        assert self._process is not None
        self._process.send_signal(number)

    def kill(self) -> None:
        """Gone, without a word."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


class Postgres:
    """A PostgreSQL that need not survive a crash. It does not run as root."""

    def __init__(self, folder: Path) -> None:
        self.port, self.folder = free_port(), folder
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        self._run("initdb", "--pgdata", str(folder), "--username", "test", "--auth", "trust", "--no-sync")
        self.start()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"postgres://test@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Up, and ready."""
        options = f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories='' -c fsync=off"
        log = str(self.folder / "server.log")
        self._run("pg_ctl", "start", "--pgdata", str(self.folder), "--wait", "--log", log, "--options", options)

    def stop(self) -> None:
        """Gone, whoever is connected."""
        if (self.folder / "postmaster.pid").exists():
            self._run("pg_ctl", "stop", "--pgdata", str(self.folder), "--mode", "immediate")

    @staticmethod
    def _run(program: str, *words: str) -> None:
        command = not_as_root(str(POSTGRES / program), *words)
        subprocess.run(command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)


class Replica(Postgres):
    """A streaming replica of another PostgreSQL."""

    def __init__(self, folder: Path, primary: Postgres) -> None:
        self.port, self.folder = free_port(), folder
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        whence = ("--host", "127.0.0.1", "--port", str(primary.port), "--username", "test")
        self._run("pg_basebackup", *whence, "--pgdata", str(folder), "--write-recovery-conf", "--checkpoint", "fast")
        self.start()


class Pooler:
    """A PgBouncer in transaction mode with few connections to its server, so that clients meet those of others."""

    CONNECTIONS = 3

    def __init__(self, folder: Path, server: Postgres) -> None:
        assert PGBOUNCER is not None
        self.port, log = free_port(), folder / "pgbouncer.log"
        settings = {
            "listen_addr": "127.0.0.1",
            "listen_port": self.port,
            "unix_socket_dir": "",
            "auth_type": "any",
            "pool_mode": "transaction",
            "default_pool_size": self.CONNECTIONS,
            "max_client_conn": 200,
            "logfile": log,
        }
        lines = [f"{name} = {value}" for name, value in settings.items()]
        databases = f"postgres = host=127.0.0.1 port={server.port} user=test dbname=postgres"
        file = folder / "pgbouncer.ini"
        file.write_text("\n".join(["[databases]", databases, "[pgbouncer]", *lines, ""]))
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
            shutil.chown(file, "postgres")
        command = not_as_root(PGBOUNCER, "--quiet", str(file))
        self._process = subprocess.Popen(command, cwd="/", start_new_session=True)
        eventually(lambda: is_open(self.port))

    @property
    def url(self) -> str:
        """Where it is."""
        return f"postgres://test@127.0.0.1:{self.port}/postgres"

    def stop(self) -> None:
        """Gone, whoever is connected."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def not_as_root(*command: str) -> list[str]:
    """The command as the user of databases: neither PostgreSQL nor its poolers run as root."""
    return [*(["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []), *command]
