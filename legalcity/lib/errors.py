"""The family of domain errors. Services raise them; every door renders them in its own way."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.utils.functional import Promise

from legalcity.lib.codes import ErrorCode

Sentence = str | Promise
Sentences = Mapping[str, Sequence[Sentence]]


class DomainError(Exception):
    """Something the domain refuses. `message` is a sentence for the person who asked, `code` a word for programs."""

    usual: ClassVar[ErrorCode] = ErrorCode.BAD_REQUEST

    def __init__(self, message: Sentence, *, code: ErrorCode | None = None, **extra: Any) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.usual
        self.extra = extra  # Shown beside the message: {"reasons": [...]}


class BadRequest(DomainError):
    """The request cannot be carried out as it stands."""


class Forbidden(DomainError):
    """The person may not do this, or the state of the thing does not allow it."""

    usual = ErrorCode.FORBIDDEN


class Conflict(DomainError):
    """The state of the thing does not allow it now; the sentence says what would.

    `retry_after`: in how many seconds it may allow it by itself, where it will.
    """

    usual = ErrorCode.CONFLICT

    def __init__(
        self, message: Sentence, *, code: ErrorCode | None = None, retry_after: int | None = None, **extra: Any
    ) -> None:
        super().__init__(message, code=code, **extra)
        self.retry_after = retry_after


class NotFound(DomainError):
    """There is no such thing, or it is not this person's to know."""

    usual = ErrorCode.NOT_FOUND


class Invalid(DomainError):
    """Values that break rules: `errors` maps a dotted field name to its sentences."""

    usual = ErrorCode.VALIDATION_FAILED

    def __init__(self, errors: Sentences) -> None:
        super().__init__("Validation failed")
        self.errors = errors


class Failed(DomainError):
    """A refusal that the published contract answers as a failure of the server."""

    usual = ErrorCode.SERVER_ERROR


class Unavailable(DomainError):
    """Something that the work needs is away for a moment. Nothing was done; ask again soon."""

    usual = ErrorCode.UNAVAILABLE


class Full(DomainError):
    """There is no room left to keep what was sent. Nothing was kept."""

    usual = ErrorCode.STORAGE_FULL
