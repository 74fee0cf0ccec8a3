"""References that nobody has yet."""

from collections.abc import Callable
from typing import TypeVar

from django.db import IntegrityError, transaction

from recoveries.rules import new_reference

T = TypeVar("T")

TRIES = 8


def with_reference(prefix: str, create: Callable[[str], T]) -> T:
    """`create` with a fresh reference; a taken one is rolled back alone, and another one drawn."""
    for left in reversed(range(TRIES)):
        try:
            with transaction.atomic():
                return create(new_reference(prefix))
        except IntegrityError as error:
            if not left or "reference" not in str(error):
                raise
    raise AssertionError("unreachable")
