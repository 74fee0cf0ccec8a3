"""Access tokens: a signed form that clients carry, and a row that says whether it still counts."""

import uuid
from datetime import datetime

from django.db import transaction
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import Token

from accounts.keyring import Keyring, keyring
from accounts.models import AccessToken, User
from legalcity.lib.clock import now


class SignedToken(Token):
    """The JWT of an access token: `jti` names its row, `user_id` its user."""

    token_type = "access"  # noqa: S105 - a claim, not a secret
    lifetime = api_settings.ACCESS_TOKEN_LIFETIME

    def get_token_backend(self) -> Keyring:
        """Our keys, told apart by `kid`."""
        return keyring


def token_issue(*, user: User) -> str:
    """A new token for `user`, written down and signed."""
    signed = SignedToken()
    signed["user_id"] = str(user.pk)
    AccessToken.objects.create(
        jti=uuid.UUID(signed["jti"]),
        user=user,
        issued_at=signed.current_time,
        expires_at=signed.current_time + api_settings.ACCESS_TOKEN_LIFETIME,
    )
    return str(signed)


def token_id(raw: str | bytes) -> uuid.UUID:
    """The id in a token whose signature and lifetime are good. Raises TokenError otherwise."""
    signed = SignedToken(raw)  # type: ignore[arg-type]
    try:
        return uuid.UUID(signed["jti"])
    except (ValueError, AttributeError, TypeError) as error:
        raise TokenError("Token has no usable id") from error


def token_revoke(*, jti: uuid.UUID, moment: datetime | None = None) -> bool:
    """Revoke a token for good. False when it had been already: of two callers at once, one gets True."""
    changed = AccessToken.objects.filter(jti=jti, revoked_at=None).update(revoked_at=moment or now())
    return bool(changed)


def token_refresh(*, jti: uuid.UUID, user: User) -> str | None:
    """Exchange a token for a new one. None when it was revoked meanwhile: a token is exchanged once."""
    with transaction.atomic():
        return token_issue(user=user) if token_revoke(jti=jti) else None


def tokens_purge(*, moment: datetime) -> int:
    """Delete the rows of tokens that expired before `moment`; returns how many."""
    deleted, _ = AccessToken.objects.filter(expires_at__lt=moment).delete()
    return deleted
