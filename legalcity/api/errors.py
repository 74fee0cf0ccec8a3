"""The one exception handler: whatever goes wrong leaves as the contract's envelope."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from legalcity.api.envelope import refusal
from legalcity.lib import errors as domain
from legalcity.lib.codes import ErrorCode
from legalcity.lib.logs import log_failure
from legalcity.lib.outages import RETRY_AFTER, is_away

UNAUTHENTICATED = _("Unauthenticated")
NO_PERMISSION = _("You do not have permission to access this resource.")
VALIDATION_FAILED = _("Validation failed")
SERVER_ERROR = _("Server error")
UNAVAILABLE = _("Service temporarily unavailable")

STATUS_OF = {
    domain.BadRequest: status.HTTP_400_BAD_REQUEST,
    domain.Forbidden: status.HTTP_403_FORBIDDEN,
    domain.Conflict: status.HTTP_409_CONFLICT,
    domain.NotFound: status.HTTP_404_NOT_FOUND,
    domain.Failed: status.HTTP_500_INTERNAL_SERVER_ERROR,
    domain.Unavailable: status.HTTP_503_SERVICE_UNAVAILABLE,
    domain.Full: status.HTTP_507_INSUFFICIENT_STORAGE,
}

# What the framework raises, and its parsers.
RAISED = (ErrorCode.MALFORMED_BODY, ErrorCode.PAYLOAD_TOO_LARGE, ErrorCode.TOO_MANY_ATTEMPTS)
CODE_OF = {code.status: code for code in RAISED}


class TooManyAttempts(exceptions.APIException):
    """A rate limit is used up for `wait` more seconds."""

    status_code = status.HTTP_429_TOO_MANY_REQUESTS

    def __init__(self, wait: int) -> None:
        super().__init__(
            _("Too Many Attempts. Please wait {seconds} seconds before trying again.").format(seconds=wait)
        )
        self.wait = wait


def handle(error: Exception, context: dict[str, Any]) -> Response:
    """Turn an exception of a view into the envelope. An unknown one is logged and says nothing of itself."""
    set_rollback()
    view = context.get("view")
    if isinstance(error, domain.Invalid):
        return refusal(
            getattr(view, "validation_message", VALIDATION_FAILED),
            code=error.code,
            errors=error.errors,
        )
    if isinstance(error, domain.DomainError):
        wait = RETRY_AFTER if isinstance(error, domain.Unavailable) else getattr(error, "retry_after", None)
        headers = {"Retry-After": str(wait)} if wait is not None else None
        return refusal(error.message, code=error.code, status=STATUS_OF[type(error)], headers=headers, **error.extra)
    if isinstance(error, Http404):
        return refusal(_("Not found"), code=ErrorCode.NOT_FOUND)
    if isinstance(error, PermissionDenied | exceptions.PermissionDenied):
        return refusal(NO_PERMISSION, code=ErrorCode.FORBIDDEN)
    if isinstance(error, exceptions.APIException):
        return _from_framework(error, view)
    return _unknown(error, view)


def _from_framework(error: exceptions.APIException, view: Any) -> Response:
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        message = getattr(view, "unauthenticated_message", UNAUTHENTICATED)
        return refusal(message, code=ErrorCode.UNAUTHENTICATED, headers={"WWW-Authenticate": "Bearer"})
    if isinstance(error, exceptions.MethodNotAllowed):
        allowed = ", ".join(view.allowed_methods) if view is not None else ""
        return refusal(_("Method not allowed"), code=ErrorCode.METHOD_NOT_ALLOWED, headers={"Allow": allowed})
    if isinstance(error, exceptions.UnsupportedMediaType):
        return refusal(_("Unsupported media type"), code=ErrorCode.UNSUPPORTED_MEDIA_TYPE)
    headers = {"Retry-After": str(error.wait)} if isinstance(error, TooManyAttempts) else None
    code = CODE_OF.get(error.status_code, ErrorCode.BAD_REQUEST)
    return refusal(str(error.detail), code=code, status=error.status_code, headers=headers)


def _unknown(error: Exception, view: Any) -> Response:
    log_failure(error)
    if is_away(error):
        headers = {"Retry-After": str(RETRY_AFTER)}
        return refusal(UNAVAILABLE, code=ErrorCode.UNAVAILABLE, headers=headers)
    action = getattr(view, "action", None)
    messages: dict[str | None, Any] = getattr(view, "failure_messages", {})
    return refusal(messages.get(action, SERVER_ERROR), code=ErrorCode.SERVER_ERROR)
