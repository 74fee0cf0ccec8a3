"""The API's door: a Bearer token that is signed, alive and not revoked."""

import uuid
from typing import cast

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework_simplejwt.exceptions import TokenError

from accounts.models import User
from accounts.selectors import user_of_token
from accounts.tokens import token_claims


class TokenAuthentication(BaseAuthentication):
    """Gives the user and the token's id (`request.auth`)."""

    def authenticate(self, request: Request) -> tuple[User, uuid.UUID] | None:
        """None without a Bearer token. Raises AuthenticationFailed for one that opens nothing."""
        scheme, _, raw = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer" or not raw.strip():
            return None
        try:
            claims = token_claims(raw.strip().encode("ascii"))
        except (TokenError, UnicodeEncodeError) as error:
            raise AuthenticationFailed from error
        user = user_of_token(claims.jti)
        if user is None or str(user.pk) != claims.user_id:
            raise AuthenticationFailed
        return user, claims.jti

    def authenticate_header(self, request: Request) -> str:
        """The value of `WWW-Authenticate`."""
        return "Bearer"


def caller(request: Request) -> User:
    """The user behind an authenticated request."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - views without AllowAny are reached by users only
    return user


def presented_token(request: Request) -> uuid.UUID:
    """The id of the token that an authenticated request presented."""
    return cast(uuid.UUID, request.auth)
