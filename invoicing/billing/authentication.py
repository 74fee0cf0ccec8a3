"""The door of `/v1/firms/`: the firm's subscription key with every call, the cookie with all but login."""

from typing import Any

from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import User
from invoicing.billing.services.keys import is_subscription_key
from invoicing.billing.services.sessions import session_user
from legalcity.lib.clock import now

COOKIE = ".LawPanel.AuthCookie"
KEY_NAME = "subscription-key"
CHALLENGE = f'LawPanel cookie="{COOKIE}", key="{KEY_NAME}"'


def presented_key(request: HttpRequest) -> str:
    """The key in the header, else in the query."""
    return request.headers.get(KEY_NAME) or request.GET.get(KEY_NAME, "")


class SubscriptionKeyAuthentication(BaseAuthentication):
    """The firm's key alone; it names no user. For login."""

    def authenticate(self, request: Request) -> Any:
        """None with a key in force. Raises AuthenticationFailed without one."""
        if not is_subscription_key(presented_key(request._request), moment=now()):
            raise AuthenticationFailed
        return None

    def authenticate_header(self, request: Request) -> str:
        """The value of `WWW-Authenticate`."""
        return CHALLENGE


class CookieAuthentication(SubscriptionKeyAuthentication):
    """Key and cookie: the user of the session."""

    def authenticate(self, request: Request) -> tuple[User, str]:
        """The user and the session's key. Raises AuthenticationFailed without either, or for what is over."""
        super().authenticate(request)
        session_key = request._request.COOKIES.get(COOKIE, "")
        user = session_user(session_key) if session_key else None
        if user is None:
            raise AuthenticationFailed
        return user, session_key
