"""Reads of many rows, a piece at a time, through whatever stands between us and the server."""

from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from typing import TypeVar

from django.db import connections, transaction

from legalcity.lib.replica import read_alias, reading_from

T = TypeVar("T")


def in_pieces(rows: Iterable[T]) -> Iterator[T]:
    """`rows` of a `QuerySet.iterator()`, read by a cursor of the server also behind a pooler.

    They come from the database that is read here and now, although they are read later.
    """
    return _pieces(rows, read_alias())


def _pieces(rows: Iterable[T], alias: str) -> Iterator[T]:
    """A pooler keeps one connection for us only while a transaction is open.

    Without one the cursor outlives its statement by itself, and holds back no clearing up.
    """
    is_pooled = connections[alias].settings_dict.get("IS_POOLED")
    source, end = iter(rows), object()
    with transaction.atomic(using=alias) if is_pooled else nullcontext():
        while True:
            with reading_from(alias):
                row = next(source, end)
            if row is end:
                return
            yield row  # type: ignore[misc]  # It is no end.
