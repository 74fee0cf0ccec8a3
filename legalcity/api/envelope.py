"""The contract's envelope: `{"success": …, "data": …, "message": …}`."""

from typing import Any

import orjson
from django.utils.functional import Promise
from rest_framework import status as http
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from legalcity.lib.codes import ErrorCode, field_code
from legalcity.lib.errors import Sentence

NOTHING: Any = object()


def reply(
    data: Any = NOTHING,
    message: Sentence | None = None,
    *,
    status: int = http.HTTP_200_OK,
    headers: dict[str, str] | None = None,
    **beside: Any,
) -> Response:
    """A success. Without `data` the envelope has no such key; `beside` are keys between it and the message."""
    body: dict[str, Any] = {"success": True}
    if data is not NOTHING:
        body["data"] = data
    body.update(beside)
    body["message"] = message
    return Response(body, status=status, headers=headers)


def refusal(
    message: Sentence,
    *,
    code: ErrorCode,
    status: int | None = None,
    errors: Any = None,
    headers: dict[str, str] | None = None,
    **extra: Any,
) -> Response:
    """A failure of `status` (that of its code, unless it is said), with the sentences of each field for a 422.

    Behind what the contract documents stands what programs decide by: `code`, and `codes` beside `errors`.
    """
    body: dict[str, Any] = {"success": False, "message": message}
    if errors is not None:
        body["errors"] = errors
    body.update(extra, code=code.value)
    if errors is not None:
        body["codes"] = {name: [field_code(sentence) for sentence in said] for name, said in errors.items()}
    status = code.status if status is None else status
    return Response(body, status=status, headers=headers)


def _plain(value: Any) -> str:
    if isinstance(value, Promise):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in the contract: turn it into text first")


class ContractRenderer(BaseRenderer):
    """JSON by orjson. A raw Decimal, date or datetime is a bug here: the contract's strings are made before."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        """The body; nothing for a response without one."""
        if data is None:
            return b""
        return orjson.dumps(data, default=_plain, option=orjson.OPT_PASSTHROUGH_DATETIME)


class AlwaysJson(BaseContentNegotiation):
    """JSON is the only form of the API, whatever `Accept` says."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """The first parser that takes the request's media type, or None (415)."""
        content_type = (request.content_type or "").split(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == content_type), None)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        """The first renderer."""
        return renderers[0], renderers[0].media_type
