"""Messages to debtors whose worker is killed while it hands them over: on PostgreSQL, to carriers on this machine.

    DATABASE_URL=… REDIS_URL=… python benchmarks/channels.py [email] [registered] [sms]

The database is made (`<name>_channels`) and dropped. Fifty messages each: a worker kills itself at a line of what hands
over, a different one each time; then the sweep and other workers go on, with its claim run out. What carriers were
given is compared with what became of the messages.
"""

import os
import signal
import socketserver
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import mkdtemp
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.webhooks import database  # noqa: E402 - after the path

KILLS = 50
MINE = ("letters/channels/", "django/core/mail/", "smtplib.py", "legalcity/lib/emails/")
LINES = {"email": 900, "registered": 360, "sms": 500}  # about how many lines a message takes
ROUNDS = 4  # of the sweep, after each death


class MailServer(socketserver.ThreadingTCPServer):
    """Takes mails and counts them, by their Message-ID."""

    daemon_threads = True

    def __init__(self) -> None:
        self.taken: list[str] = []
        super().__init__(("127.0.0.1", 0), _Talk)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.wfile.write(b"220 ready\r\n")
        for line in self.rfile:
            word = line.strip().upper()
            if word == b"DATA":
                self.wfile.write(b"354 go\r\n")
                if not self.mail():
                    return
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")

    def mail(self) -> bool:
        """A whole mail was taken; one that breaks off was not."""
        name = ""
        for line in self.rfile:
            if line == b".\r\n":
                self.server.taken.append(name)  # type: ignore[attr-defined]
                return True
            if line.lower().startswith(b"message-id:"):
                name = line.partition(b":")[2].strip().decode()
        return False


def firm_and_case() -> int:
    """A firm that may write as often as it likes, and a case with a debtor who can be reached by every way."""
    from constance import config

    from recoveries.letters.channels.delivering import message_deliver
    from recoveries.letters.channels.tests.conftest import DEBTOR
    from recoveries.letters.services import message_send
    from tests.factories import Api, ApiUserFactory, case_id
    from tests.letters import FREE

    for name, value in {**FREE, "FIRM_PHONE": "01 23 45 67 89"}.items():
        setattr(config, name, value)
    user = ApiUserFactory()
    case = case_id(Api.of(user), recovery={"assign_to_me": False}, debtor=DEBTOR)
    first = message_send(case_id=case, kind="relance_1", to="debtor@example.com", by=None)
    from legalcity.lib.clock import now

    message_deliver(message_id=first.pk, moment=now())
    return case


def killed_at(message_id: int, after: int) -> str | None:
    """A worker that is killed at the `after`-th line of what hands over; which line, None when it went through."""
    from django.db import connections

    connections.close_all()
    here, there = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            _die(message_id, after, there)
        finally:
            os._exit(0)
    os.close(there)
    _pid, status = os.waitpid(pid, 0)
    with os.fdopen(here) as told:
        line = told.read()
    return line if os.WIFSIGNALED(status) else None


def _die(message_id: int, after: int, there: int) -> None:
    """Deliver, and be killed at the `after`-th line that is run of what hands over."""
    from legalcity.lib.clock import now
    from recoveries.letters.channels.delivering import message_deliver

    left = [after]

    def lines(frame: Any, event: str, _argument: Any) -> Any:
        if not any(mine in frame.f_code.co_filename for mine in MINE):
            return None
        if event == "line":
            left[0] -= 1
            if left[0] <= 0:
                os.write(there, f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}".encode())
                os.kill(os.getpid(), signal.SIGKILL)
        return lines

    sys.settrace(lines)
    message_deliver(message_id=message_id, moment=now())
    sys.settrace(None)


def go_on(message_id: int) -> None:
    """What the sweep and other workers do once the claim of the dead one has run out."""
    from legalcity.lib.clock import now
    from recoveries.letters.channels.delivering import message_deliver, messages_interrupted
    from recoveries.models import Message

    for _round in range(ROUNDS):
        Message.objects.filter(pk=message_id, claimed_until__isnull=False).update(claimed_until="2020-01-01T00:00:00Z")
        messages_interrupted(moment=now())
        message_deliver(message_id=message_id, moment=now())


def kills(way: str, case: int, given: Any) -> None:
    """Fifty messages, each with a worker that dies; what became of them, and what the carrier was given."""
    from recoveries.letters.services import message_send
    from recoveries.models import Message, StaffTask

    kind, to = ("mise_en_demeure", "") if way == "registered" else ("relance_2", "debtor@example.com")
    to = "06 12 34 56 78" if way == "sms" else to
    chance, died, states, twice, unseen = Random(1), Counter[str](), Counter[str](), 0, 0
    for _turn in range(KILLS):
        message = message_send(case_id=case, kind=kind, channel=way, to=to, by=None)
        line = killed_at(message.pk, chance.randrange(1, LINES[way]))
        died["went through" if line is None else "killed"] += 1
        died[line or ""] += 1
        go_on(message.pk)
        message.refresh_from_db()
        states[message.state] += 1
        twice += max(0, given(message) - 1)
        is_seen = StaffTask.objects.filter(subject=f"message:{message.pk}").exists()
        unseen += message.state not in ("sent", "failed") or (message.state == "failed" and not is_seen)
        assert message.state != "sent" or given(message) == 1, "sent, and the carrier has not got it"
        Message.objects.filter(pk=message.pk).update(state="cancelled")
    lines = sum(":" in line for line in died)
    print(
        f"{way}: {died['killed']} of {KILLS} workers killed, at {lines} lines; {died['went through']} went through;",
        end=" ",
    )
    print(f"{dict(states)}; {twice} handed over twice, {unseen} ended unseen", flush=True)


@contextmanager
def carrier(way: str) -> Iterator[Any]:
    """The carrier of a way, and what it was given of a message."""
    from django.conf import settings

    from recoveries.letters.channels.tests.providers import provider

    if way == "email":
        server = MailServer()
        settings.EMAIL_BACKEND = "legalcity.lib.emails.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address[:2]
        yield lambda message: server.taken.count(message.header_id)
    elif way == "registered":
        with provider() as there:
            login = {"client_id": "c", "client_secret": "s", "username": "u", "password": "p"}
            settings.REGISTERED_CARRIER = "maileva"
            settings.MAILEVA = {"url": there.url, "auth_url": there.url, **login}
            yield lambda message: sum(one["custom_id"] == message.client_token.hex for one in there.submitted)
    else:
        folder = Path(mkdtemp())
        settings.SMS_CARRIER, settings.SMS_FILE_PATH = "file", folder
        yield lambda message: sum(file.name.startswith(message.client_token.hex) for file in folder.glob("*.json"))


def main(ways: list[str]) -> None:
    """One way out after the other."""
    with database("channels"):
        case = firm_and_case()
        for way in ways:
            with carrier(way) as given:
                kills(way, case, given)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "legalcity.settings")
    os.environ.setdefault("EMBEDDED", "1")
    main(sys.argv[1:] or list(LINES))
