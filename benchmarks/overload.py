"""Ten and fifty times as many callers as a server has threads: what it refuses, how soon, and how it comes back.

    EMBEDDED=1 DATABASE_URL=postgres://… REDIS_URL=redis://… .venv/bin/python benchmarks/overload.py [--seconds 6]

Two web processes of four threads. Callers ask for a list, each call over a connection of its own and the next one as
soon as the former is answered, whatever it was told: worse than clients who heed `Retry-After`. They are wrk's
(`apt-get install wrk`): a generator in Python is overrun before the server. Meanwhile `/healthz` is asked three times a
second. Wants a migrated database that may be written to; prints a table (benchmarks/overload.md).
"""

import argparse
import os
import re
import subprocess
import sys
import threading
import time
import uuid
from http.client import HTTPConnection
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "legalcity.settings")

PORT = 8917
CALLERS = (8, 80, 400)
PATIENCE = 30  # seconds for one answer
PROBED = 0.3  # seconds between two probes
HEAD = ("callers", "answered / s", "refused / s", "any answer, p50", "p99", "slowest probe", "first call after it")


def asked(path: str, token: str = "") -> tuple[int, float]:
    """Status and seconds; 0 where nobody listens."""
    began, connection = time.monotonic(), HTTPConnection("127.0.0.1", PORT, timeout=PATIENCE)
    try:
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}", "Connection": "close"})
        status = connection.getresponse().status
    except OSError:
        status = 0
    finally:
        connection.close()
    return status, time.monotonic() - began


def loaded(callers: int, seconds: int, token: str) -> tuple[str, float]:
    """What wrk says of its callers; the slowest probe meanwhile."""
    over, slowest = threading.Event(), [0.0]

    def probe() -> None:
        while not over.wait(PROBED):
            slowest.append(asked("/healthz")[1])

    prober = threading.Thread(target=probe)
    prober.start()
    command = ["wrk", "-t1", f"-c{callers}", f"-d{seconds}", "--latency", "--timeout", str(PATIENCE)]
    headers = ["-H", f"Authorization: Bearer {token}", "-H", "Connection: close"]
    told = subprocess.run(
        [*command, *headers, f"http://127.0.0.1:{PORT}/api/recoveries"], capture_output=True, text=True, check=True
    ).stdout
    over.set()
    prober.join()
    return told, max(slowest)


def row(callers: int, seconds: int, token: str) -> str:
    """A row of the table."""
    told, slowest = loaded(callers, seconds, token)
    in_all = int(re.findall(r"(\d+) requests in", told)[0])
    refused = int((re.findall(r"Non-2xx or 3xx responses: (\d+)", told) or ["0"])[0])
    half, most = (re.findall(rf"{part}%\s+(\S+)", told)[0] for part in (50, 99))
    status, took = asked("/api/recoveries", token)
    figures = (callers, (in_all - refused) // seconds, refused // seconds, half, most)
    return f"| {' | '.join(map(str, figures))} | {1000 * slowest:.0f} ms | {status} in {1000 * took:.0f} ms |"


def _token() -> str:
    import django

    django.setup()
    from accounts.models import User
    from accounts.services import key_issue, login

    email = f"overload-{uuid.uuid4().hex[:8]}@example.com"
    user = User.objects.create_user(email, first_name="A", last_name="B")
    return login(email=email, key=key_issue(user=user))[1]


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=6)
    seconds = parser.parse_args().seconds
    ours = {"PORT": str(PORT), "RATE_LIMITS_ENABLED": "0", "WEB_CONCURRENCY": "2", "LOG_LEVEL": "ERROR"}
    token = _token()
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "legalcity.wsgi"], cwd=ROOT, env={**os.environ, **ours}
    )
    try:
        while asked("/healthz")[0] != 200:
            time.sleep(0.5)
        loaded(8, 2, token)
        rows = [row(callers, seconds, token) for callers in CALLERS]
    finally:
        server.terminate()
        server.wait()
    sys.stdout.write("\n".join([f"| {' | '.join(HEAD)} |", "|---" * len(HEAD) + "|", *rows, ""]))


if __name__ == "__main__":
    main()
