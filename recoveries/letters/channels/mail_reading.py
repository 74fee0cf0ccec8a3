"""What came into a mailbox, read: a mail that bounced, one that is late, an answer of a machine or of a person. Pure.

Whoever writes to the mailbox is a stranger. Only the first `LIMIT` bytes are looked at; no attachment is opened, no
image fetched; whatever cannot be read is an unreadable mail with an empty text, never an error.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message as Mail
from email.policy import Compat32
from email.utils import parseaddr
from enum import StrEnum
from itertools import islice
from uuid import UUID

from legalcity.lib.emails.addresses import tokens_in
from legalcity.lib.text import storable
from recoveries.html import plain_text
from recoveries.letters.channels.bounces import Bounce, bounce_of

LIMIT = 256 * 1024  # bytes of a mail
MOST_PARTS = 50
TEXT_LENGTH = 5_000  # characters of what a person wrote
HTML_LENGTH = 50_000  # characters of a page that is turned into text
LINE_LENGTH = 255
HEADER_LENGTH = 10_000  # characters of a header: reading one takes time by the square of them
# Where servers write the address that a mail came to, the most reliable first.
ADDRESSED = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "Apparently-To", "To", "Cc", "Received")
REFERRING = ("In-Reply-To", "References")
_BOUNDARY = re.compile(rb"\bboundary\b", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"<[^<>\s]{3,250}>")
_AUTOMATIC_SUBJECT = re.compile(
    r"^\s*(?:auto(?:matic)?[ -]?reply|out of (?:the )?office|r[ée]ponse automatique|absen(?:ce|t)\b|"
    r"message d['’]absence|abwesenheits|automatische antwort)",
    re.IGNORECASE,
)
_MACHINES = ("bulk", "junk", "list", "auto_reply")
# What was written before stands below, by the words of the usual programs.
_QUOTED = re.compile(
    r"^(?:>|\s*-{2,}\s*(?:original message|message d['’]origine|message original|forwarded message)|_{10,}|"
    r"\s*(?:le|on)\s.{4,200}(?:a écrit|wrote)\s*:)",
    re.IGNORECASE,
)


class Sort(StrEnum):
    """What a mail is."""

    BOUNCE = "bounce"  # a server will not deliver
    DELAY = "delay"  # a server still tries
    AUTOMATIC = "automatic"  # a machine answers
    REPLY = "reply"  # a person does


@dataclass(frozen=True, slots=True)
class Arrival:
    """A mail as it is kept.

    id          its Message-ID, or the SHA-256 of what came where it has none: the same mail has the same one
    tokens      the messages of ours that its addresses name; `referred` are Message-IDs that it answers or brings back
    bounce      what the servers say, of a bounce or a delay
    """

    id: str
    sort: Sort
    sha256: str
    sender: str = ""
    subject: str = ""
    text: str = ""
    tokens: list[UUID] = field(default_factory=list)
    referred: list[str] = field(default_factory=list)
    bounce: Bounce | None = None


class _Headers(Compat32):
    """Headers as they came, as far as they are looked at."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """The name, and the beginning of the value."""
        name, value = super().header_source_parse(sourcelines)
        return name, value[:HEADER_LENGTH]


_HEADERS = _Headers()


def mail_read(raw: bytes) -> Arrival:
    """Read a mail, whatever it is. Nothing is raised."""
    sha256 = hashlib.sha256(raw).hexdigest()
    try:
        return _arrival(message_from_bytes(_beginning(raw), policy=_HEADERS), sha256)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):  # email raises all of them on nonsense
        return Arrival(id=sha256, sort=Sort.AUTOMATIC, sha256=sha256)


def _beginning(raw: bytes) -> bytes:
    """What is looked at: whole lines, so that no base64 is torn apart.

    No more parts are opened than are read: each line of a part is compared with the ends of all that it lies in.
    """
    named = next(islice(_BOUNDARY.finditer(raw, 0, LIMIT), MOST_PARTS, None), None)
    end = named.start() if named else LIMIT
    return raw if len(raw) <= end else raw[: raw.rfind(b"\n", 0, end) + 1]


def _arrival(mail: Mail, sha256: str) -> Arrival:
    parts = list(_parts(mail))
    bounce = bounce_of(mail, parts, text=_text(parts))
    known = _MESSAGE_ID.search(_header(mail, "Message-ID"))
    return Arrival(
        id=known[0] if known else sha256,
        sort=_sort(mail, bounce),
        sha256=sha256,
        sender=_address(_header(mail, "From")),
        subject=_line(_header(mail, "Subject")),
        text=_said(_text(parts)),
        tokens=tokens_in([*_all(mail, ADDRESSED), *(bounce.quoted if bounce else ())]),
        referred=_ids([*_all(mail, REFERRING), *(bounce.quoted if bounce else ())]),
        bounce=bounce,
    )


def _sort(mail: Mail, bounce: Bounce | None) -> Sort:
    if bounce:
        return Sort.BOUNCE if bounce.is_final else Sort.DELAY
    return Sort.AUTOMATIC if _is_automatic(mail) else Sort.REPLY


def _is_automatic(mail: Mail) -> bool:
    """Whether no person wrote it: by RFC 3834, and by what servers did before there was one."""
    submitted = _header(mail, "Auto-Submitted").strip().lower()
    if submitted and submitted != "no":
        return True
    if _header(mail, "Precedence").strip().lower() in _MACHINES:
        return True
    if any(name in mail for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress", "List-Id")):
        return True
    return _header(mail, "Return-Path").strip() == "<>" or bool(_AUTOMATIC_SUBJECT.match(_header(mail, "Subject")))


# --- parts -----------------------------------------------------------------------------------------------------------
def _parts(mail: Mail) -> Iterator[Mail]:
    """The mail and what it is made of, from outside in: no more than `MOST_PARTS`."""
    waiting, seen = [mail], 0
    while waiting and seen < MOST_PARTS:
        part = waiting.pop(0)
        seen += 1
        yield part
        inner = part.get_payload()
        if isinstance(inner, list):
            waiting.extend(one for one in inner if isinstance(one, Mail))


def _text(parts: list[Mail]) -> str:
    """What the first part says that is text, plain rather than as a page."""
    for kind in ("text/plain", "text/html"):
        for part in parts:
            if part.get_content_type() == kind and part.get_content_disposition() != "attachment":
                text = _decoded(part)
                return text if kind == "text/plain" else plain_text(_without_styles(text[:HTML_LENGTH]))
    return ""


def _without_styles(page: str) -> str:
    """A page without what no reader sees."""
    for name in ("style", "script", "title"):
        while (begin := page.lower().find(f"<{name}")) >= 0:
            end = page.lower().find(f"</{name}", begin)
            page = page[:begin] + (page[end + len(name) + 2 :].partition(">")[2] if end >= 0 else "")
    return page


def _decoded(part: Mail) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    try:
        return content.decode(part.get_content_charset() or "utf-8", "replace")
    except (LookupError, ValueError):
        return content.decode("latin-1")


def _said(text: str) -> str:
    """What a person wrote, without what it answers, and no longer than we keep."""
    own: list[str] = []
    for line in text[: 4 * TEXT_LENGTH].splitlines():
        if _QUOTED.match(line):
            break
        own.append(line.rstrip())
    said = "\n".join(own).strip() or text.strip()
    return storable(said)[:TEXT_LENGTH]


# --- headers ---------------------------------------------------------------------------------------------------------
def _header(mail: Mail, name: str) -> str:
    return _words(mail.get(name, ""))


def _all(mail: Mail, names: tuple[str, ...]) -> list[str]:
    return [_words(value) for name in names for value in mail.get_all(name, [])]


def _words(value: object) -> str:
    """A header as text: encoded words are decoded, in whichever charset they claim to be."""
    header = str(value)[:HEADER_LENGTH]
    try:
        decoded = decode_header(header)
    except HeaderParseError:
        return storable(header)
    told = []
    for content, charset in decoded:
        if isinstance(content, bytes):
            try:
                content = content.decode(charset or "ascii", "replace")
            except LookupError:
                content = content.decode("latin-1")
        told.append(content)
    return storable("".join(told))


def _line(text: str) -> str:
    return storable(" ".join(text.split()))[:LINE_LENGTH]


def _address(text: str) -> str:
    return _line(parseaddr(text)[1])[:254]


def _ids(texts: list[str]) -> list[str]:
    return list(dict.fromkeys(storable(found) for text in texts for found in _MESSAGE_ID.findall(text)))[:20]
