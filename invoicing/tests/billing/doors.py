"""A client of `/v1/firms/`, as LawPanel programs are: the firm's key with every call, a cookie from the login."""

import json
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.test import Client

from invoicing.billing.services.keys import subscription_key_rotate
from legalcity.lib.clock import now

COOKIE = ".LawPanel.AuthCookie"
PASSWORD = "a long enough password"
NOTHING: Any = object()


class Panel:
    """Sends the key unless it is told to send another or none (`key=""`)."""

    def __init__(self, key: str = "") -> None:
        self.key = key or subscription_key_rotate(old_end_at=now() + timedelta(days=1))
        self.client = Client(raise_request_exception=False)

    def send(
        self, method: str, path: str, body: Any = NOTHING, *, key: str | None = None, **extra: Any
    ) -> HttpResponse:
        key = self.key if key is None else key
        headers = {**extra.pop("headers", {}), **({"subscription-key": key} if key else {})}
        content = body if isinstance(body, bytes) else b"" if body is NOTHING else json.dumps(body).encode()
        extra.setdefault("content_type", "application/json")
        return self.client.generic(method, f"/v1/firms/{path}", content, headers=headers, **extra)

    def get(self, path: str, **extra: Any) -> HttpResponse:
        return self.send("GET", path, **extra)

    def login(self, email: str, password: str = PASSWORD, **extra: Any) -> HttpResponse:
        return self.send("POST", "account/login", {"email": email, "password": password}, **extra)

    def logoff(self) -> HttpResponse:
        return self.send("POST", "account/logoff")

    @property
    def cookie(self) -> str:
        return self.client.cookies[COOKIE].value

    @classmethod
    def of(cls, email: str) -> "Panel":
        panel = cls()
        assert panel.login(email).status_code == 204
        return panel
