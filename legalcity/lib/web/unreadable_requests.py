"""What a request that the server cannot read is answered: the contract's form, which no application had a part in."""

import uuid
from http import HTTPStatus

import orjson
from gunicorn.http import errors  # type: ignore[import-untyped]

from legalcity.lib.codes import ErrorCode

# Faults of the server's own: what it is set to, and what the application wanted to answer.
OUR_OWN = (errors.ConfigurationProblem, errors.InvalidResponseHeader, errors.InvalidResponseHeaderName)
STATUSES = {
    errors.LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
    errors.LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    errors.UnsupportedTransferCoding: HTTPStatus.NOT_IMPLEMENTED,
    errors.ExpectationFailed: HTTPStatus.EXPECTATION_FAILED,
    errors.ForbiddenProxyRequest: HTTPStatus.FORBIDDEN,
}
KEY = "idempotency-key"


def answer_to(error: BaseException) -> bytes | None:
    """The whole answer to what cannot be read, after which the connection ends; None for any other fault.

    In English: nobody has read in which language the client would have it.
    """
    if not isinstance(error, errors.ParseException) or isinstance(error, OUR_OWN):
        return None
    status = next((status for kind, status in STATUSES.items() if isinstance(error, kind)), HTTPStatus.BAD_REQUEST)
    message, code = f"The request cannot be read: {status.phrase}", ErrorCode.BAD_REQUEST
    if isinstance(error, errors.InvalidHeader) and str(error.hdr).lower() == KEY:
        message, code = "Idempotency-Key is malformed", ErrorCode.IDEMPOTENCY_KEY_MALFORMED
    body = orjson.dumps({"success": False, "message": message, "code": code.value})
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\n"
        "Connection: close\r\n"
        "Content-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n"
        f"X-Request-ID: {uuid.uuid4().hex}\r\n\r\n"
    )
    return head.encode() + body
