"""Electronic registered letters (lettre recommandée électronique qualifiée, art. L100 and R53 CPCE) over HTTP.

No provider of France publishes its interface in full, so this one is the product's own, and small: a bridge of the
operator has it on one side and the qualified provider of the firm on the other (docs/letters.md has the calls). What
is told follows the evidence that eIDAS has such a service keep: deposit, notification, acceptance, refusal, negligence.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from legalcity.lib.reading import Unreadable
from legalcity.lib.reading.moments import read_moment
from recoveries.letters.channels.clients.calling import ProviderAway, ProviderRefused, Told, call, call_json, text

# What the service says of a letter, and what that is of a registered one.
EVENTS: Mapping[str, str] = {
    "deposited": "deposited",
    "notified": "presented",
    "accepted": "delivered",
    "refused": "refused",
    "neglected": "unclaimed",
    "undeliverable": "bounced",
}


class LetterRejected(ProviderRefused):
    """The provider has the letter, and will never send it."""


@dataclass(frozen=True, slots=True, repr=False)
class Account:
    """Where the bridge is, and what lets us in."""

    url: str
    key: str


@dataclass(frozen=True, slots=True)
class Event:
    """What became of a letter (a value of EVENTS); `proof` is where the paper is that proves it, or nothing."""

    kind: str
    at: datetime
    proof: str = ""


@dataclass(frozen=True, slots=True)
class Tracked:
    """What is known of a letter: its number there, its events, and what it cost (EUR)."""

    number: str
    events: tuple[Event, ...]
    cost: Decimal | None


@dataclass(frozen=True, slots=True)
class ElectronicLetters:
    """Talks to the bridge. Every call raises ProviderAway and ProviderRefused."""

    account: Account

    def put(self, token: str, *, letter: Mapping[str, Any], pdf: bytes) -> Tracked:
        """Have a letter sent under our `token`: put again it is the same letter, and is sent once."""
        value = {**letter, "pdf": base64.b64encode(pdf).decode()}
        told = call_json("PUT", self._address(token), value, headers=self._headers())
        return _tracked(told.json())

    def track(self, token: str) -> Tracked:
        """What is known of a letter now."""
        return _tracked(self._get(f"/letters/{token}").json())

    def proof(self, path: str) -> bytes:
        """A paper that proves. `path` is one that `track` has named."""
        return self._get(path).content

    def _get(self, path: str) -> Told:
        return call("GET", self.account.url + path, headers=self._headers())

    def _address(self, token: str) -> str:
        return f"{self.account.url}/letters/{token}"

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.account.key}"}


def _tracked(told: Mapping[str, Any]) -> Tracked:
    """An answer that names no letter says nothing: whatever was asked may have been done."""
    number = text(told.get("id"))
    if not number:
        raise ProviderAway("unreadable")
    if text(told.get("status")) == "rejected":
        raise LetterRejected(text(told.get("reason"), 50) or "rejected")
    events = told.get("events")
    read = [_event(one) for one in events] if isinstance(events, list) else []
    return Tracked(number, tuple(one for one in read if one), _price(told.get("price")))


def _event(told: Any) -> Event | None:
    if not isinstance(told, dict) or text(told.get("kind")) not in EVENTS:
        return None
    try:
        at = read_moment(told.get("at"))
    except Unreadable:
        return None
    return Event(EVENTS[text(told.get("kind"))], at, _own_path(told.get("proof")))


def _own_path(value: Any) -> str:
    """A path under the bridge; anything that would lead elsewhere is none."""
    path = text(value, 500)
    return path if path.startswith("/letters/") and not urlsplit(path).netloc and ".." not in path else ""


def _price(value: Any) -> Decimal | None:
    try:
        price = Decimal(text(value))
    except InvalidOperation:
        return None
    return price if price.is_finite() and 0 <= price < 1000 else None
