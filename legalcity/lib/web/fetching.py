"""The one place that reaches for URLs which outsiders give: documents to fetch, webhooks to call.

Only http and https, on the ports allowed, and only to public addresses: a name is resolved once, every answer is
checked, and the connection goes to a checked address, anew for each redirect. Everything is bounded: redirects,
bytes, each wait, and the time in all.
"""

import functools
import http.client
import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from email.message import Message
from typing import BinaryIO
from urllib.parse import quote, unquote, urljoin, urlsplit

import certifi
from django.conf import settings

from legalcity.lib.web import addresses
from legalcity.lib.web.addresses import IPAddress, IPNetwork, Resolver
from legalcity.lib.web.connections import Deadline, http_connection

SCHEMES = {"http": 80, "https": 443}
DEFAULT_PORTS = frozenset(SCHEMES.values())
MAX_URL_LENGTH = 4096
FORBIDDEN_IN_URL = re.compile(r"[\x00-\x20\x7f\\]")
CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
KEPT_IN_URL = "!#$%&'()*+,/:;=?@[]~"
REDIRECTS = frozenset({301, 302, 303, 307, 308})
TEMPORARY_STATUSES = frozenset({408, 425, 429})
CHUNK = 64 * 1024


class FetchError(Exception):
    """`reason` is a short word for a column; the text adds the host, never the path or the query."""

    def __init__(self, reason: str, where: str = "") -> None:
        super().__init__(f"{reason}: {where}" if where else reason)
        self.reason = reason


class FetchRefused(FetchError):
    """For good: trying again would change nothing.

    Reasons: url, scheme, userinfo, host, port, address, unknown_host, certificate, redirect, redirects, encoding,
    too_large, http_<status>.
    """


class FetchFailed(FetchError):
    """For now: trying again later may help. Reasons: timeout, resolver, connection, incomplete, http_<status>.

    `has_begun`: bytes had come already. Who sends slowly, or breaks off, would do so again.
    """

    has_begun = False


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """Bounds of one fetch. `max_bytes` are those of the body, `all_bytes` those of the whole answer, with what a server
    may put before and between them without end; seconds: to connect, for each wait, and in all.
    """

    max_bytes: int
    all_bytes: int | None = None
    max_redirects: int = 5
    connect_seconds: float = 5
    read_seconds: float = 10
    total_seconds: float = 30


@dataclass(frozen=True, slots=True)
class Policy:
    """Where a fetcher may go, and how: to these ports of public addresses, and of the networks exempted."""

    ports: frozenset[int] = DEFAULT_PORTS
    exempt: tuple[IPNetwork, ...] = ()
    schemes: frozenset[str] = frozenset(SCHEMES)

    def allows(self, ip: IPAddress) -> bool:
        """Whether a connection to `ip` may be opened."""
        return addresses.is_public(ip) or any(ip in network for network in self.exempt)


@dataclass(frozen=True, slots=True)
class Fetched:
    """What arrived. `content_type` and `file_name` are the server's word (or empty), `url` is where it ended."""

    url: str
    content_type: str
    size: int
    file_name: str


@dataclass(frozen=True, slots=True)
class Target:
    """A URL taken apart: the host is canonical, `path` is the request's target with the query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def where(self) -> str:
        """For people: no path, no query."""
        return f"{self.scheme}://{self.authority}"

    @property
    def url(self) -> str:
        """The URL in one canonical spelling, without the fragment."""
        return self.where + self.path

    @property
    def authority(self) -> str:
        """Host and port as a URL has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == SCHEMES[self.scheme] else f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Answer:
    """A server's answer to one request. `body` yields the bytes as they arrive and raises FetchError."""

    status: int
    headers: Message
    body: Iterator[bytes]


def parse(url: str) -> Target:
    """Take a URL apart. Raises FetchRefused for what no fetcher may follow, whatever its policy."""
    if len(url) > MAX_URL_LENGTH or FORBIDDEN_IN_URL.search(url):
        raise FetchRefused("url")
    try:
        parts = urlsplit(url)
        port = parts.port
        path = quote(parts.path or "/", safe=KEPT_IN_URL)
        query = f"?{quote(parts.query, safe=KEPT_IN_URL)}" if parts.query else ""
    except ValueError:
        raise FetchRefused("url") from None
    if parts.scheme not in SCHEMES:
        raise FetchRefused("scheme")
    if "@" in parts.netloc:
        raise FetchRefused("userinfo")
    try:
        host = addresses.canonical_host(parts.hostname or "")
    except ValueError:
        raise FetchRefused("host") from None
    return Target(parts.scheme, host, SCHEMES[parts.scheme] if port is None else port, path + query)


class Fetcher:
    """Fetches under a policy. `resolve` finds a host's addresses, `tls` judges certificates."""

    def __init__(
        self, policy: Policy, *, resolve: Resolver = addresses.resolve, tls: ssl.SSLContext | None = None
    ) -> None:
        self._policy = policy
        self._resolve = resolve
        self._tls = tls or _public_tls()

    def fetch(self, url: str, into: BinaryIO, *, limits: FetchLimits) -> Fetched:
        """Stream what `url` leads to into `into`. Raises FetchRefused or FetchFailed; `into` may hold a part then."""
        deadline = Deadline(limits.total_seconds)
        for _ in range(limits.max_redirects + 1):
            target = parse(url)
            with self.exchange("GET", target, limits=limits, deadline=deadline) as answer:
                if answer.status in REDIRECTS:
                    url = _redirected(target, answer.headers)
                    continue
                _require_ok(answer.status, target)
                size = _copied(answer.body, into)
                return Fetched(target.url, answer.headers.get_content_type(), size, _file_name(target, answer.headers))
        raise FetchRefused("redirects")

    @contextmanager
    def exchange(
        self,
        method: str,
        target: Target,
        *,
        limits: FetchLimits,
        deadline: Deadline,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Iterator[Answer]:
        """One request and its answer, on a connection of its own; redirects are the caller's to follow or not."""
        with ExitStack() as stack:
            with _errors_of_the_net(target):
                connection = stack.enter_context(
                    http_connection(
                        self._checked_addresses(target, limits, deadline),
                        target.port,
                        host=target.host,
                        tls=self._tls if target.scheme == "https" else None,
                        connect_seconds=limits.connect_seconds,
                        read_seconds=limits.read_seconds,
                        deadline=deadline,
                        most_bytes=limits.all_bytes,
                    )
                )
                connection.request(method, target.path, body, _HEADERS | dict(headers or {}))
                response = connection.getresponse()
            yield Answer(response.status, response.headers, _body(response, target, limits.max_bytes))

    def require_allowed(self, target: Target, *, seconds: float) -> None:
        """Raises FetchRefused or FetchFailed for what no exchange would reach as things are now; asks nobody there."""
        limits = FetchLimits(max_bytes=0, connect_seconds=seconds)
        with _errors_of_the_net(target):
            self._checked_addresses(target, limits, Deadline(seconds))

    def _checked_addresses(self, target: Target, limits: FetchLimits, deadline: Deadline) -> list[IPAddress]:
        if target.scheme not in self._policy.schemes:
            raise FetchRefused("scheme", target.where)
        if target.port not in self._policy.ports:
            raise FetchRefused("port", target.where)
        ips = self._resolve(target.host, target.port, deadline.left(limits.connect_seconds))
        # One forbidden answer among public ones is a trap, not a choice.
        if not all(map(self._policy.allows, ips)):
            raise FetchRefused("address", target.where)
        return ips


def fetch(url: str, into: BinaryIO, *, limits: FetchLimits) -> Fetched:
    """`Fetcher.fetch` under the policy of the settings: FETCH_PORTS of public addresses, nothing exempt."""
    return configured().fetch(url, into, limits=limits)


def configured() -> Fetcher:
    """The fetcher of the settings."""
    return Fetcher(Policy(ports=frozenset(getattr(settings, "FETCH_PORTS", DEFAULT_PORTS))))


_HEADERS = {"User-Agent": "LegalCity", "Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}


@functools.cache
def _public_tls() -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=certifi.where())
    context.set_alpn_protocols(["http/1.1"])
    return context


@contextmanager
def _errors_of_the_net(target: Target) -> Iterator[None]:
    """Tell what the network did apart: lasting or passing."""
    try:
        yield
    except addresses.UnknownHost:
        raise FetchRefused("unknown_host", target.where) from None
    except addresses.ResolverDown:
        raise FetchFailed("resolver", target.where) from None
    except ssl.SSLCertVerificationError as error:
        raise FetchRefused("certificate", target.where) from error
    except TimeoutError as error:
        raise FetchFailed("timeout", target.where) from error
    except http.client.IncompleteRead as error:
        raise FetchFailed("incomplete", target.where) from error
    except (OSError, http.client.HTTPException) as error:
        raise FetchFailed("connection", target.where) from error


def _body(response: http.client.HTTPResponse, target: Target, most: int) -> Iterator[bytes]:
    """The bytes of the body, as they arrive. Asked for as they are, so whatever is encoded is refused."""
    encodings = [*response.headers.get_all("Content-Encoding", []), *response.headers.get_all("Transfer-Encoding", [])]
    if any(encoding.strip().lower() not in ("", "identity", "chunked") for encoding in encodings):
        raise FetchRefused("encoding", target.where)
    if (response.length or 0) > most:
        raise FetchRefused("too_large", target.where)
    received = 0
    while chunk := _next_chunk(response, target):
        received += len(chunk)
        if received > most:
            raise FetchRefused("too_large", target.where)
        yield chunk
    if response.length:
        raise FetchFailed("incomplete", target.where)


def _next_chunk(response: http.client.HTTPResponse, target: Target) -> bytes:
    with _errors_of_the_net(target):
        # Not read(): it would take a chunk of a negative size for "all there is".
        return response.read1(CHUNK)


def _copied(body: Iterator[bytes], into: BinaryIO) -> int:
    """Write the bytes as they arrive; returns how many."""
    size = 0
    try:
        for chunk in body:
            size += into.write(chunk)
    except FetchFailed as error:
        error.has_begun = size > 0
        raise
    return size


def _require_ok(status: int, target: Target) -> None:
    if status >= 500 or status in TEMPORARY_STATUSES:
        raise FetchFailed(f"http_{status}", target.where)
    if status != http.HTTPStatus.OK:
        raise FetchRefused(f"http_{status}", target.where)


def _redirected(target: Target, headers: Message) -> str:
    """Where a redirect leads. Spaces in it are encoded, as browsers do (`parse` does the letters beyond ASCII)."""
    location = _as_sent(headers.get("Location") or "").strip(" ")
    # Python would leave tabs and line ends out, and come to another address than the one that was looked at.
    if not location or CONTROLS.search(location):
        raise FetchRefused("redirect", target.where)
    try:
        return urljoin(target.url, location.replace(" ", "%20"))
    except ValueError:
        raise FetchRefused("redirect", target.where) from None


def _as_sent(header: str) -> str:
    """A header's text: http.client takes bytes for Latin-1, where servers send UTF-8."""
    try:
        return header.encode("latin-1").decode()
    except UnicodeError:
        return header


def _file_name(target: Target, headers: Message) -> str:
    """The name that the server gives the file, else the last part of the path. To be cleaned before any use."""
    try:
        named = headers.get_filename()
    except (LookupError, ValueError):
        named = None
    return _as_sent(named) if named else unquote(target.path.partition("?")[0]).rpartition("/")[2]
