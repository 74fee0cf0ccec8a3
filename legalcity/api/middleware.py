"""What every answer under /api/ carries, and the language of every answer."""

from collections.abc import Callable
from functools import cache, lru_cache
from types import SimpleNamespace
from typing import Any

from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.middleware.security import SecurityMiddleware
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from legalcity.lib.settings.live import live
from legalcity.lib.web.page_middleware import Landing, is_below, is_of_the_api

Handler = Callable[[HttpRequest], HttpResponse]

BILLING = "/v1"
METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
EXPOSED = (
    "X-RateLimit-Limit, X-RateLimit-Remaining, Retry-After, X-Request-ID, Content-Disposition, Idempotent-Replayed"
)
ALLOWED = "Authorization, Content-Type, Accept, Accept-Language, X-Request-ID, Idempotency-Key"


def is_for_programs(path: str) -> bool:
    """Whether an address is one of the two APIs, not a page."""
    return is_of_the_api(path) or is_below(path, BILLING)


def headers_added(response: HttpResponse, *, is_secure: bool) -> HttpResponse:
    """`response` with what every answer of the API carries that does not say otherwise itself."""
    for name, value in _headers(is_secure).items():
        response.headers.setdefault(name, value)
    return response


@cache
def _headers(is_secure: bool) -> dict[str, str]:
    asked: Any = SimpleNamespace(is_secure=lambda: is_secure)
    protected = SecurityMiddleware(lambda _request: HttpResponse()).process_response(asked, HttpResponse())
    return {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": EXPOSED,
        "Cache-Control": "no-cache, private, no-store",
        **{name: value for name, value in protected.items() if name != "Content-Type"},
    }


class ApiDoor:
    """Where the API goes past the middleware of pages, and what its answers carry: CORS, caching, security.

    Own code because the contract wants `Access-Control-Allow-Origin: *` on every answer, with or without an
    `Origin`; the usual library answers only requests that have one. What Django's middleware does for pages (the host,
    the way to https, its headers) is done here by asking that, once for all answers where it says the same to all.
    """

    def __init__(self, get_response: Handler) -> None:
        self.through_pages = get_response
        self._past_them = Landing.newest.get_response
        self._security = SecurityMiddleware(self._past_them)
        self._answer: Any = convert_exception_to_response(self._answered)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """One way or the other; on that of the API answer a preflight, and add the headers."""
        if not is_of_the_api(request.path):
            return self.through_pages(request)
        if request.method == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in request.META:
            return headers_added(self._preflight(), is_secure=request.is_secure())
        return headers_added(self._measured(self._answer(request)), is_secure=request.is_secure())

    def _answered(self, request: HttpRequest) -> HttpResponse:
        request.get_host()  # Raises for one that is not ours.
        return self._security.process_request(request) or self._past_them(request)

    @staticmethod
    def _measured(response: HttpResponse) -> HttpResponse:
        """Without its length a body would be sent in chunks."""
        if not response.streaming and "Content-Length" not in response.headers:
            response.headers["Content-Length"] = str(len(response.content))
        return response

    @staticmethod
    def _preflight() -> HttpResponse:
        response = HttpResponse(status=204)
        response["Access-Control-Allow-Methods"] = METHODS
        response["Access-Control-Allow-Headers"] = ALLOWED
        response["Access-Control-Max-Age"] = "86400"
        # The browser asks, not its user: it is not counted.
        response["X-RateLimit-Limit"] = response["X-RateLimit-Remaining"] = str(live.ANONYMOUS_PER_MINUTE)
        return response


@lru_cache(maxsize=500)
def preferred_language(header: str, default: str) -> str:
    """`fr` or `en`, whichever `Accept-Language` ranks first; `default` when it names neither."""
    for code, _quality in parse_accept_lang_header(header[:200].lower()):
        if code[:2] in ("fr", "en"):
            return code[:2]
    return default


class Language:
    """English by default where programs ask, French by default on pages; `Accept-Language` decides between them."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the language that was asked for."""
        default = "en" if is_for_programs(request.path) else "fr"
        language = preferred_language(request.META.get("HTTP_ACCEPT_LANGUAGE", ""), default)
        with translation.override(language):
            response = self.get_response(request)
            response.setdefault("Content-Language", language)
        return response
