"""GET of public JSON from a configured partner: bounded, tried again while something passing is in the way.

The partner's address is the firm's own setting, so any network will do; redirects are not followed.
"""

import io
import ipaddress
import json
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.conf import settings

from legalcity.lib.kept import kept
from legalcity.lib.text import UNSTORABLE
from legalcity.lib.web.connections import Deadline
from legalcity.lib.web.fetching import TEMPORARY_STATUSES, Answer, Fetcher, FetchError, FetchLimits, Policy, parse

T = TypeVar("T")

ANYWHERE = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))
MAX_BYTES = 4 * 1024 * 1024
TRIES = 3
LONGEST_PAUSE = 5.0  # seconds that a partner may ask us to wait before we give up for now
CACHE_VERSION = 2  # goes up with the form of what is kept


class OpenDataUnavailable(Exception):
    """There is no answer that can be used. `reason` is a short word; nothing of the company is in it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _Passing(Exception):
    """Try again after `pause` seconds, or after our own pause."""

    def __init__(self, reason: str, pause: float | None = None) -> None:
        super().__init__(reason)
        self.reason, self.pause = reason, pause


def get_json(base: str, query: Mapping[str, str | int]) -> Any:
    """The JSON at `base` with `query`. Raises OpenDataUnavailable."""
    url = f"{base}?{urlencode(query)}"
    for attempt in range(TRIES):
        try:
            return _got(url)
        except _Passing as failure:
            pause = settings.OPEN_DATA_PAUSE * 2**attempt if failure.pause is None else failure.pause
            if attempt == TRIES - 1 or pause > LONGEST_PAUSE:
                raise OpenDataUnavailable(failure.reason) from failure
            time.sleep(pause)
    raise AssertionError("unreachable")


def _got(url: str) -> Any:
    seconds = settings.OPEN_DATA_TIMEOUT
    limits = FetchLimits(MAX_BYTES, connect_seconds=seconds, read_seconds=seconds, total_seconds=seconds)
    try:
        target = parse(url)
        fetcher = Fetcher(Policy(ports=frozenset({target.port}), exempt=ANYWHERE))
        headers = {"Accept": "application/json", "User-Agent": f"LegalCity ({settings.PUBLIC_BASE_URL})"}
        with fetcher.exchange("GET", target, limits=limits, deadline=Deadline(seconds), headers=headers) as answer:
            _require_ok(answer)
            body = io.BytesIO()
            for chunk in answer.body:
                body.write(chunk)
    except FetchError as error:
        raise _Passing(error.reason) from error
    try:
        return json.loads(body.getvalue())
    except (ValueError, RecursionError) as error:
        raise OpenDataUnavailable("not_json") from error


def _require_ok(answer: Answer) -> None:
    if answer.status == 200:
        return
    if answer.status >= 500 or answer.status in TEMPORARY_STATUSES:
        raise _Passing(f"http_{answer.status}", _asked_pause(answer))
    raise OpenDataUnavailable(f"http_{answer.status}")


def _asked_pause(answer: Answer) -> float | None:
    """The seconds of `Retry-After`; its other form, a date, is as good as none."""
    asked = str(answer.headers.get("Retry-After") or "").strip()
    return float(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else None


def read(parser: Callable[[Any], T], raw: Any) -> T:
    """`parser` over what came. Raises OpenDataUnavailable for an answer of another shape than the documented one."""
    try:
        return parser(raw)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise OpenDataUnavailable("unreadable") from error


def kept_answer(name: str, siren: str, shape: Any, ask: Callable[[], T]) -> T:
    """What `ask` gives, of the type `shape`, kept for a while; failures are not."""
    return kept(f"open-data:{CACHE_VERSION}:{name}:{siren}", settings.OPEN_DATA_CACHE_SECONDS, shape, ask)


def text(value: Any, limit: int = 255) -> str:
    """A published text that any database takes."""
    cleaned = str(value or "").replace(UNSTORABLE, "").encode("utf-8", "replace").decode()
    return " ".join(cleaned.split())[:limit]
