"""What answers look like in the OpenAPI document: headers, failures, examples."""

import re
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from legalcity.api import errors
from legalcity.api.components import JSON, Schema, error_of
from legalcity.api.examples import completed
from legalcity.api.idempotency import HEADER as KEY
from legalcity.api.idempotency import IN_USE, LONGEST, REPLAYED
from legalcity.api.parsing import MALFORMED, PayloadTooLarge
from legalcity.api.published import Answer
from legalcity.lib.codes import ErrorCode, FieldCode

HEADERS: dict[str, Schema] = {
    "X-RateLimit-Limit": {
        "description": "The calls that the limit of this call allows in its period.",
        "schema": {"type": "integer", "minimum": 1},
    },
    "X-RateLimit-Remaining": {
        "description": "The calls that are left of it.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "X-Request-ID": {
        "description": "The request's name in our logs: the client's own `X-Request-ID`, or one that we made.",
        "schema": {"type": "string"},
    },
    "Retry-After": {
        "description": "Seconds to wait before asking again.",
        "schema": {"type": "integer", "minimum": 1},
    },
    REPLAYED: {
        "description": "There when the answer is that of the first request with this key.",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "WWW-Authenticate": {"description": "The scheme to come back with.", "schema": {"type": "string"}},
}
EVERYWHERE = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-Request-ID")
SOMEWHERE = {401: ("WWW-Authenticate",), 409: ("Retry-After",), 429: ("Retry-After",), 503: ("Retry-After",)}
# What a POST may carry.
KEY_PARAMETER: Schema = {
    "name": KEY,
    "in": "header",
    "required": False,
    "description": "Sent again with its key, the request has no second effect.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST + 2},
}

# Failures that many calls share: status → name of the component, what it means, the sentence.
SHARED: dict[int, tuple[str, str, Any]] = {
    400: ("MalformedBody", "The body is not valid JSON.", MALFORMED),
    401: ("Unauthenticated", "No token, or one that opens nothing any more.", errors.UNAUTHENTICATED),
    403: ("Forbidden", "The caller may not do this.", errors.NO_PERMISSION),
    404: ("NotFound", "There is no such thing.", _("Not found")),
    409: ("KeyInUse", "The first request with this `Idempotency-Key` is still being carried out.", IN_USE),
    413: ("PayloadTooLarge", "The body is over the limit.", PayloadTooLarge.default_detail),
    415: ("UnsupportedMediaType", "The body is of another media type.", _("Unsupported media type")),
    429: ("TooManyAttempts", "A rate limit is used up.", lazy(lambda: str(errors.TooManyAttempts(60).detail), str)()),
    500: ("ServerError", "We failed; the answer says nothing of how.", errors.SERVER_ERROR),
    503: ("Unavailable", "Something that the call needs is away for a moment; nothing was done.", errors.UNAVAILABLE),
}

# The codes that documented sentences have, where it is not the usual one of their status; the suite holds each refusal
# that it sees against the examples.
CODE_OF: dict[str, ErrorCode] = {
    "Failed to process file": ErrorCode.FILE_REFUSED,
    "Invalid type. Must be customer, debtor, or both": ErrorCode.BAD_REQUEST,
    "Cannot delete document with pending signature requests": ErrorCode.SIGNATURE_PENDING,
    "Invalid credentials provided": ErrorCode.WRONG_CREDENTIALS,
    "Cannot update comment that is visible to debtor/bailiff or has been read": ErrorCode.COMMENT_FROZEN,
    "Cannot delete comment that is visible to debtor/bailiff or has been read": ErrorCode.COMMENT_FROZEN,
    "Recovery cannot be modified. Only recoveries with status 1 or 2 can be updated.": ErrorCode.NOT_EDITABLE,
    "This recovery is not eligible for injunction transfer": ErrorCode.NOT_ELIGIBLE,
    "Unauthorized access to this document": ErrorCode.NOT_YOURS,
    "Unauthorized access to this recovery": ErrorCode.NOT_YOURS,
    "API endpoint not found": ErrorCode.NO_SUCH_CALL,
    **dict.fromkeys(("Recovery case not found", "Recovery not found"), ErrorCode.CASE_NOT_FOUND),
    "Failed to create company: This recovery case already has a customer. Each recovery can have only one customer and "
    "one debtor.": ErrorCode.SIDE_TAKEN,
    "Failed to delete company: Cannot delete this company - recovery would be incomplete": ErrorCode.CASE_INCOMPLETE,
    "An error occurred during injunction transfer": ErrorCode.TRANSFER_FAILED,
    "File could not be accessed": ErrorCode.FILE_UNAVAILABLE,
    "A request with this Idempotency-Key is being carried out. Ask again in a second.": (
        ErrorCode.IDEMPOTENCY_KEY_IN_USE
    ),
}
# The first code of a status is the one of the failure that many calls share.
USUAL = {code.status: code for code in reversed(ErrorCode)}


def shared_message(status: int) -> str:
    """The sentence of a failure that no call says otherwise."""
    return str(SHARED[status][2]) if status in SHARED else HTTPStatus(status).phrase


def headers_of(status: int, *more: str) -> Schema:
    """The headers that an answer of `status` carries, and those of `more`."""
    names = (*EVERYWHERE, *SOMEWHERE.get(status, ()), *more)
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def failure_response(status: int, answers: list[Answer], schema: Schema) -> Schema:
    """A failure of `status` of the form `schema`, with each of its sentences."""
    sentences = dict.fromkeys(answer.message for answer in answers)
    answers = [replace(answer, body=completed(schema, _coded(status, answer.body))) for answer in answers]
    return {
        "description": "; or: ".join(sentences),
        "headers": headers_of(status),
        "content": {JSON: {"schema": schema, **examples_of(answers)}},
    }


def _coded(status: int, body: Any) -> Any:
    """The body of a failure with its code, and those that fields usually have, as examples need some."""
    if not isinstance(body, dict) or "code" in body:
        return body
    codes = {name: [_usual(sentence) for sentence in said] for name, said in body.get("errors", {}).items()}
    code = CODE_OF.get(body.get("message", "")) or USUAL.get(status, ErrorCode.BAD_REQUEST)
    return {**body, "code": code.value, **({"codes": codes} if codes else {})}


def _usual(sentence: str) -> str:
    return (FieldCode.REQUIRED if "required" in sentence else FieldCode.INVALID).value


def examples_of(answers: list[Answer]) -> Schema:
    """The bodies as named examples, or nothing."""
    examples: Schema = {}
    for number, answer in enumerate(answers, start=1):
        title = answer.label or answer.message or "Example"
        name = re.sub(r"[^a-z0-9]+", "_", title.lower())[:50].strip("_")
        examples[name if name not in examples else f"{name}_{number}"] = {"summary": title, "value": answer.body}
    return {"examples": examples} if examples else {}


def shared_responses() -> Schema:
    """The components that calls refer to."""
    responses = {}
    for status, (name, text, _sentence) in SHARED.items():
        body = {"success": False, "message": shared_message(status)}
        responses[name] = {
            **failure_response(status, [Answer(status, "", body)], error_of(status)),
            "description": str(text),
        }
    return responses
