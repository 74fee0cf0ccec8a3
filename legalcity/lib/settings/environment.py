"""The one reader of the environment: typed, and refusing nonsense with a sentence that says what to do."""

import re
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")

LOOPBACK = "127.0.0.1"
DIFFERENT = 8  # characters of a secret: 32 random hexadecimal digits have 9 or more
MAIL_PORTS = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}
MAILBOX_PORTS = {"imaps": 993, "imap": 143}
WITH_A_HOST = ("http", "https", "tcp")
HOST = re.compile(r"\*|\.?[\w-]+(\.[\w-]+)*\.?|\[[0-9A-Fa-f:.]+\]", re.ASCII)
YES, NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


class Mailbox(NamedTuple):
    """A mailbox on a mail server, with what opens it. `address` is where mails come to, and the name of its user."""

    address: str
    host: str
    port: int
    password: str
    folder: str
    is_tls: bool

    def __repr__(self) -> str:
        return f"{self.address} at {self.host}"


class Hook(NamedTuple):
    """What lets a carrier's calls in: the token of their address, and the secret that they bear or sign with."""

    token: str
    secret: str

    def __repr__(self) -> str:
        return "Hook(…)"


class Environment:
    """Reads settings of one process.

    `EMBEDDED=1` is for trying and developing on one machine: SQLite, caches in the process, made-up secrets, a server
    for this machine alone. Without it a setting that has no safe default must be given: `required` says which.
    """

    def __init__(self, source: dict[str, str] | None = None) -> None:
        self._env = environ.Env()
        if source is not None:
            self._env.ENVIRON = source
        self.debug = self.flag("DEBUG", default=False)
        self.embedded = self.flag("EMBEDDED", default=self.debug)

    def text(self, name: str, default: str = "") -> str:
        """A string, stripped."""
        return str(self._env.str(name, default=default)).strip()

    def flag(self, name: str, *, default: bool) -> bool:
        """A boolean: 1/0, true/false, yes/no, on/off. Anything else is refused."""
        raw = self.text(name)
        if not raw:
            return default
        if raw.lower() in YES + NO:
            return raw.lower() in YES
        raise ImproperlyConfigured(f"{name}={raw!r} is neither yes nor no: set it to 1 or 0.")

    def number(self, name: str, *, default: int, least: int = 0, most: int = 2**31) -> int:
        """An integer within bounds."""
        raw = self.text(name)
        if not raw:
            return default
        if not is_whole(raw) or not least <= int(raw) <= most:
            raise ImproperlyConfigured(
                f"{name}={raw!r} does not do: set it to a whole number from {least} to {most}, or leave it unset "
                f"for {default}."
            )
        return int(raw)

    def numbers(self, name: str, default: set[int], *, most: int) -> frozenset[int]:
        """A comma-separated list of whole numbers from 1 to `most`."""
        parts = self.items(name)
        if any(not is_whole(part) or not 1 <= int(part) <= most for part in parts):
            raise ImproperlyConfigured(f"{name} is a list of whole numbers between 1 and {most}, comma between.")
        return frozenset(map(int, parts)) or frozenset(default)

    def choice(self, name: str, default: str, words: tuple[str, ...]) -> str:
        """One of a few words, in capitals."""
        word = self.text(name, default).upper() or default
        if word not in words:
            raise ImproperlyConfigured(f"{name}={word} is unknown: set it to {', '.join(words)}.")
        return word

    def items(self, name: str, default: list[str] | None = None) -> list[str]:
        """A comma-separated list, blanks left out."""
        raw = self.text(name)
        return [part.strip() for part in raw.split(",") if part.strip()] if raw else list(default or [])

    def folder(self, name: str, default: Path) -> Path:
        """A directory, absolute."""
        raw = self.text(name)
        return Path(raw).expanduser().resolve() if raw else default

    def url(self, name: str, *, schemes: tuple[str, ...]) -> str:
        """A URL of one of the schemes, or the empty string when it is not set.

        A refusal never quotes the URL: it may hold a password.
        """
        raw = self.text(name)
        if raw and not raw.startswith(tuple(f"{scheme}://" for scheme in schemes)):
            begin = " or ".join(f"{scheme}://" for scheme in schemes)
            raise ImproperlyConfigured(f"{name} is not a URL that will do: write one that begins with {begin}.")
        if raw and (fault := _fault_of(raw)):
            raise ImproperlyConfigured(f"{name} is not a URL that will do: {fault}.")
        return raw

    def hosts(self, name: str, default: list[str]) -> list[str]:
        """Host names as browsers send them, without scheme and port; an IPv6 address with or without its brackets."""
        hosts = [_in_brackets(host) for host in self.items(name, default)]
        for host in hosts:
            if not HOST.fullmatch(host):
                raise ImproperlyConfigured(
                    f"{name} lists {host!r}, which no request names: write api.example.fr, .example.fr for every name "
                    f"under it, 192.0.2.7 or [2001:db8::7], without scheme, port or path."
                )
        return hosts

    def database(self, name: str, default: str) -> dict[str, Any]:
        """Django's settings of one database, from a URL (postgres:// or sqlite://)."""
        url = self.url(name, schemes=("postgres", "postgresql", "sqlite")) or default
        try:
            config = dict(self._env.db_url_config(url))
        except ValueError:
            config = {}
        if not config.get("NAME"):
            raise ImproperlyConfigured(f"{name} names no database: write postgres://user:password@host:5432/name.")
        return config

    def email(self, name: str) -> dict[str, Any]:
        """Django's settings of the mail server, from a URL; empty when it is not set."""
        url = self.url(name, schemes=tuple(MAIL_PORTS))
        if not url:
            return {}
        try:
            config = dict(self._env.email_url_config(url))
        except ValueError:
            config = {}
        if not config.get("EMAIL_HOST"):
            raise ImproperlyConfigured(f"{name} names no mail server: write smtp+tls://user:password@host:587.")
        return {**config, "EMAIL_PORT": config["EMAIL_PORT"] or MAIL_PORTS[url.partition("://")[0]]}

    def mailbox(self, name: str) -> Mailbox | None:
        """A mailbox that is read, from a URL (imaps://user:password@host/folder); None when it is not set.

        Its address is the name of its user. Without TLS only a server on this machine is asked.
        """
        url = self.url(name, schemes=tuple(MAILBOX_PORTS))
        if not url:
            return None
        parts = urlsplit(url)
        try:
            port, host = parts.port or MAILBOX_PORTS[parts.scheme], parts.hostname or ""
        except ValueError:
            port, host = 0, ""
        user, folder = unquote(parts.username or ""), unquote(parts.path.strip("/")) or "INBOX"
        if not (port and host) or "@" not in user.strip("@") or not f"{user}{folder}".isprintable():
            raise ImproperlyConfigured(
                f"{name} names no mailbox: write imaps://bounces%40firm.example:password@imap.firm.example/INBOX; the "
                f"user is the address that mails come to, % for its @."
            )
        if parts.scheme == "imap" and not is_of_this_machine(host):
            raise ImproperlyConfigured(f"{name} would send its password as it is: write imaps://.")
        return Mailbox(user, host, port, unquote(parts.password or ""), folder, is_tls=parts.scheme == "imaps")

    def hook(self, name: str) -> Hook:
        """A hook, from `…_TOKEN` and `…_SECRET`; without a token there is none, and a short one is refused."""
        token, secret = self.text(f"{name}_TOKEN"), self.text(f"{name}_SECRET")
        if token and not (is_random(token, least=32) and token.isalnum() and token.isascii()):
            raise ImproperlyConfigured(f"{name}_TOKEN is not safe: set it to 32 random letters and digits or more.")
        return Hook(token, secret)

    def required(self, name: str, value: T, hint: str, *, safe: Callable[[T], bool] = bool) -> T:
        """`value`, refused unless it is safe (by default: set); the embedded default takes any."""
        if not self.embedded and not safe(value):
            fault = "is not safe" if value else "is not set"
            raise ImproperlyConfigured(f"{name} {fault} and only EMBEDDED=1 does without: {hint}")
        return value

    def for_developing(self, name: str, *, default: bool) -> bool:
        """A flag that opens what production keeps shut: refused without DEBUG=1."""
        value = self.flag(name, default=default)
        if value and not self.debug:
            raise ImproperlyConfigured(f"{name} is not safe and only DEBUG=1 does with it: leave it unset.")
        return value

    def listening(self) -> str:
        """The address that a server listens on (IPv6 in brackets). The embedded default is for this machine alone."""
        host = self.text("HOST") or LOOPBACK
        if self.embedded and not is_of_this_machine(host):
            raise ImproperlyConfigured(
                f"HOST={host} lets other machines in and EMBEDDED=1 is for this one alone: leave it unset, or set up "
                f"production (docs/ops.md)."
            )
        return _in_brackets(host)


def is_whole(text: str) -> bool:
    """Whether `text` is a whole number in the digits that everybody reads: Python takes those of any writing."""
    return text.isascii() and text.isdecimal()


def is_random(text: str, *, least: int) -> bool:
    """Whether a secret has `least` characters, and not a few of them again and again."""
    is_repeated = text in (text * 2)[1:-1]
    is_varied = len(set(text)) >= DIFFERENT and not is_repeated
    return len(text) >= least and is_varied and not text.startswith("django-insecure-")


def is_of_this_machine(host: str) -> bool:
    """Whether nobody else reaches a server that listens at `host`."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def is_kept_apart(redis_url: str) -> bool:
    """Whether a Redis is on this machine, or asks for a password over TLS. Other brokers are not judged."""
    parts = urlsplit(redis_url)
    if parts.scheme not in ("redis", "rediss") or is_of_this_machine(parts.hostname or LOOPBACK):
        return True
    return parts.scheme == "rediss" and bool(parts.password)


def _fault_of(url: str) -> str:
    """Why a URL leads nowhere: it must name a host, or a path where that is enough (a socket, a file); else nothing."""
    try:
        parts = urlsplit(url)
        is_enough = bool(parts.hostname) or (parts.scheme not in WITH_A_HOST and bool(parts.path.strip("/")))
    except ValueError:
        is_enough = False
    if not is_enough:
        return "it names neither a host nor a path"
    try:
        _ = parts.port
    except ValueError:
        return "its port is no number from 0 to 65535"
    return ""


def _in_brackets(host: str) -> str:
    """A host as it stands before a port: an address of IPv6 is full of colons."""
    try:
        return f"[{host}]" if ip_address(host).version == 6 else host
    except ValueError:
        return host
