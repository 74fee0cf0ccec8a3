"""How often Python looks for objects that name each other in a circle and nobody else."""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

MANY = 20_000  # new objects between two looks; Python's own 700 are few where thousands of rows are read at once
_lock = threading.Lock()
_usual: list[tuple[int, int, int]] = []


@contextmanager
def rarely_collecting() -> Iterator[None]:
    """Have it look rarely as long as the block runs, in the whole process: for work that makes and drops many values.

    Several threads may be within: the last one that leaves puts back what the first has found.
    """
    with _lock:
        _usual.append(gc.get_threshold())
        gc.set_threshold(max(MANY, _usual[-1][0]), *_usual[-1][1:])
    try:
        yield
    finally:
        with _lock:
            usual = _usual.pop()
            if not _usual:
                gc.set_threshold(*usual)
