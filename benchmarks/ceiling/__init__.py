"""The ceiling: what this machine can do at most for the same answers, with the same security work.

A bare WSGI application for the same server: RS256 verified, state of token, key and user by one statement, one call to
Redis for the rate limit, then one prepared statement and JSON by orjson (the detail by PostgreSQL). No framework, no
validation, no error handling, no log. Its answers are those of the product, which is checked before the measuring.
"""

import base64
import os
import time
import uuid
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import orjson
import redis
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from .complete import complete
from .database import query
from .detail import case
from .listing import cases

HOUR = 3600
LIMIT = 10**9

USER_OF_TOKEN = """
    SELECT u.id FROM accounts_accesstoken t JOIN accounts_user u ON u.id = t.user_id
    JOIN accounts_apikey k ON k.id = t.api_key_id
    WHERE t.jti = %s AND t.revoked_at IS NULL AND t.expires_at > now() AND u.is_active AND u.has_api_access
    AND (k.expires_at IS NULL OR k.expires_at > now()) AND k.addresses = '' AND NOT k.is_read_only
"""

_limits = redis.Redis.from_url(os.environ["REDIS_URL"])
_redis_prefix = "ceiling:requests"
_private_key = load_pem_private_key(Path(os.environ["JWT_PRIVATE_KEYS"]).read_bytes(), None)
assert isinstance(_private_key, RSAPrivateKey)
_public_key = _private_key.public_key()


def caller(environ: dict[str, Any]) -> int:
    """The id of the user whose token is signed, alive and not revoked."""
    signed, _, signature = environ["HTTP_AUTHORIZATION"][7:].rpartition(".")
    _public_key.verify(_decoded(signature), signed.encode(), PKCS1v15(), SHA256())
    claims = orjson.loads(_decoded(signed.partition(".")[2]))
    if claims["exp"] < time.time():
        raise PermissionError
    return query(USER_OF_TOKEN, [uuid.UUID(claims["jti"])]).fetchone()[0]


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def remaining(user_id: int) -> int:
    """Count the call; how many are left in this hour."""
    key = f"{_redis_prefix}:{user_id}:{int(time.time()) // HOUR}"
    count = _limits.incr(key)
    if count == 1:
        _limits.expire(key, HOUR)
    return LIMIT - count


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The WSGI application."""
    user_id = caller(environ)
    left = remaining(user_id)
    if environ["REQUEST_METHOD"] == "POST":
        status, body = "201 Created", complete(user_id, environ)
    else:
        read = cases if environ["PATH_INFO"] == "/api/recoveries" else case
        status, body = "200 OK", read(user_id, environ)
    start_response(
        status,
        [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
            ("Access-Control-Allow-Origin", "*"),
            ("X-RateLimit-Limit", str(LIMIT)),
            ("X-RateLimit-Remaining", str(left)),
            ("X-Request-ID", uuid.uuid4().hex),
        ],
    )
    return [body]
