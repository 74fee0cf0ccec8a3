"""Reads of many rows, a piece at a time, through whatever stands between us and the server."""

from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from typing import TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, transaction

T = TypeVar("T")


def in_pieces(rows: Iterable[T]) -> Iterator[T]:
    """`rows` of a `QuerySet.iterator()`, read by a cursor of the server also behind a pooler.

    A pooler keeps one connection for us only while a transaction is open. Without one the cursor outlives its
    statement by itself, and holds back no clearing up.
    """
    alias = DEFAULT_DB_ALIAS
    is_pooled = connections[alias].settings_dict.get("IS_POOLED")
    with transaction.atomic(using=alias) if is_pooled else nullcontext():
        yield from rows
