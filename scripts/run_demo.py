"""`make demo`: database, demonstration data, server, the main job walked through; stays up until Ctrl-C.

Runs on the embedded default in the data folder (var/), whatever settings the shell exports: a demonstration shall
not find its way into a real database.
"""

import argparse
import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from hearing import Receiver, hearing
from walk import say, walk_all

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
START_SECONDS = 60
STOP_SECONDS = 15
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# What a process needs of the shell; the product's own settings are not among it.
KEPT = ("PATH", "HOME", "USER", "TMPDIR", "TERM", "COLUMNS", "LANG", "LC_ALL", "PYTHONUTF8", "DATA_DIR")


def stop(_number: int, _frame: FrameType | None) -> None:
    """Ctrl-C or a supervisor's signal ends the demonstration, wherever it is; a second one does not disturb that."""
    for number in ENDINGS:
        signal.signal(number, signal.SIG_IGN)
    sys.exit(0)


def settings(port: int, receiver: Receiver) -> dict[str, str]:
    """The environment of every process that the demonstration starts. Webhooks reach its own receiver and no other."""
    return {
        **{name: os.environ[name] for name in KEPT if name in os.environ},
        "DJANGO_SETTINGS_MODULE": "legalcity.settings",
        "EMBEDDED": "1",
        "DEBUG": "1",
        "WEBHOOK_LOOPBACK": "1",
        "WEBHOOK_PORTS": str(receiver.port),
        "PUBLIC_BASE_URL": f"http://{HOST}:{port}",
        "HOST": HOST,
        "PORT": str(port),
        "WEB_CONCURRENCY": "1",
        "WEB_THREADS": "8",
    }


def require_free(port: int) -> None:
    """Leave with a sentence when something listens on the port already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise SystemExit(
                f"demo: port {port} of {HOST} cannot be had ({error.strerror}). "
                f"Stop what listens there, or choose another port: make demo PORT={port + 1}"
            ) from error


def manage(environment: dict[str, str], *arguments: str) -> str:
    """Run a management command; what it printed. Leaves when it fails, after the command's own words."""
    command = [sys.executable, "manage.py", *arguments]
    quiet = {**environment, "LOG_LEVEL": "WARNING"}
    done = subprocess.run(command, cwd=ROOT, env=quiet, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise SystemExit(f"demo: manage.py {arguments[0]} failed, see above")
    return done.stdout


def end_with_parent() -> None:
    """Have the server end when this process is killed outright (Linux)."""
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None:
        prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


@contextmanager
def server(environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The production server, answering; stopped at the end, whatever happens.

    In a session of its own, so that Ctrl-C reaches it through `stop` alone and not twice.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "legalcity.wsgi"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=end_with_parent,
        )
    try:
        wait_for(f"http://{HOST}:{environment['PORT']}/readyz", process, log)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until the server is ready. Leaves with the end of its log when it ends or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urlopen(address, timeout=5):  # noqa: S310 - our own server
                return
        except (URLError, OSError):
            time.sleep(0.2)
    tail = log.read_text(errors="replace")[-3000:]
    raise SystemExit(f"demo: the server did not start. The end of {log}:\n{tail}")


def show_ways_in(base: str, credentials: dict[str, Any], log: Path) -> None:
    """Addresses and fresh credentials."""
    rows = (
        ("API", f"{base}/api", f"e-mail {credentials['email']}"),
        ("", "", f"key {credentials['api_key']}"),
        ("Reference", f"{base}/docs", ""),
        ("Back-office", f"{base}/admin/", f"e-mail {credentials['staff_email']}"),
        ("", "", f"password {credentials['staff_password']}"),
        *(("", "", f"{role} {address}, same password") for role, address in credentials["staff_roles"].items()),
        ("Server log", str(log), ""),
    )
    say("\n The server stays up; Ctrl-C stops it. Key and password are new with every make demo.\n")
    for name, address, credential in rows:
        say(f"   {name:<13}{address:<34}{credential}".rstrip())
    say()


def port_number(text: str) -> int:
    """A TCP port; for argparse."""
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: write a number from 1 to 65535")
    return int(text)


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description="Demonstrate LegalCity on this machine.")
    parser.add_argument("--port", type=port_number, default=8000)
    parser.add_argument("--cases", type=int, default=300, help="cases of the portfolio (default 300)")
    return parser.parse_args()


def main() -> None:
    """The whole demonstration."""
    for number in ENDINGS:
        signal.signal(number, stop)
    wanted = arguments()
    receiver = Receiver()
    environment, base = settings(wanted.port, receiver), f"http://{HOST}:{wanted.port}"
    log = Path(environment.get("DATA_DIR", ROOT / "var")) / "demo.log"
    require_free(wanted.port)
    say("demo: preparing the database")
    manage(environment, "migrate", "--verbosity", "0")
    summary, credentials = manage(environment, "seed_demo", "--cases", str(wanted.cases), "--credentials").splitlines()[
        -2:
    ]
    say(f"demo: {summary}")
    ways_in = json.loads(credentials)
    with server(environment, log) as process:
        say(f"demo: the server listens on {base}")
        if not walk_all(base, ways_in["email"], ways_in["api_key"], hearing(receiver)):
            raise SystemExit(1)
        show_ways_in(base, ways_in, log)
        process.wait()
        raise SystemExit(f"demo: the server has ended by itself, see {log}")


if __name__ == "__main__":
    main()
