"""A bridge to a qualified provider on this machine, as docs/letters.md tells of it; what it was given is kept."""

import base64
import json
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from recoveries.letters.channels.tests.serving import Answering, serving

KEY = "bridge-key"


@dataclass
class Bridge:
    """Its letters by token, and how often each was sent; `moods` are the statuses of the next answers, 0 hangs up."""

    url: str = ""
    letters: dict[str, dict[str, Any]] = field(default_factory=dict)
    sent: list[str] = field(default_factory=list)
    proofs: dict[str, bytes] = field(default_factory=dict)
    moods: list[int] = field(default_factory=list)

    def tell(self, token: str, kind: str, at: str, proof: str = "") -> None:
        """Have something become of a letter."""
        self.letters[token]["events"].append({"kind": kind, "at": at, "proof": proof})


class _Handler(Answering, BaseHTTPRequestHandler):
    @property
    def bridge(self) -> Bridge:
        told: Bridge = self.carrier
        return told

    def do_GET(self) -> None:
        if self.path in self.bridge.proofs:
            self.say(200, self.bridge.proofs[self.path])
            return
        letter = self.bridge.letters.get(self.path.removeprefix("/letters/"))
        self.answer(200 if letter else 404, letter)

    def do_PUT(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        token = self.path.removeprefix("/letters/")
        if self.headers.get("Authorization") != f"Bearer {KEY}":
            self.say(401, b"{}")
            return
        if (self.bridge.moods[:1] or [200])[0] in (0, 200) and token not in self.bridge.letters:
            pdf = base64.b64decode(asked.pop("pdf"))
            letter = {
                **asked,
                "id": f"LRE-{len(self.bridge.sent) + 1}",
                "status": "taken",
                "price": "2.49",
                "events": [],
            }
            self.bridge.letters[token] = letter
            self.bridge.sent.append(token)
            self.bridge.proofs[f"pdf:{token}"] = pdf
        self.answer(200, self.bridge.letters.get(token))

    def answer(self, status: int, letter: Any) -> None:
        mood = self.bridge.moods.pop(0) if self.bridge.moods else status
        if not mood:
            self.close_connection = True
            return
        told = letter if mood == 200 else {"code": "MOOD", "message": "debtor@example.com is quoted here"}
        self.say(mood, told)


def bridge() -> AbstractContextManager[Bridge]:
    """A bridge that takes letters."""
    return serving(Bridge(), _Handler)
