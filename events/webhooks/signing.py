"""Signatures of Standard Webhooks 1.0.0: pure functions of secrets, id, moment and bytes."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable

PREFIX = "whsec_"
KEY_BYTES = 32


def secret_made() -> str:
    """A new secret, as receivers keep it."""
    return secret_over(secrets.token_bytes(KEY_BYTES))


def secret_over(key: bytes) -> str:
    """A key as receivers keep it: `whsec_` and base64."""
    return PREFIX + base64.b64encode(key).decode()


def signature(secret: str, message_id: str, moment: int, body: bytes) -> str:
    """`v1,` and the base64 of an HMAC-SHA256 over id, seconds since 1970 and body."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{moment}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def headers_signed(keys: Iterable[str], message_id: str, moment: int, body: bytes) -> dict[str, str]:
    """The headers of a webhook, signed with each of `keys` (secrets in the form of receivers)."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(moment),
        "webhook-signature": " ".join(signature(key, message_id, moment, body) for key in keys),
    }
