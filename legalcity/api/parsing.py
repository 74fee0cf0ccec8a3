"""Reading request bodies: JSON, bounded, strict."""

import json
from typing import Any

from django.conf import settings
from django.http import UnreadablePostError
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

MALFORMED = _("Malformed JSON")


class PayloadTooLarge(APIException):
    """The body is over the limit."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = _("Payload too large")
    default_code = "too_large"


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


class ContractParser(BaseParser):
    """JSON of at most MAX_BODY_BYTES, without NaN or infinity."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """The parsed body. Raises PayloadTooLarge or ParseError ("Malformed JSON")."""
        body = self._read(stream, (parser_context or {}).get("request"))
        if not body.strip():
            return {}
        try:
            return json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise ParseError(MALFORMED) from error

    @staticmethod
    def _read(stream: Any, request: Any) -> bytes:
        declared = request.META.get("CONTENT_LENGTH") if request is not None else None
        if declared and declared.isdecimal() and int(declared) > settings.MAX_BODY_BYTES:
            raise PayloadTooLarge
        try:
            body: bytes = stream.read(settings.MAX_BODY_BYTES + 1)
        except (UnreadablePostError, OSError) as error:
            raise ParseError(MALFORMED) from error
        if len(body) > settings.MAX_BODY_BYTES:
            raise PayloadTooLarge
        return body
