"""Maileva: registered letters on paper, in the form of its published API (registered_mail/v4, notification_center/v2).

A letter is a *sending* with one recipient and one PDF. It is a draft until it is submitted: a draft is never printed.
So a letter is made once, whatever is lost on the way, if its id is written down before it is submitted.
"""

import json
import secrets
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode, urlsplit

from legalcity.lib.reading import Unreadable
from legalcity.lib.reading.moments import read_moment
from recoveries.letters.channels.clients.calling import ProviderAway, ProviderRefused, Told, call, text

AUTH_PATH = "/auth/realms/services/protocol/openid-connect/token"
PATH = "/registered_mail/v4"
DRAFT, REJECTED = "DRAFT", ("REJECTED", "SENDING_REJECTED", "CANCELED")
MOST_LINES, LINE_LENGTH = 6, 38  # of an address (AFNOR XP Z 10-011)
KEPT = 30  # seconds before its end that a token counts as over


@dataclass(frozen=True, slots=True, repr=False)
class Account:
    """Where the provider is, and what lets us in."""

    url: str
    auth_url: str
    client_id: str
    client_secret: str
    username: str
    password: str


@dataclass(frozen=True, slots=True)
class Event:
    """What became of a letter: `deposited`, `presented`, `delivered`, `unclaimed`, `refused`, `returned`, `failed`."""

    kind: str
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """A paper that proves what became of a letter: `depot`, `ar`, `pnd`. `path` is where it is fetched."""

    kind: str
    at: datetime
    path: str


@dataclass(frozen=True, slots=True)
class Tracked:
    """What is known of a letter: its events and proofs, its number, and what it cost (EUR)."""

    status: str
    events: tuple[Event, ...] = ()
    proofs: tuple[Proof, ...] = ()
    number: str = ""
    cost: Decimal | None = None


@dataclass(slots=True)
class Maileva:
    """Talks to the provider for one account. Every call raises ProviderAway and ProviderRefused."""

    account: Account
    _token: str = ""
    _until: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def draft(self, *, token: str, name: str, sender: Sequence[str]) -> str:
        """Make a draft that bears our `token`; returns its id. `sender` are the lines of the firm's address."""
        value = {
            "name": name,
            "custom_id": token,
            "acknowledgement_of_receipt": True,
            "color_printing": False,
            "duplex_printing": True,
            "optional_address_sheet": False,
            "print_sender_address": False,
            "returned_mail_scanning": True,
            "archiving_duration": 3,
            "postage_type": "FAST",
            **_lines("sender_address_line_", sender),
            "sender_country_code": "FR",
        }
        ref = text(self._post("/sendings", value).json().get("id"))
        if not ref:
            raise ProviderAway("unreadable")
        return ref

    def status(self, ref: str) -> str:
        """What a sending is: `DRAFT` as long as it may still be changed."""
        return text(self._get(f"/sendings/{ref}").json().get("status"))

    def fill(self, ref: str, *, pdf: bytes, token: str, address: Sequence[str], country: str) -> None:
        """Give a draft its paper and its recipient, once each."""
        if not _total(self._get(f"/sendings/{ref}/documents")):
            self._put_document(ref, pdf)
        if not _total(self._get(f"/sendings/{ref}/recipients")):
            value = {"custom_id": token, **_lines("address_line_", address), "country_code": country}
            self._post(f"/sendings/{ref}/recipients", value)

    def submit(self, ref: str) -> None:
        """Have a draft printed and posted."""
        self._post(f"/sendings/{ref}/submit", None)

    def track(self, ref: str) -> Tracked:
        """What is known of a letter now."""
        recipients = self._get(f"/sendings/{ref}/recipients").json().get("recipients")
        first = recipients[0] if isinstance(recipients, list) and recipients else {}
        return _tracked(first if isinstance(first, dict) else {})

    def proof(self, path: str) -> bytes:
        """A paper that proves. `path` is one that `track` has named."""
        return self._get(path).content

    # --- calls ---
    def _get(self, path: str) -> Told:
        return self._called("GET", path)

    def _post(self, path: str, value: object) -> Told:
        body = b"" if value is None else json.dumps(value).encode()
        return self._called("POST", path, body=body, content_type="application/json")

    def _put_document(self, ref: str, pdf: bytes) -> Told:
        boundary = secrets.token_hex(16)
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="metadata"\r\nContent-Type: application/json\r\n\r\n'
            f'{{"priority":1,"name":"courrier.pdf"}}\r\n--{boundary}\r\n'
            'Content-Disposition: form-data; name="document"; filename="courrier.pdf"\r\n'
            "Content-Type: application/pdf\r\n\r\n"
        )
        body = head.encode() + pdf + f"\r\n--{boundary}--\r\n".encode()
        kind = f"multipart/form-data; boundary={boundary}"
        return self._called("POST", f"/sendings/{ref}/documents", body=body, content_type=kind)

    def _called(self, method: str, path: str, *, body: bytes | None = None, content_type: str = "") -> Told:
        for is_last in (False, True):
            headers = {"Authorization": f"Bearer {self._bearer()}"}
            if content_type:
                headers["Content-Type"] = content_type
            try:
                return call(method, f"{self.account.url}{PATH}{path}", headers=headers, body=body)
            except ProviderRefused as error:
                if error.status != 401 or is_last:
                    raise
                self._until = 0.0
        raise AssertionError("unreachable")

    def _bearer(self) -> str:
        with self._lock:
            if time.monotonic() >= self._until:
                account = self.account
                form = {
                    "grant_type": "password",
                    "username": account.username,
                    "password": account.password,
                    "client_id": account.client_id,
                    "client_secret": account.client_secret,
                }
                headers = {"Content-Type": "application/x-www-form-urlencoded"}
                told = call("POST", account.auth_url + AUTH_PATH, headers=headers, body=urlencode(form).encode()).json()
                self._token, seconds = str(told.get("access_token", "")), told.get("expires_in")
                self._until = time.monotonic() + (seconds if isinstance(seconds, int) else 60) - KEPT
            return self._token


# --- what it tells ---------------------------------------------------------------------------------------------------
_MAIN = {"FIRST_PRESENTATION": "presented", "DELIVERED": "delivered"}
# Why a letter came back (undelivered_mail_reason).
_REASONS = {"N02": "returned", "N03": "unclaimed", "N05": "refused", "N07": "returned"}
_PROOFS = {"depot": "deposit_proof", "ar": "acknowledgement_of_receipt", "pnd": "undelivered_mail"}


def _tracked(told: dict[str, Any]) -> Tracked:
    events: list[Event] = []
    if at := _moment(told.get("deposit_proof_date")):
        events.append(Event("deposited", at))
    statuses = told.get("main_delivery_statuses")
    for one in statuses if isinstance(statuses, list) else []:
        if (
            isinstance(one, dict)
            and (kind := _MAIN.get(text(one.get("category"))))
            and (at := _moment(one.get("date")))
        ):
            events.append(Event(kind, at))
    reason = text(told.get("undelivered_mail_reason"))
    if (at := _moment(told.get("undelivered_mail_date"))) and reason in _REASONS:
        events.append(Event(_REASONS[reason], at, reason))
    status = text(told.get("status"))
    if status in REJECTED and (at := _rejected_at(told)):
        events.append(Event("failed", at, text(told.get("status_detail"))))
    proofs = [
        Proof(kind, at, path)
        for kind, name in _PROOFS.items()
        if (at := _moment(told.get(f"{name}_date"))) and (path := _own_path(told.get(f"{name}_url")))
    ]
    return Tracked(status, tuple(events), tuple(proofs), text(told.get("registered_number")), _price(told))


def _rejected_at(told: dict[str, Any]) -> datetime | None:
    statuses = told.get("statuses")
    days = [_moment(one.get("date")) for one in statuses if isinstance(one, dict)] if isinstance(statuses, list) else []
    return max((day for day in days if day), default=None)


def _moment(value: Any) -> datetime | None:
    try:
        return read_moment(value) if isinstance(value, str) else None
    except Unreadable:
        return None


def _price(told: dict[str, Any]) -> Decimal | None:
    try:
        price = Decimal(str(told["postage_price"]))
    except (KeyError, InvalidOperation):
        return None
    return price if price.is_finite() and 0 <= price < 1000 else None


def _own_path(value: Any) -> str:
    """A path under the API; anything that would lead elsewhere is none."""
    path = text(value, 500)
    return path if path.startswith("/sendings/") and not urlsplit(path).netloc and ".." not in path else ""


def _total(told: Told) -> int:
    paging = told.json().get("paging")
    count = paging.get("total_results") if isinstance(paging, dict) else 0
    return count if isinstance(count, int) else 0


def _lines(name: str, lines: Sequence[str]) -> dict[str, str]:
    """Lines of an address by their numbers: the name first, town and code last, what is between in its order."""
    kept = [" ".join(line.split())[:LINE_LENGTH] for line in lines if line.strip()][:MOST_LINES]
    *before, last = kept or [""]
    places = {1: before[0]} if before else {}
    places |= dict(zip((4, 3, 2, 5), before[1:], strict=False)) if len(before) > 1 else {}
    return {f"{name}{place}": line for place, line in places.items()} | {f"{name}6": last}
