"""Batches of a load by several processes: what one of them draws, another one has the database write."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import connection, get_context, parent_process
from threading import Thread
from typing import TypeVar

from django.db import connections

Batch = TypeVar("Batch")


def batches_done(load: Callable[[Batch], int], batches: Sequence[Batch], *, processes: int) -> Iterator[int]:
    """What `load` returns for each batch, in their order; with more than one process it travels to them, as they do.

    Raises what `load` raises, and BrokenProcessPool when one of them was killed.
    """
    processes = min(processes, len(batches))
    if processes <= 1:
        yield from map(load, batches)
        return
    connections.close_all()  # A connection is one process's.
    with ProcessPoolExecutor(processes, mp_context=get_context("fork"), initializer=_end_with_parent) as pool:
        yield from pool.map(load, batches)


def _end_with_parent() -> None:
    """A parent that is killed tells nobody: a process of the pool would wait for its next batch for ever."""
    Thread(target=_outlive_nobody, daemon=True).start()


def _outlive_nobody() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)  # As if it were killed too: what it had not committed is undone.
