"""One call to a provider of the firm: bounded, and told apart by whether it may have had an effect.

A provider's address is the firm's own setting, so any network will do; redirects are not followed.
"""

import io
import ipaddress
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from legalcity.lib.web.connections import Deadline
from legalcity.lib.web.fetching import TEMPORARY_STATUSES, Fetcher, FetchError, FetchLimits, FetchRefused, Policy, parse

ANYWHERE = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))
SECONDS = 30  # for one call, in all
MAX_BYTES = 20 * 1024 * 1024  # a proof is a scanned paper
LIMITS = FetchLimits(MAX_BYTES, connect_seconds=5, read_seconds=SECONDS, total_seconds=SECONDS)


class ProviderAway(Exception):
    """No answer, or one for now: nobody knows whether it had an effect. `reason` is a short word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ProviderRefused(Exception):
    """It will not, however often it is asked: nothing has happened there. `reason` is a short word of its own."""

    def __init__(self, reason: str, status: int = 0) -> None:
        super().__init__(reason)
        self.reason, self.status = reason, status


class Told(NamedTuple):
    """An answer of the 200s."""

    status: int
    content: bytes

    def json(self) -> dict[str, Any]:
        """It as an object. Raises ProviderAway for anything else: whatever was asked may have been done."""
        try:
            told = json.loads(self.content)
        except (ValueError, RecursionError) as error:
            raise ProviderAway("not_json") from error
        if not isinstance(told, dict):
            raise ProviderAway("unreadable")
        return told


def call(method: str, url: str, *, headers: Mapping[str, str], body: bytes | None = None) -> Told:
    """Call a provider. Raises ProviderAway and ProviderRefused."""
    try:
        target = parse(url)
        fetcher = Fetcher(Policy(ports=frozenset({target.port}), exempt=ANYWHERE))
        with fetcher.exchange(
            method, target, limits=LIMITS, deadline=Deadline(SECONDS), headers=headers, body=body
        ) as answer:
            content = io.BytesIO()
            for chunk in answer.body:
                content.write(chunk)
    except FetchRefused as error:  # Before anything was asked, but for an answer that is too long.
        raise (ProviderAway if error.reason == "too_large" else ProviderRefused)(error.reason) from error
    except FetchError as error:
        raise ProviderAway(error.reason) from error
    if answer.status >= 500 or answer.status in TEMPORARY_STATUSES:
        raise ProviderAway(f"http_{answer.status}")
    if not 200 <= answer.status < 300:
        raise ProviderRefused(_code_of(content.getvalue()) or f"http_{answer.status}", answer.status)
    return Told(answer.status, content.getvalue())


def call_json(method: str, url: str, value: object, *, headers: Mapping[str, str]) -> Told:
    """The same with a body of JSON."""
    sent = {"Content-Type": "application/json", "Accept": "application/json", **headers}
    return call(method, url, headers=sent, body=json.dumps(value).encode())


def text(value: Any, limit: int = 100) -> str:
    """A word of a provider that any database takes; nothing where it is none."""
    told = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return " ".join(told.replace("\x00", "").encode("utf-8", "replace").decode().split())[:limit]


def _code_of(content: bytes) -> str:
    """The word of the first error that an answer names. Its sentences may quote the addressee: they are not kept."""
    try:
        told = json.loads(content)
        first = told["errors"][0] if "errors" in told else told
        return text(first.get("code") or first.get("errorCode"), 50)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        return ""
