"""The codes of failures: what programs decide by. They are words of the contract: documented, never translated, kept.

`docs/errors.md` is written from here (`manage.py list_error_codes`).
"""

from enum import StrEnum
from typing import Any


class ErrorCode(StrEnum):
    """Why a call failed: the code, the status of the answer, what it means."""

    def __new__(cls, value: str, _status: int, _meaning: str) -> "ErrorCode":
        """The member is its word."""
        member = str.__new__(cls, value)
        member._value_ = value
        return member

    def __init__(self, _value: str, status: int, meaning: str) -> None:
        self.status, self.meaning = status, meaning

    MALFORMED_BODY = "malformed_body", 400, "The body is not JSON, or not a form."
    BAD_REQUEST = "bad_request", 400, "The request makes no sense; the message says why."
    FILE_REFUSED = "file_refused", 400, "The document was refused after it was sent; nothing was kept."
    SIGNATURE_PENDING = "signature_pending", 400, "Somebody is to sign the document: it cannot be deleted."
    IDEMPOTENCY_KEY_MALFORMED = "idempotency_key_malformed", 400, "The Idempotency-Key is no key."
    UNAUTHENTICATED = "unauthenticated", 401, "No token, or one that opens nothing any more: log in again."
    WRONG_CREDENTIALS = "wrong_credentials", 401, "E-mail and key do not belong together, or the key is not in force."
    FORBIDDEN = "forbidden", 403, "The account may not do this."
    NO_API_ACCESS = "no_api_access", 403, "The right key of an account that may not use the API."
    READ_ONLY = "read_only", 403, "The API key only reads."
    NOT_YOURS = "not_yours", 403, "It belongs to another account."
    NOT_EDITABLE = "not_editable", 403, "The case has a status in which it cannot be changed."
    COMMENT_FROZEN = "comment_frozen", 403, "Somebody may have acted on the comment: it stays as it is."
    NOT_ELIGIBLE = "not_eligible", 403, "The case cannot go to court now; `reason_codes` says why."
    NOT_ENOUGH_TOKENS = "not_enough_tokens", 403, "Fewer tokens are left than the order costs."
    NOT_FOUND = "not_found", 404, "There is no such thing for you."
    CASE_NOT_FOUND = "case_not_found", 404, "There is no such case for you."
    NO_SUCH_CALL = "no_such_call", 404, "There is no call at this address."
    METHOD_NOT_ALLOWED = "method_not_allowed", 405, "The call does not take this method; `Allow` says which it takes."
    CONFLICT = "conflict", 409, "The state of things does not allow it now; the message says what would."
    CASE_CLOSED = "case_closed", 409, "The case is closed, or went to court."
    MONEY_RECEIVED = "money_received", 409, "Money was received on the case: it cannot be deleted."
    DUPLICATE_PAYMENT = "duplicate_payment", 409, "Such a payment is recorded already: `payment_id`."
    DUPLICATE_CREDIT_NOTE = "duplicate_credit_note", 409, "Such a credit note is recorded already: `credit_note_id`."
    RATE_MISSING = "rate_missing", 409, "No interest rate is known for a day of the account."
    IDEMPOTENCY_KEY_IN_USE = "idempotency_key_in_use", 409, "The first request with this key is being carried out."
    PAYLOAD_TOO_LARGE = "payload_too_large", 413, "The body, or the file, is over the limit."
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type", 415, "The body is of another media type."
    VALIDATION_FAILED = "validation_failed", 422, "Values break rules: `errors` and `codes` say which."
    IDEMPOTENCY_KEY_REUSED = "idempotency_key_reused", 422, "The key was used for another request."
    TOO_MANY_ATTEMPTS = "too_many_attempts", 429, "A rate limit is used up; `Retry-After` says for how long."
    SERVER_ERROR = "server_error", 500, "We failed; nothing was changed."
    SIDE_TAKEN = "side_taken", 500, "The case has a customer, or a debtor, already."
    CASE_INCOMPLETE = "case_incomplete", 500, "Without this company the case would be incomplete."
    TRANSFER_FAILED = "transfer_failed", 500, "The transfer failed; nothing was changed."
    FILE_UNAVAILABLE = "file_unavailable", 500, "The file could not be read."
    UNAVAILABLE = "unavailable", 503, "Something that we need is away for a moment; nothing was done."
    STORAGE_FULL = "storage_full", 507, "There is no room to store the file; nothing was kept."


class FieldCode(StrEnum):
    """What is wrong with a value: the code, and what it means."""

    def __new__(cls, value: str, _meaning: str) -> "FieldCode":
        """The member is its word."""
        member = str.__new__(cls, value)
        member._value_ = value
        return member

    def __init__(self, _value: str, meaning: str) -> None:
        self.meaning = meaning

    INVALID = "invalid", "The value is of another kind, or breaks a rule that the sentence names."
    REQUIRED = "required", "The value is missing."
    REQUIRED_WHEN = "required_when", "The value is missing beside the value of another field."
    INAPPLICABLE = "inapplicable", "The value must be null beside the value of another field."
    UNKNOWN = "unknown", "It is none of the values that there are."
    TAKEN = "taken", "Something else has it already."
    DUPLICATE = "duplicate", "It comes twice in this request."
    TOO_MANY = "too_many", "The list has too many items."
    TOO_LONG = "too_long", "The text has too many characters."
    TOO_LARGE = "too_large", "The object is too large."
    UNSTORABLE = "unstorable", "It holds characters, or values, that cannot be kept."
    LENGTH = "length", "The code has another length."
    DIGITS = "digits", "It has too many digits, or something else than digits."
    DECIMALS = "decimals", "It has too many decimals."
    NEGATIVE = "negative", "It is below zero."
    RANGE = "range", "It is outside its bounds."
    TWO_WAYS = "two_ways", "It can be read two ways."
    SHORT_YEAR = "short_year", "The year has not four digits."
    NOT_EMAIL = "not_email", "It is no e-mail address."
    NOT_URL = "not_url", "It is no address of the web."
    UNREACHABLE = "unreachable", "The host of the address is not found."
    PAGE = "page", "It is no number of a page."
    SIZE = "size", "It is no number of rows that a page may have."
    REUSED = "reused", "The key was used for another request."


# What fields and the framework call otherwise.
ALIASES = {
    "null": FieldCode.REQUIRED,
    "blank": FieldCode.REQUIRED,
    "invalid_choice": FieldCode.UNKNOWN,
    "no_name": FieldCode.INVALID,
}


class Coded(str):
    """A sentence with the code of what it says."""

    code: str

    def __new__(cls, sentence: Any, code: FieldCode) -> "Coded":
        """The sentence as it reads now."""
        coded = super().__new__(cls, sentence)
        coded.code = code.value
        return coded


def field_code(sentence: Any) -> str:
    """The code of a sentence about a field: what it was made with, else `invalid`."""
    code = str(getattr(sentence, "code", FieldCode.INVALID))
    return ALIASES[code].value if code in ALIASES else code
