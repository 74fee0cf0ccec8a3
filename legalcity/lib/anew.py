"""A transaction that is carried out anew when something that it drew by lot was taken already.

Taking back what failed alone takes a savepoint: two more round trips of each transaction, for what happens once in
hundreds of thousands. Where the whole of it can be carried out once more, nothing needs to be kept from the failure.
"""

from collections.abc import Callable
from contextvars import ContextVar
from typing import TypeVar

from django.db import transaction

T = TypeVar("T")

TRIES = 8  # each draws anew
_carried_out_anew: ContextVar[bool] = ContextVar("carried_out_anew", default=False)


class Taken(Exception):
    """What was drawn is another's already; the error of the database is its cause."""


def is_carried_out_anew() -> bool:
    """Whether the present transaction is carried out anew when Taken is raised in it."""
    return _carried_out_anew.get()


def carry_out(do: Callable[[], T]) -> T:
    """`do` in a transaction of its own, anew as long as it raises Taken. Raises what the database said the last time.

    `do` has no effect but what is rolled back.
    """
    token = _carried_out_anew.set(True)
    try:
        for left in reversed(range(TRIES)):
            try:
                with transaction.atomic():
                    return do()
            except Taken as taken:
                if not left:
                    raise (taken.__cause__ or taken) from None
        raise AssertionError("unreachable")
    finally:
        _carried_out_anew.reset(token)
