"""Access tokens: a signed form that clients carry, and a row that says whether it still counts."""

import time
import uuid
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.db import transaction
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import Token

from accounts.keyring import Keyring, keyring
from accounts.models import AccessToken, ApiKey
from legalcity.lib.clock import now

REMEMBERED = 4096  # tokens in a process


@dataclass(frozen=True, slots=True)
class Claims:
    """What a well-signed token says: the id of its row, the id of its user as text, its end in seconds since 1970."""

    jti: uuid.UUID
    user_id: str
    ends: int


class SignedToken(Token):
    """The JWT of an access token: `jti` names its row, `user_id` its user."""

    token_type = "access"  # noqa: S105 - a claim, not a secret
    lifetime = api_settings.ACCESS_TOKEN_LIFETIME

    def get_token_backend(self) -> Keyring:
        """Our keys, told apart by `kid`."""
        return keyring


def token_issue(*, api_key: ApiKey, began_at: datetime | None = None) -> str:
    """A new token for the user of `api_key`, written down and signed. `began_at` is when they logged in: now, unless
    it is said.
    """
    signed = SignedToken()
    signed["user_id"] = str(api_key.user_id)
    AccessToken.objects.create(
        jti=uuid.UUID(signed["jti"]),
        user_id=api_key.user_id,
        api_key=api_key,
        began_at=began_at or signed.current_time,
        issued_at=signed.current_time,
        expires_at=signed.current_time + api_settings.ACCESS_TOKEN_LIFETIME,
    )
    return str(signed)


def token_claims(raw: str | bytes) -> Claims:
    """What a token says whose signature, issuer and lifetime are good. Raises TokenError otherwise."""
    claims = _verified(keyring, raw)
    if claims.ends <= time.time():
        raise TokenError("Token is expired")
    return claims


# A signature stays good: it is verified once, by the keys of this keyring. What does not (the end, the row) is no part.
@lru_cache(maxsize=REMEMBERED)
def _verified(_by: Keyring, raw: str | bytes) -> Claims:
    try:
        signed = SignedToken(raw)  # type: ignore[arg-type]
        return Claims(uuid.UUID(signed["jti"]), str(signed["user_id"]), int(signed["exp"]))
    except (KeyError, ValueError, AttributeError, TypeError, OverflowError) as error:
        # Claims of another type than theirs, and ends that no calendar has.
        raise TokenError("Token has no usable claims") from error


def token_revoke(*, jti: uuid.UUID, moment: datetime | None = None) -> bool:
    """Revoke a token for good. False when it had been already: of two callers at once, one gets True."""
    changed = AccessToken.objects.filter(jti=jti, revoked_at=None).update(revoked_at=moment or now())
    return bool(changed)


def token_refresh(*, jti: uuid.UUID) -> str | None:
    """Exchange a token for a new one of the same session.

    None when it was revoked meanwhile (a token is exchanged once), when its key was, or when the login is too long ago
    (JWT_REFRESH_TIME).
    """
    with transaction.atomic():
        # Held as services.key_revoke holds it, which then finds the token that is issued here.
        key = ApiKey.objects.select_for_update(of=("self",)).filter(tokens__jti=jti, revoked_at=None).first()
        old = AccessToken.objects.filter(jti=jti).first()
        if key is None or old is None or old.began_at + settings.JWT_REFRESH_TIME <= now():
            return None
        return token_issue(api_key=key, began_at=old.began_at) if token_revoke(jti=jti) else None


def tokens_purge(*, moment: datetime) -> int:
    """Delete the rows of tokens that expired before `moment`; returns how many."""
    deleted, _ = AccessToken.objects.filter(expires_at__lt=moment).delete()
    return deleted
