"""What mail servers say of mails that they do not deliver: by RFC 3464, or in words of their own. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message as Mail

from legalcity.lib.text import storable

DIAGNOSTIC_LENGTH = 300
QUOTED_LENGTH = 20_000  # characters of what a server brings back
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_CODE = re.compile(r"(?<!\d)([45]\d\d)[ -]")
# No longer than servers take (RFC 5321): without a bound a long word would be looked through from each of its letters.
_ADDRESS = r"[^\s<>;,@]{1,128}@[^\s<>;,@]{1,255}"
_RECIPIENT = re.compile(_ADDRESS)
# qmail's own form: paragraphs that begin with the address, after these words.
_QMAIL = re.compile(r"^Hi\. This is the [\w.-]+ (?:send )?program|^Hi\. This is the qmail", re.MULTILINE)
_QMAIL_RECIPIENT = re.compile(rf"^<({_ADDRESS})>:\s*$", re.MULTILINE)
_QMAIL_COPY = "--- Below this line is a copy of the message"
_EXIM = "This message was created automatically by mail delivery software"
_EXIM_LATE = re.compile(r"has not (?:yet )?been delivered|delivery attempts will continue", re.IGNORECASE)
# Enhanced codes (RFC 3463) that say that there is no such mailbox; others say that it was not delivered, no more.
_NO_MAILBOX = frozenset({(1, 0), (1, 1), (1, 2), (1, 3), (1, 6), (1, 10), (2, 1), (4, 1)})
_UNKNOWN = re.compile(
    r"user unknown|unknown user|no such (?:user|recipient|mailbox)|no mailbox here|utilisateur inconnu|"
    r"(?:mailbox|recipient|address|account)[\w\s<>@.-]{0,80}"
    r"(?:not found|does not exist|unavailable|disabled|unknown|rejected)|"
    r"does(?:n't| not) exist|adresse? (?:inconnue|d'email n'existe pas)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a server says of one recipient.

    is_final      whether it has given up; else it still tries
    is_unknown    whether it says that there is no such mailbox: the address is wrong, not only this mail undelivered
    quoted        what it brings back of the mail: headers that name it
    """

    recipient: str
    is_final: bool
    is_unknown: bool
    status: str
    diagnostic: str
    quoted: tuple[str, ...] = ()


def bounce_of(mail: Mail, parts: list[Mail], *, text: str) -> Bounce | None:
    """What a mail says was not delivered; None where it is no such mail. `text` is what it says to people."""
    quoted = tuple(_quoted(parts))
    for part in parts:
        if part.get_content_type() == "message/delivery-status":
            return _reported(part, quoted)
    if _QMAIL.search(text):
        return _of_qmail(text, quoted)
    failed = _RECIPIENT.search(str(mail.get("X-Failed-Recipients", "")))
    if failed or _EXIM in text:
        return _of_words(failed[0] if failed else "", text, quoted)
    return None


def _reported(part: Mail, quoted: tuple[str, ...]) -> Bounce | None:
    """By the fields of the first recipient that failed, else of the first one that is late."""
    blocks = part.get_payload()
    told = [block for block in blocks if isinstance(block, Mail)] if isinstance(blocks, list) else []
    fields = [block for block in told if "Action" in block or "Final-Recipient" in block]
    failed = [block for block in fields if _action(block) == "failed"]
    late = [block for block in fields if _action(block) == "delayed"]
    chosen = next(iter(failed or late), None)
    if chosen is None:
        return None
    diagnostic = " ".join(str(chosen.get("Diagnostic-Code", "")).split())
    named = str(chosen.get("Original-Recipient") or chosen.get("Final-Recipient") or "")
    recipient = _RECIPIENT.search(named.partition(";")[2] or named)
    status = _of_status(str(chosen.get("Status", "")), diagnostic)
    return _bounce(recipient[0] if recipient else "", bool(failed), status, diagnostic, quoted)


def _of_qmail(text: str, quoted: tuple[str, ...]) -> Bounce:
    said, _line, copy = text.partition(_QMAIL_COPY)
    recipient = _QMAIL_RECIPIENT.search(said)
    diagnostic = " ".join(said[recipient.end() :].split()) if recipient else ""
    quoted = (*quoted, copy[:QUOTED_LENGTH])
    return _bounce(recipient[1] if recipient else "", True, _of_status("", diagnostic), diagnostic, quoted)


def _of_words(recipient: str, text: str, quoted: tuple[str, ...]) -> Bounce:
    """As Exim writes without a report."""
    said, _line, copy = text.partition("------ This is a copy of the message")
    place = said.find(recipient) if recipient else -1
    diagnostic = " ".join(said[place + len(recipient) :].split()) if place >= 0 else " ".join(said.split())
    is_final = not _EXIM_LATE.search(said)
    quoted = (*quoted, copy[:QUOTED_LENGTH])
    return _bounce(recipient, is_final, _of_status("", diagnostic), diagnostic, quoted)


def _bounce(recipient: str, is_final: bool, status: str, diagnostic: str, quoted: tuple[str, ...]) -> Bounce:
    said = storable(diagnostic)[:DIAGNOSTIC_LENGTH]
    is_unknown = is_final and _is_unknown(status, diagnostic[:2000])
    return Bounce(storable(recipient).strip("<>").lower()[:254], is_final, is_unknown, status, said, quoted)


def _is_unknown(status: str, diagnostic: str) -> bool:
    """By the enhanced code where it says something, else by the words of a permanent refusal."""
    known = _STATUS.fullmatch(status)
    if known and (known[2], known[3]) != ("0", "0"):
        return known[1] == "5" and (int(known[2]), int(known[3])) in _NO_MAILBOX
    code = _CODE.search(diagnostic)
    is_permanent = (known and known[1] == "5") or (code and code[1].startswith("5"))
    return bool(is_permanent and _UNKNOWN.search(diagnostic))


def _of_status(status: str, diagnostic: str) -> str:
    """The enhanced code that says most: some servers report 5.0.0 and quote the true one."""
    for text in (status, diagnostic):
        found = next((match for match in _STATUS.finditer(text) if match[0][1:] != ".0.0"), None)
        if found:
            return found[0]
    plain = _STATUS.search(status)
    return plain[0] if plain else ""


def _action(block: Mail) -> str:
    return str(block.get("Action", "")).partition("(")[0].strip().lower()


def _quoted(parts: list[Mail]) -> Iterator[str]:
    """The headers of the mail that comes back: as a message, or as their text alone."""
    for part in parts:
        if part.get_content_type() == "message/rfc822":
            inner = part.get_payload()
            for mail in inner if isinstance(inner, list) else []:
                if isinstance(mail, Mail):
                    yield "\n".join(f"{name}: {value}" for name, value in mail.items())[:QUOTED_LENGTH]
        elif part.get_content_type() == "text/rfc822-headers":
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                yield content.decode("latin-1")[:QUOTED_LENGTH]
