"""The base of every view: who asks, how often, then what."""

from functools import cache, partial
from http import HTTPStatus
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponseBase
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSetMixin

from legalcity.api.errors import TooManyAttempts
from legalcity.api.idempotency import Keyed, carried_out
from legalcity.api.limits import ANONYMOUS, REQUESTS, Limit, Usage, client_address, take
from legalcity.lib.errors import Sentence


@cache
def _made(kinds: tuple[type, ...]) -> list[Any]:
    """One of each for all requests: they keep nothing of a request, and making them took a tenth of its time."""
    return [kind() for kind in kinds]


@cache
def _allowed(methods: tuple[str, ...], answered: tuple[str, ...]) -> str:
    return ", ".join(method.upper() for method in methods if method in answered)


class ContractView(ViewSetMixin, APIView):
    """A viewset of the contract.

    `limits` gives an action a limit of its own beside the general one; `failure_messages` the sentence that the
    contract has for its uncaught failure; `section` is where the reference lists calls that were never published;
    `ways` how an action keeps its answer for an idempotency key, where it is not within its transaction
    (`legalcity/api/idempotency.py`); `tells_codes` whether failures carry codes.
    """

    section: ClassVar[str] = ""
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    limits: ClassVar[dict[str, Limit]] = {}
    failure_messages: ClassVar[dict[str, Sentence]] = {}
    ways: ClassVar[dict[str, Keyed]] = {}
    tells_codes = True
    usage: Usage | None = None

    @property
    def default_response_headers(self) -> dict[str, str]:
        """`Allow`; there is one form of answers, so nothing varies."""
        return {"Allow": _allowed(tuple(self.http_method_names), tuple(self.action_map))}

    def get_renderers(self) -> list[Any]:
        """Those that the view names."""
        return _made(tuple(self.renderer_classes))

    def get_parsers(self) -> list[Any]:
        """Those that the view names."""
        return _made(tuple(self.parser_classes))

    def get_authenticators(self) -> list[Any]:
        """Those that the view names."""
        return _made(tuple(self.authentication_classes))

    def get_permissions(self) -> list[Any]:
        """Those that the view names."""
        return _made(tuple(self.permission_classes))

    def get_content_negotiator(self) -> Any:
        """That of all views."""
        return _made((self.content_negotiation_class,))[0]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Authenticate, count the call, check permissions: in this order, so that refusals are counted too."""
        self.format_kwarg = None
        request.accepted_renderer, request.accepted_media_type = self.perform_content_negotiation(request)
        refused = None
        try:
            self.perform_authentication(request)
        except exceptions.AuthenticationFailed as error:
            refused = error
        self._count(request)
        if refused is not None:
            raise refused
        self.check_permissions(request)
        if request.method == "POST" and self.action and request.user is not None:
            # The framework looks for the method of the view after this.
            self.post = partial(self._keyed, getattr(self, self.action))

    def _keyed(self, post: Any, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return carried_out(self, request, partial(post, request, *args, **kwargs), kwargs)

    def _count(self, request: Request) -> None:
        own = self.limits.get(self.action or "")
        user = getattr(request, "_user", None)
        key = str(user.pk) if user is not None else client_address(request._request)
        general = REQUESTS if user is not None else ANONYMOUS
        if own is None or user is not None:
            self._take(general, key, request._request)
        if own is not None:
            self._take(own, key, request._request)

    def _take(self, limit: Limit, key: str, request: HttpRequest) -> None:
        self.usage = take(limit, key, request)
        if self.usage.exceeded:
            raise TooManyAttempts(self.usage.wait)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        """Show the limit that counts for this call."""
        if not self.tells_codes and isinstance(response, Response) and response.status_code >= HTTPStatus.BAD_REQUEST:
            response.data = {name: told for name, told in response.data.items() if name not in ("code", "codes")}
        answer: Response = super().finalize_response(request, response, *args, **kwargs)
        if self.usage is not None:
            answer["X-RateLimit-Limit"] = str(self.usage.limit)
            answer["X-RateLimit-Remaining"] = str(self.usage.remaining)
        return answer
