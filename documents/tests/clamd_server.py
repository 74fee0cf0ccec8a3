"""A real clamd for tests, with one signature of its own: that of the EICAR string."""

import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from documents.clients.clamd import ClamdClient, ScannerUnavailable
from documents.tests.samples import eicar

SIGNATURE = "LegalCity.Test.Eicar.UNOFFICIAL"
STREAM_LIMIT = 12 * 1024 * 1024
START_SECONDS = 60
PROGRAM = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin:/usr/local/sbin")


@dataclass(frozen=True)
class Clamd:
    """Where the scanner listens."""

    unix: str
    tcp: str


@contextmanager
def running(folder):
    """Start clamd in an empty folder and wait until it answers; stop it at the end."""
    signatures = folder / "signatures"
    signatures.mkdir()
    (signatures / "own.ndb").write_text(f"LegalCity.Test.Eicar:0:*:{eicar().hex()}\n")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    configuration = folder / "clamd.conf"
    configuration.write_text(
        f"DatabaseDirectory {signatures}\nTemporaryDirectory {folder}\nForeground yes\n"
        f"LocalSocket {folder}/socket\nTCPAddr 127.0.0.1\nTCPSocket {port}\n"
        f"StreamMaxLength {STREAM_LIMIT}\nMaxThreads 4\n"
    )
    clamd = Clamd(f"unix://{folder}/socket", f"tcp://127.0.0.1:{port}")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([PROGRAM, "-c", configuration], stdout=log, stderr=log)
    try:
        _wait(process, clamd, folder / "log")
        yield clamd
    finally:
        process.terminate()
        process.wait(30)


def _wait(process, clamd, log):
    give_up = time.monotonic() + START_SECONDS
    while True:
        try:
            ClamdClient(clamd.unix, timeout=5).ping()
            ClamdClient(clamd.tcp, timeout=5).ping()
            return
        except ScannerUnavailable:
            if process.poll() is not None or time.monotonic() > give_up:
                raise RuntimeError(f"clamd did not start: {log.read_text()}") from None
            time.sleep(0.02)


@pytest.fixture(scope="session")
def real_clamd(tmp_path_factory):
    """A running clamd (`Clamd`); the test is skipped where it is not installed."""
    if PROGRAM is None:
        pytest.skip("clamd is not installed: apt-get install clamav-daemon")
    with running(tmp_path_factory.mktemp("clamd")) as clamd:
        yield clamd
