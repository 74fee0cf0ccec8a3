"""References that nobody has yet."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from legalcity.lib.anew import TRIES, Taken, is_carried_out_anew
from legalcity.lib.codes import Coded, FieldCode
from legalcity.lib.errors import Invalid
from recoveries.rules import new_reference

T = TypeVar("T")


def with_reference(prefix: str, create: Callable[[str], T]) -> T:
    """`create` with a fresh reference; a taken one is rolled back alone, and another one drawn.

    Where nothing else is open the block is the transaction: a savepoint would be two more round trips. It is no story,
    so what `create` tells is written with what it writes. Raises Taken where the whole transaction is carried out anew.
    """
    if is_carried_out_anew():
        try:
            return create(new_reference(prefix))
        except IntegrityError as error:
            if not _is_taken(error):
                raise
            raise Taken from error
    for left in reversed(range(TRIES)):
        try:
            with transaction.atomic():
                return create(new_reference(prefix))
        except IntegrityError as error:
            if not left or not _is_taken(error):
                raise
    raise AssertionError("unreachable")


def _is_taken(error: IntegrityError) -> bool:
    return "reference" in str(error)


@contextmanager
def external_id_free(field: str = "external_id") -> Iterator[None]:
    """A savepoint for the write of a case. Raises as `external_id_told` does."""
    with external_id_told(field), transaction.atomic():
        yield


@contextmanager
def external_id_told(field: str = "external_id") -> Iterator[None]:
    """Around a write that is taken back alone. Raises Invalid when the `external_id` of the case is that of another one
    of its account; `field` is what the body calls it.
    """
    try:
        yield
    except IntegrityError as error:
        if "external_id" not in str(error):
            raise
        raise Invalid({field: [Coded(_("The external id has already been taken."), FieldCode.TAKEN)]}) from error
