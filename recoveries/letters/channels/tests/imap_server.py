"""A mail server of the tests: as much of IMAP as a reader asks for, over a real socket."""

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from legalcity.lib.settings.environment import Mailbox


@dataclass
class Mails:
    """What is in the mailbox, by uid; which were seen, which have a flag, which it cannot read, which somebody moves as
    soon as they are found; what was asked.
    """

    mails: dict[int, bytes] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    flagged: set[int] = field(default_factory=set)
    broken: set[int] = field(default_factory=set)
    moved: set[int] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    hangs_up_at: str = ""

    def put(self, *mails: bytes) -> None:
        """Let mails come in."""
        for mail in mails:
            self.mails[len(self.mails) + 1] = mail


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.say(b"* OK ready")
        for line in self.rfile:
            tag, _space, command = line.decode().strip().partition(" ")
            mails: Mails = self.server.mails  # type: ignore[attr-defined]
            mails.asked.append(command)
            if mails.hangs_up_at and mails.hangs_up_at in command:
                mails.hangs_up_at = ""
                return
            self.say(tag.encode() + b" " + self.answer(command, mails))
            if command.startswith("LOGOUT"):
                return

    def answer(self, command: str, mails: Mails) -> bytes:
        if command.startswith("CAPABILITY"):
            self.say(b"* CAPABILITY IMAP4rev1")
        elif command.startswith("LOGIN") and '"geheim"' not in command and "geheim" not in command.split():
            return b"NO wrong"
        elif command.startswith("SELECT"):
            if '"INBOX"' not in command:
                return b"NO such folder"
            self.say(b"* %d EXISTS" % len(mails.mails))
        elif command == "UID SEARCH UNSEEN UNFLAGGED":
            new = (uid for uid in mails.mails if uid not in mails.seen | mails.flagged)
            self.say(b"* SEARCH " + b" ".join(b"%d" % uid for uid in new))
        elif fetched := re.fullmatch(r"UID FETCH (\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", command):
            return self.fetched(int(fetched[1]), int(fetched[2]), mails)
        elif stored := re.fullmatch(r"UID STORE (\d+) \+FLAGS\.SILENT \(\\(Seen|Flagged)\)", command):
            (mails.seen if stored[2] == "Seen" else mails.flagged).add(int(stored[1]))
        elif not command.startswith(("LOGIN", "LOGOUT")):
            return b"BAD what"
        return b"OK done"

    def fetched(self, uid: int, length: int, mails: Mails) -> bytes:
        if uid in mails.broken:
            return b"NO some of the message is lost"
        if uid in mails.moved:
            return b"OK done"
        mail = mails.mails[uid][:length]
        self.say(b"* 1 FETCH (UID %d BODY[]<0> {%d}" % (uid, len(mail)))
        self.wfile.write(mail)
        self.say(b")")
        return b"OK done"

    def say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")


@contextmanager
def imap_server(address: str = "retours@firm.example") -> Iterator[tuple[Mailbox, Mails]]:
    """A mailbox on this machine, and what is in it."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Talk) as server:
        server.mails = Mails()  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            port = int(server.server_address[1])
            yield Mailbox(address, "127.0.0.1", port, "geheim", "INBOX", is_tls=False), server.mails  # type: ignore[attr-defined]
        finally:
            server.shutdown()
