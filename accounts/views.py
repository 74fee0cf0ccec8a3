"""The account calls."""

from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import services, tokens
from accounts.authentication import caller, presented_token
from accounts.serializers import LoginSerializer, RegisterSerializer, user_payload
from accounts.shapes import LOGIN as LOGGED_IN
from accounts.shapes import NEW_USER, TOKEN, USER
from legalcity.api.components import fields, success
from legalcity.api.envelope import refusal, reply
from legalcity.api.idempotency import Keyed, Way
from legalcity.api.limits import LOGIN, REFRESH, peer_address
from legalcity.api.validation import parse
from legalcity.api.views import ContractView
from legalcity.lib.codes import ErrorCode
from legalcity.lib.errors import Forbidden


class LoginView(ContractView):
    """E-mail and key against a token."""

    permission_classes = [AllowAny]
    authentication_classes = []
    limits = {"login": LOGIN}
    ways = {"login": Keyed(Way.EXEMPT)}
    validation_message = _("Validation failed.")
    failure_messages = {"login": _("Authentication failed")}
    serializers = {"login": LoginSerializer}
    answers = {"login": {200: success(LOGGED_IN)}}
    refusal_codes = {403: ErrorCode.NO_API_ACCESS}

    def login(self, request: Request) -> Response:
        """Authenticate with e-mail and API key."""
        credentials = parse(LoginSerializer, request)
        try:
            user, token = services.login(**credentials, address=peer_address(request._request))
        except services.BadCredentials as error:
            return refusal(error.message, code=ErrorCode.WRONG_CREDENTIALS, headers={"WWW-Authenticate": "Bearer"})
        return reply({"user": user_payload(user), "token": token, "token_type": "Bearer"}, _("Login successful"))


class RegisterView(ContractView):
    """New API users, by those who may register them."""

    serializers = {"register": RegisterSerializer}
    ways = {"register": Keyed(shows_secret=True)}
    answers = {"register": dict.fromkeys((200, 201), success(fields({"user": NEW_USER})))}

    def register(self, request: Request) -> Response:
        """Create or update an API user; the answer shows the key once."""
        if not caller(request).can_register:
            raise Forbidden(services.NO_PERMISSION)
        registration = services.user_register(registrar=caller(request), values=parse(RegisterSerializer, request))
        credentials = {"api_key": registration.api_key, "auth_secret": registration.user.auth_secret}
        data = {"user": {**user_payload(registration.user), **credentials}}
        if registration.created:
            return reply(data, _("User registered successfully"), status=status.HTTP_201_CREATED)
        return reply(data, _("User already exists with API access"))


class SessionView(ContractView):
    """The end and the renewal of a token."""

    limits = {"refresh": REFRESH}
    opens_for_readers = True
    ways = {"logout": Keyed(Way.EXEMPT), "refresh": Keyed(Way.EXEMPT)}
    answers = {"logout": {200: success()}, "refresh": {200: success(TOKEN)}}
    unauthenticated_message = _("User not authenticated")
    failure_messages = {"refresh": _("Token refresh failed")}

    def logout(self, request: Request) -> Response:
        """Revoke the presented token, durably."""
        tokens.token_revoke(jti=presented_token(request))
        return reply(message=_("Logout successful"))

    def refresh(self, request: Request) -> Response:
        """Exchange the presented token for a new one."""
        token = tokens.token_refresh(jti=presented_token(request))
        if token is None:
            raise exceptions.NotAuthenticated
        return reply({"token": token, "token_type": "Bearer"}, _("Token refreshed successfully"))


class MeView(ContractView):
    """The caller's own profile."""

    answers = {"me": {200: success(USER)}}

    def me(self, request: Request) -> Response:
        """Who the token belongs to."""
        return reply(user_payload(caller(request)), _("User retrieved successfully"))
