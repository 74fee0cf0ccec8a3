"""One try: a signed POST to an address that a client has named, and what came of it. No database."""

import ipaddress
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from events.webhooks.signing import headers_signed
from legalcity.lib.clock import now
from legalcity.lib.codes import Coded, FieldCode
from legalcity.lib.errors import Invalid, Sentence
from legalcity.lib.logs import log_failure
from legalcity.lib.web.connections import Deadline
from legalcity.lib.web.fetching import Fetcher, FetchError, FetchLimits, FetchRefused, Policy, parse

READ_BYTES = 64 * 1024
KEPT_BYTES = 1024
# What is read is counted here: an answer that is too long is still an answer.
LIMITS = FetchLimits(max_bytes=1 << 62, all_bytes=256 * 1024, connect_seconds=5, read_seconds=15, total_seconds=15)
LOOPBACK = ipaddress.ip_network("127.0.0.1/32")
FRAGMENT = "fragment"
SENTENCES: dict[str, tuple[Sentence, FieldCode]] = {
    "scheme": (_("The url field must begin with https://."), FieldCode.NOT_URL),
    "userinfo": (_("The url field must not hold a user name or a password."), FieldCode.NOT_URL),
    FRAGMENT: (_("The url field must not hold a fragment (#): none is ever sent."), FieldCode.NOT_URL),
    "port": (_("The url field names a port that we do not reach."), FieldCode.INVALID),
    "address": (_("The url field must lead to a public address."), FieldCode.INVALID),
    "unknown_host": (_("The url field names a host that we cannot find."), FieldCode.UNREACHABLE),
    "resolver": (_("The url field names a host that we cannot find now."), FieldCode.UNREACHABLE),
    "timeout": (_("The url field names a host that we cannot find now."), FieldCode.UNREACHABLE),
}
NO_URL = _("The url field must be a valid URL."), FieldCode.NOT_URL


@dataclass(frozen=True, slots=True)
class Message:
    """What is to be sent: `secrets` in the form of receivers, each of which signs."""

    url: str
    webhook_id: str
    body: bytes
    secrets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a try: the answer's status, or the reason (of FetchError) why there was none."""

    at: datetime
    ms: int
    status: int | None = None
    reason: str = ""
    response_head: str = ""
    retry_after: str | None = None

    @property
    def is_taken(self) -> bool:
        """Whether the receiver has it: 2xx, whatever becomes of the rest of the answer."""
        return self.status is not None and 200 <= self.status < 300


def fetcher_of_settings() -> Fetcher:
    """Where webhooks may go."""
    return Fetcher(
        Policy(
            ports=settings.WEBHOOK_PORTS,
            exempt=(LOOPBACK,) if settings.WEBHOOK_LOOPBACK else (),
            schemes=frozenset({"https", "http"} if settings.WEBHOOK_PLAIN_HTTP else {"https"}),
        )
    )


def require_url(url: str, *, fetcher: Fetcher | None = None) -> None:
    """Raises Invalid for an address that no webhook would be sent to as things are now. Looks its host up."""
    try:
        target = parse(url)
        if "#" in url:
            raise FetchRefused(FRAGMENT)
        (fetcher or fetcher_of_settings()).require_allowed(target, seconds=LIMITS.connect_seconds)
    except FetchError as error:
        raise Invalid({"url": [Coded(*SENTENCES.get(error.reason, NO_URL))]}) from error


def send(message: Message, *, fetcher: Fetcher, limits: FetchLimits = LIMITS) -> Outcome:
    """Try once. Whatever happens is the outcome."""
    at, began = now(), time.monotonic()
    status, reason, head, retry_after = None, "", b"", None
    try:
        headers = {
            "Content-Type": "application/json",
            **headers_signed(message.secrets, message.webhook_id, int(at.timestamp()), message.body),
        }
        target, deadline = parse(message.url), Deadline(limits.total_seconds)
        with fetcher.exchange(
            "POST", target, limits=limits, deadline=deadline, headers=headers, body=message.body
        ) as answer:
            status, retry_after = answer.status, answer.headers.get("Retry-After")
            head = _head(answer.body)
    except FetchError as error:
        reason = error.reason
    except Exception as error:  # A fault of ours is one try that failed, no end of the others.
        log_failure(error)
        reason = "internal"
    text = head.decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
    return Outcome(at, int((time.monotonic() - began) * 1000), status, reason, text, retry_after)


def _head(body: Iterator[bytes]) -> bytes:
    """The beginning of an answer, which is read to READ_BYTES; one that breaks off or has no end is an answer too."""
    head, received = b"", 0
    try:
        for chunk in body:
            head += chunk[: KEPT_BYTES - len(head)]
            received += len(chunk)
            if received >= READ_BYTES:
                break
    except FetchError:
        pass
    return head
