"""Reads a mailbox by IMAP: marks each mail that nobody has seen, once it was taken or set aside."""

import imaplib
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import structlog

from legalcity.lib.settings.environment import Mailbox
from recoveries.letters.channels.mail_reading import LIMIT

log = structlog.get_logger("recoveries")

TIMEOUT = 20  # seconds for one step of the talk
AT_ONCE = 200  # mails of one round

Part = bytes | tuple[bytes, bytes] | None  # of an answer, as imaplib has it


class MailboxAway(Exception):
    """The server does not answer, or not as it should; the text is the class of what went wrong, no more."""


class NotTaken(Exception):
    """A mail that could not be taken, or that the server does not hand over: it is set aside."""


def mailbox_read(box: Mailbox, take: Callable[[bytes], object], set_aside: Callable[[str], object]) -> int:
    """Give each new mail to `take`, and mark it as seen once that has returned; how many.

    One that is NotTaken stays unseen and is flagged, after `set_aside` was told its uid: no later round asks for it, so
    it keeps no other one from being read, until somebody takes the flag away. A mail is given again where this was cut
    short in between: `take` knows the same mail. Raises MailboxAway.
    """
    with _opened(box) as server:
        new = _answer(server.uid("SEARCH", "UNSEEN", "UNFLAGGED"))
        uids = new[0].split() if new and isinstance(new[0], bytes) else []
        taken = 0
        for uid in (one.decode("ascii", "replace") for one in uids[:AT_ONCE]):
            try:
                raw = _fetched(server, uid)
                if raw is None:
                    continue
                take(raw)
            except NotTaken:
                set_aside(uid)
                _mark(server, uid, r"\Flagged")
            else:
                _mark(server, uid, r"\Seen")
                taken += 1
    return taken


def _fetched(server: imaplib.IMAP4, uid: str) -> bytes | None:
    """The beginning of a mail, as much as is looked at: no server is asked for more. None of one that is gone: somebody
    has moved or deleted it since it was found.
    """
    try:
        parts = _answer(server.uid("FETCH", uid, f"(BODY.PEEK[]<0.{LIMIT + 1}>)"))
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:  # It answers, and has others: this one is broken.
        raise NotTaken from error
    return next((part[1] for part in parts if isinstance(part, tuple)), None)


def _mark(server: imaplib.IMAP4, uid: str, flag: str) -> None:
    _answer(server.uid("STORE", uid, "+FLAGS.SILENT", f"({flag})"))


def _answer(answered: tuple[str, Sequence[Part]]) -> Sequence[Part]:
    state, parts = answered
    if state != "OK":
        raise imaplib.IMAP4.error(state)
    return parts


@contextmanager
def _opened(box: Mailbox) -> Iterator[imaplib.IMAP4]:
    try:
        server = _connected(box)
        try:
            server.login(box.address, box.password)
            _answer(server.select(f'"{_quoted(box.folder)}"'))
            yield server
        finally:
            server.shutdown()
    except (imaplib.IMAP4.error, OSError) as error:
        raise MailboxAway(type(error).__name__) from error


def _connected(box: Mailbox) -> imaplib.IMAP4:
    if box.is_tls:
        return imaplib.IMAP4_SSL(box.host, box.port, ssl_context=ssl.create_default_context(), timeout=TIMEOUT)
    return imaplib.IMAP4(box.host, box.port, timeout=TIMEOUT)


def _quoted(folder: str) -> str:
    return folder.replace("\\", "\\\\").replace('"', '\\"')
