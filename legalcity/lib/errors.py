"""The family of domain errors. Services raise them; every door renders them in its own way."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise

Sentence = str | Promise
Sentences = Mapping[str, Sequence[Sentence]]


class DomainError(Exception):
    """Something the domain refuses. `message` is a sentence for the person who asked."""

    def __init__(self, message: Sentence, **extra: Any) -> None:
        super().__init__(message)
        self.message = message
        self.extra = extra  # Shown beside the message: {"reasons": [...]}


class BadRequest(DomainError):
    """The request cannot be carried out as it stands."""


class Forbidden(DomainError):
    """The person may not do this, or the state of the thing does not allow it."""


class Conflict(DomainError):
    """The state of the thing does not allow it now; the sentence says what would."""


class NotFound(DomainError):
    """There is no such thing, or it is not this person's to know."""


class Invalid(DomainError):
    """Values that break rules: `errors` maps a dotted field name to its sentences."""

    def __init__(self, errors: Sentences) -> None:
        super().__init__("Validation failed")
        self.errors = errors


class Failed(DomainError):
    """A refusal that the published contract answers as a failure of the server."""


class Unavailable(DomainError):
    """Something that the work needs is away for a moment. Nothing was done; ask again soon."""


class Full(DomainError):
    """There is no room left to keep what was sent. Nothing was kept."""
