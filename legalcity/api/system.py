"""The calls about the service itself, and the answers for addresses that no call has."""

import sys
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from django.views import defaults
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from legalcity.api.components import MOMENT, TEXT, bare, component, fields, one_of
from legalcity.api.errors import NO_PERMISSION, SERVER_ERROR, UNAVAILABLE
from legalcity.api.idempotency import GUIDE, HEADER, REPLAYED
from legalcity.api.middleware import headers_added, is_for_programs
from legalcity.api.views import ContractView
from legalcity.lib.clock import now
from legalcity.lib.codes import ErrorCode
from legalcity.lib.dates import moment_text
from legalcity.lib.errors import NotFound
from legalcity.lib.outages import RETRY_AFTER, is_away
from legalcity.lib.readiness import State, readiness
from legalcity.lib.settings.live import live
from legalcity.lib.web.page_middleware import is_of_the_api

security_log = structlog.get_logger("legalcity.security")

VERSION = "2.0"
CONTACT_GOOD_FOR = timedelta(days=180)
BUSY_FOR = 2  # seconds after which one who was refused may ask again
ONLY_GET: dict[str, Any] = {"get": "missing"}
# What /api/info says of every installation.
FEATURES = {
    "recovery_management": "Complete debt recovery case management",
    "company_tracking": "Customer and debtor information management",
    "document_upload": "Secure document storage and retrieval",
    "invoice_tracking": "Invoice management with payment status",
    "comment_system": "Internal and external communication tracking",
    "protected_invoices": "Secure invoice storage with tracking codes",
    "scoring_services": "Credit scoring and solvency reports",
}
FORMATS = {
    "response_format": "JSON",
    "authentication": "Bearer Token (OAuth2)",
    "file_uploads": "PDF, DOC, DOCX, XLS, XLSX, JPG, PNG, GIF (max 10MB)",
    "date_format": "YYYY-MM-DD",
    "datetime_format": "ISO 8601 (YYYY-MM-DDTHH:mm:ss.sssZ)",
}


HEALTH = component("Health", fields({"status": one_of(["ok"]), "timestamp": MOMENT, "version": TEXT}), "It answers.")
_AUTH = ("type", "login_endpoint", "register_endpoint", "logout_endpoint", "me_endpoint")
_ENDPOINTS = (
    "auth",
    "recoveries",
    "companies",
    "documents",
    "invoices",
    "comments",
    "protected_invoices",
    "scoring",
    "health",
)
_PARTS = {
    "auth": _AUTH,
    "endpoints": _ENDPOINTS,
    "features": FEATURES,
    "supported_formats": FORMATS,
    "rate_limits": ("login_attempts", "api_requests", "file_uploads"),
    "contact": ("support", "documentation"),
    "idempotency": ("header", "replayed", "kept", "documentation"),
}
INFO = component(
    "ServiceInfo",
    fields(
        {
            **dict.fromkeys(
                ("api_name", "version", "description", "documentation", "postman_collection", "openapi_spec"), TEXT
            ),
            **{part: fields(dict.fromkeys(names, TEXT)) for part, names in _PARTS.items()},
        }
    ),
    "What the service offers, and where.",
)


class PublicView(ContractView):
    """A call that asks for no token, and looks at none."""

    permission_classes = [AllowAny]
    authentication_classes = []


class HealthView(PublicView):
    """Whether the service answers."""

    answers = {"health": {200: bare(HEALTH)}}

    def health(self, request: Request) -> Response:
        """The status and the server's time."""
        return Response({"status": "ok", "timestamp": moment_text(now()), "version": VERSION})


class InfoView(PublicView):
    """What the service offers, and where."""

    answers = {"info": {200: bare(INFO)}}

    def info(self, request: Request) -> Response:
        """Addresses point at the host that answers."""
        return Response(service_info(request._request.build_absolute_uri("/").rstrip("/")))


class FallbackView(PublicView):
    """Every other address under /api/, whatever the method."""

    def missing(self, request: Request, **_unused: Any) -> Response:
        """404 in the contract's form."""
        raise NotFound(_("API endpoint not found"), code=ErrorCode.NO_SUCH_CALL)

    http_method_not_allowed = missing  # type: ignore[assignment]


def service_info(host: str) -> dict[str, Any]:
    """The body of /api/info for a service at `host` (scheme and host, no slash)."""
    api = f"{host}/api"
    return {
        "api_name": "LegalCity Recovery API",
        "version": VERSION,
        "description": "Comprehensive API for legal debt recovery management",
        "documentation": f"{host}/docs",
        "postman_collection": f"{host}/docs/collection.json",
        "openapi_spec": f"{host}/docs/openapi.yaml",
        "auth": {
            "type": "Bearer Token (OAuth2)",
            **{f"{name}_endpoint": f"{api}/auth/{name}" for name in ("login", "register", "logout", "me")},
        },
        "endpoints": _endpoints(api),
        "features": FEATURES,
        "supported_formats": FORMATS,
        "rate_limits": {
            "login_attempts": f"{live.LOGIN_PER_MINUTE} per minute per IP",
            "api_requests": f"{live.REQUESTS_PER_HOUR} per hour per user",
            "file_uploads": f"{live.UPLOADS_PER_HOUR} per hour per user",
        },
        "contact": {"support": "amine@legalcity.fr", "documentation": f"{host}/docs"},
        "idempotency": {
            "header": HEADER,
            "replayed": REPLAYED,
            "kept": f"{live.IDEMPOTENCY_DAYS} days",
            "documentation": f"{host}{GUIDE}",
        },
    }


def _endpoints(api: str) -> dict[str, str]:
    case = f"{api}/recoveries/{{recoveryId}}"
    return {
        "auth": f"{api}/auth",
        "recoveries": f"{api}/recoveries",
        "companies": f"{case}/companies",
        "documents": f"{case}/docs",
        "invoices": f"{case}/invoices",
        "comments": f"{case}/comments",
        "protected_invoices": f"{api}/protected-invoices",
        "scoring": f"{api}/scoring",
        "health": f"{api}/health",
    }


def alive(_request: HttpRequest) -> HttpResponse:
    """For a supervisor: the process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


def ready(_request: HttpRequest) -> HttpResponse:
    """For a load balancer: whether the process reaches its database; for people, each service by its name.

    Without its database a server answers nothing. Whatever else is away takes longer, and is made up for when it is
    back: to take all servers out of the balance would be worse.
    """
    states = readiness.states()
    is_ready = states["database"] is State.OK
    told = {"status": "ready" if is_ready else "no database", **states}
    return JsonResponse(told, status=200 if is_ready else 503)


def security_contact(_request: HttpRequest) -> HttpResponse:
    """Whom to tell of a weakness (RFC 9116)."""
    contact: str = settings.SECURITY_CONTACT
    lines = {
        "Contact": contact if "://" in contact else f"mailto:{contact}",
        "Expires": f"{now() + CONTACT_GOOD_FOR:%Y-%m-%dT00:00:00Z}",
        "Preferred-Languages": "fr, en",
        "Canonical": f"{settings.PUBLIC_BASE_URL}/.well-known/security.txt",
    }
    text = "".join(f"{name}: {value}\n" for name, value in lines.items())
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def _envelope(request: HttpRequest, message: Any, code: ErrorCode) -> HttpResponse | None:
    if not is_for_programs(request.path):
        return None
    told = {"code": code.value} if is_of_the_api(request.path) else {}
    return JsonResponse({"success": False, "message": str(message), **told}, status=code.status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """A request that no view saw (unknown host, malformed header)."""
    return _envelope(request, _("Bad request"), ErrorCode.BAD_REQUEST) or defaults.bad_request(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """An address that no route has."""
    answer = _envelope(request, _("API endpoint not found"), ErrorCode.NO_SUCH_CALL)
    return answer or defaults.page_not_found(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """A page that the person may not open. The log tells who tried."""
    security_log.warning("forbidden", user_id=getattr(getattr(request, "user", None), "pk", None))
    return _envelope(request, NO_PERMISSION, ErrorCode.FORBIDDEN) or defaults.permission_denied(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """A failure outside every view of the API."""
    if is_away(sys.exception()):
        return _unavailable(request)
    return _envelope(request, SERVER_ERROR, ErrorCode.SERVER_ERROR) or defaults.server_error(request)


def busy_answer(path: str) -> bytes:
    """What a server says to a request for `path` that it has no time to look at, byte for byte."""
    request = HttpRequest()
    request.path, request.method = path, "GET"
    answer = _unavailable(request)
    if is_of_the_api(path):
        headers_added(answer, is_secure=False)
    answer["Retry-After"], answer["Connection"] = str(BUSY_FOR), "close"
    answer["Content-Length"] = str(len(answer.content))
    return b"HTTP/1.1 503 Service Unavailable\r\n" + answer.serialize()


def _unavailable(request: HttpRequest) -> HttpResponse:
    """503, by a page that asks the database for nothing: neither a session nor a person."""
    answer: HttpResponse = _envelope(request, UNAVAILABLE, ErrorCode.UNAVAILABLE) or HttpResponse(
        render_to_string("503.html"), status=503
    )
    answer["Retry-After"] = str(RETRY_AFTER)
    answer["Cache-Control"] = "no-store"
    return answer
