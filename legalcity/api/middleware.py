"""What every answer under /api/ carries, and the language of every answer."""

from collections.abc import Callable
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from legalcity.lib.settings.live import live
from legalcity.lib.web.page_middleware import is_below, is_of_the_api

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


class ApiHeaders:
    """CORS and caching of the API.

    Own code because the contract wants `Access-Control-Allow-Origin: *` on every answer, with or without an
    `Origin`; the usual library answers only requests that have one.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the headers; answer a preflight."""
        if not is_of_the_api(request.path):
            return self.get_response(request)
        if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
            response = self._preflight(request)
        else:
            response = self.get_response(request)
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = EXPOSED
        response.setdefault("Cache-Control", "no-cache, private, no-store")
        return response

    @staticmethod
    def _preflight(request: HttpRequest) -> HttpResponse:
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
        language = preferred_language(request.headers.get("Accept-Language", ""), default)
        with translation.override(language):
            response = self.get_response(request)
            response.setdefault("Content-Language", language)
        return response
