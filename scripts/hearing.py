"""The last step of the demonstration: a payment is recorded, and a server of the client is told of it by a webhook."""

import base64
import hashlib
import hmac
import json
import queue
import threading
import time
from collections.abc import Callable
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from walk import Walk, expect, log_in, note

PATIENCE = 20  # seconds in which the webhook must arrive
HOST = "127.0.0.1"


class Receiver:
    """A client's server: keeps what arrives, and answers that it has it."""

    def __init__(self) -> None:
        arrived: queue.Queue[tuple[dict[str, str], bytes, float]] = queue.Queue()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                self.send_response(204)
                self.end_headers()
                arrived.put(({name.lower(): value for name, value in self.headers.items()}, body, time.time()))

            def log_message(self, *_words: object) -> None:
                """Nothing: the walk says what came."""

        self._server = ThreadingHTTPServer((HOST, 0), Handler)
        self.port = self._server.server_port
        self.arrived = arrived
        threading.Thread(target=self._server.serve_forever, name="receiver", daemon=True).start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{HOST}:{self.port}/legalcity"


def is_signed(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """Whether one of the signatures is that of `secret` over id, moment and body (Standard Webhooks)."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    ours = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    return any(hmac.compare_digest(ours, one) for one in headers["webhook-signature"].split())


def hearing(receiver: Receiver) -> Callable[[Walk], None]:
    """The step, for a receiver that listens."""

    def hear_of_a_payment(walk: Walk) -> None:
        """Its own server is told of a payment by itself: a signed webhook"""
        log_in(walk)
        body = {"url": receiver.url, "types": ["payment.*"], "description": "The demonstration"}
        endpoint = walk.call("POST", "/api/webhook-endpoints", status=201, body=body)["data"]
        path = f"/api/webhook-endpoints/{endpoint['id']}"
        try:
            _paid_and_told(walk, receiver, endpoint["secret"], path)
        finally:
            walk.call("DELETE", path, status=200)

    return hear_of_a_payment


def _paid_and_told(walk: Walk, receiver: Receiver, secret: str, path: str) -> None:
    payment = {"amount": "250.00", "date": str(date.today()), "method": "Virement", "reference": "VIR 2026-01"}
    walk.call("POST", f"/api/recoveries/{walk.case_id}/payments", status=201, body={**payment, "confirm": True})
    recorded = time.time()
    try:
        headers, body, at = receiver.arrived.get(timeout=PATIENCE)
    except queue.Empty:
        expect(False, f"nothing arrived at {receiver.url} in {PATIENCE} s")
        return
    event = json.loads(body)
    expect(event["type"] == "payment.recorded", f"a payment was recorded, {event['type']} arrived")
    expect(is_signed(secret, headers, body), "the webhook is not signed with the secret of its endpoint")
    note(f"{max(at - recorded, 0) * 1000:.0f} ms later POST {receiver.url}")
    note(f"webhook-id {headers['webhook-id']}")
    note(f"webhook-signature {headers['webhook-signature'][:24]}…: verified with the secret of the endpoint")
    note(f"{event['type']} {json.dumps(event['data'], ensure_ascii=False)[:150]}…")
    for _turn in range(50):  # What came of it is written down a moment after the answer.
        [delivery, *_others] = walk.call("GET", f"{path}/deliveries", status=200)["data"]["items"]
        if delivery["state"] == "delivered":
            break
        time.sleep(0.1)
    expect(delivery["state"] == "delivered", f"the delivery is {delivery['state']}")
    note(f"delivery {delivery['id']}: {delivery['state']} after {delivery['attempts']} try")
