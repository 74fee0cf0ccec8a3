"""Providers on this machine, in the form of those that carry our letters; what they were given is there to be seen."""

import json
import re
import uuid
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from recoveries.letters.channels.tests.serving import Answering, serving

PDF = b"%PDF-1.4 proof"


@dataclass
class Provider:
    """What a provider has been asked, its letters and text messages; `mood` is what it answers to the next calls."""

    url: str = ""
    sendings: dict[str, dict[str, Any]] = field(default_factory=dict)
    messages: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    moods: dict[str, list[int]] = field(default_factory=dict)
    proofs: dict[str, bytes] = field(default_factory=dict)
    tokens: int = 0

    @property
    def submitted(self) -> list[dict[str, Any]]:
        """The letters that were printed, as often as they were submitted."""
        return [one for one in self.sendings.values() for _ in range(one["submissions"])]

    def tell(self, ref: str, **told: Any) -> None:
        """Have something become of a letter."""
        self.sendings[ref]["recipients"][0].update(told)


class _Handler(Answering, BaseHTTPRequestHandler):
    @property
    def provider(self) -> Provider:
        told: Provider = self.carrier
        return told

    def do_GET(self) -> None:
        self.answer(b"")

    def do_POST(self) -> None:
        self.answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def answer(self, body: bytes) -> None:
        asked = f"{self.command} {self.path}"
        self.provider.asked.append(asked)
        for place, moods in self.provider.moods.items():
            if re.search(place, asked) and moods:
                status = moods.pop(0)
                if not status:  # Does as it is asked, and hangs up before it says so.
                    self.done(body)
                    self.close_connection = True
                    return
                self.say(status, {"code": "MOOD", "message": "debtor@example.com is quoted here"})
                return
        self.say(*self.done(body))

    def done(self, body: bytes) -> tuple[int, Any]:
        """What is done, and told of it."""
        provider = self.provider
        if self.path.endswith("/openid-connect/token"):
            provider.tokens += 1
            return 200, {"access_token": f"t{provider.tokens}", "expires_in": 300}
        if self.path == "/sms/v1/messages":
            if self.headers.get("X-Api-Key") != "key":
                return 401, {"errorCode": "ER-GNC-07"}
            provider.messages.append(json.loads(body))
            return 201, {"messageId": str(uuid.uuid4()), "price": {"amount": 0.05, "currency": "EUR"}}
        if self.headers.get("Authorization") != f"Bearer t{provider.tokens}":
            return 401, {"code": "UNAUTHORIZED"}
        path = self.path.removeprefix("/registered_mail/v4")
        if path in provider.proofs:
            return 200, provider.proofs[path]
        if path == "/sendings":
            ref = str(uuid.uuid4())
            made = {**json.loads(body), "id": ref, "status": "DRAFT"}
            provider.sendings[ref] = made | {"documents": [], "recipients": [], "submissions": 0}
            return 201, made
        return self.of_sending(path, body)

    def of_sending(self, path: str, body: bytes) -> tuple[int, Any]:
        _empty, _sendings, ref, *rest = path.split("/")
        sending = self.provider.sendings.get(ref)
        if sending is None:
            return 404, {"code": "SENDING_NOT_FOUND"}
        what = rest[0] if rest else ""
        if what == "submit":
            if sending["status"] != "DRAFT" or not (sending["documents"] and sending["recipients"]):
                return 400, {"errors": [{"code": "SENDING_NOT_DRAFT", "message": "…"}]}
            sending["status"], sending["submissions"] = "PENDING", sending["submissions"] + 1
            return 200, b""
        if what in ("documents", "recipients"):
            if self.command == "POST":
                one = {"pdf": body} if what == "documents" else {**json.loads(body), "id": "r1", "status": "PENDING"}
                sending[what].append(one)
                return 201, {"id": "r1"}
            shown = [] if what == "documents" else sending[what]
            return 200, {what: shown, "paging": {"total_results": len(sending[what])}}
        return 200, {name: value for name, value in sending.items() if name in ("id", "status", "custom_id")}


def provider() -> AbstractContextManager[Provider]:
    """A provider of registered letters and text messages."""
    return serving(Provider(), _Handler)
