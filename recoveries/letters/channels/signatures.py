"""Whether a call that comes in is from who it says: pure functions of secrets, headers and bytes."""

import base64
import binascii
import hmac
from collections.abc import Mapping
from datetime import datetime

from events.webhooks.signing import signature

WINDOW = 300  # seconds that a signed call may be old, or ahead of our clock
ID_LENGTH = 255


def is_signed(secret: str, headers: Mapping[str, str], body: bytes, *, moment: datetime) -> bool:
    """Whether a call bears a signature of Standard Webhooks 1.0.0 over its bytes, made just now."""
    name, made_at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if (
        not secret
        or not 0 < len(name) <= ID_LENGTH
        or not (made_at.isascii() and made_at.isdecimal() and len(made_at) <= 12)
    ):
        return False
    if abs(moment.timestamp() - int(made_at)) > WINDOW:
        return False
    expected = signature(secret, name, int(made_at), body)
    given = headers.get("webhook-signature", "").split(" ")[:10]
    return any(_is_same(expected, one) for one in given)


def is_let_in(login: str, headers: Mapping[str, str]) -> bool:
    """Whether a call bears `login` (`user:password`) as RFC 7617 has it."""
    scheme, _space, credentials = headers.get("authorization", "").partition(" ")
    try:
        told = base64.b64decode(credentials.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return False
    return bool(login) and scheme.lower() == "basic" and _is_same(login, told)


def is_token(token: str, given: str) -> bool:
    """Whether an address holds the token that we gave away; no token lets nobody in."""
    return bool(token) and _is_same(token, given)


def _is_same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode("utf-8", "replace"))
