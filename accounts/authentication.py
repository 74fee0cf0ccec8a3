"""The API's door: a Bearer token that is signed, alive and not revoked."""

import uuid
from typing import Any, cast

from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework_simplejwt.exceptions import TokenError

from accounts.models import User
from accounts.selectors import session_of_token
from accounts.tokens import token_claims
from legalcity.api.limits import peer_address
from legalcity.lib.codes import ErrorCode
from legalcity.lib.errors import Forbidden

READ_ONLY = _("This API key only reads.")


class TokenAuthentication(BaseAuthentication):
    """Gives the user and the token's id (`request.auth`)."""

    def authenticate(self, request: Request) -> tuple[User, uuid.UUID] | None:
        """None without a Bearer token. Raises AuthenticationFailed for one that opens nothing."""
        scheme, _space, raw = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer" or not raw.strip():
            return None
        try:
            claims = token_claims(raw.strip().encode("ascii"))
        except (TokenError, UnicodeEncodeError) as error:
            raise AuthenticationFailed from error
        session = session_of_token(claims.jti, address=peer_address(request._request))
        if session is None or str(session.user.pk) != claims.user_id:
            raise AuthenticationFailed
        request._request.reads_only = session.is_read_only  # type: ignore[attr-defined]
        return session.user, claims.jti

    def authenticate_header(self, request: Request) -> str:
        """The value of `WWW-Authenticate`."""
        return "Bearer"


class KeyAllows(BasePermission):
    """A key that only reads changes nothing, and sees no secret (`shows_secrets` of the view).

    Its session may be renewed and ended (`opens_for_readers`).
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        """Raises Forbidden."""
        reads_only = getattr(request._request, "reads_only", False)
        changes = request.method not in SAFE_METHODS and not getattr(view, "opens_for_readers", False)
        if reads_only and (changes or getattr(view, "shows_secrets", False)):
            raise Forbidden(READ_ONLY, code=ErrorCode.READ_ONLY)
        return True


def caller(request: Request) -> User:
    """The user behind an authenticated request."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - views without AllowAny are reached by users only
    return user


def presented_token(request: Request) -> uuid.UUID:
    """The id of the token that an authenticated request presented."""
    return cast(uuid.UUID, request.auth)
