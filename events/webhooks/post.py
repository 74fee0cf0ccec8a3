"""The tries that run in this process: its few threads speak with receivers and know no database.

The threads outlive the run of a worker that has begun a try: no run waits for a receiver that is slow. What comes of
a try is written down by the run that is there when it ends, or else by the thread that made it.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from events.webhooks.claiming import Taken
from events.webhooks.lanes import SLOW_AFTER, THREADS, Room, Running
from events.webhooks.sending import Outcome

Result = tuple[Taken, "Future[Outcome]"]


class Post:
    """Tries that run, and those that have ended and are not written down yet. One run at a time attends to them."""

    def __init__(self, *, unattended: Callable[[Sequence[Result]], object]) -> None:
        """`unattended` is given what ends while no run is there, in the thread that made the try."""
        self._unattended = unattended
        self.clear()

    def clear(self) -> None:
        """Begin with no tries, and with threads that are still to be started."""
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="webhook")
        self._changed, self._late = threading.Condition(), threading.Lock()
        self._running: dict[Future[Outcome], tuple[Taken, float]] = {}  # with when each was begun
        self._ended: list[Future[Outcome]] = []
        self._run: object | None = None  # who attends

    @property
    def is_busy(self) -> bool:
        """Whether a try runs, or is to be written down."""
        return bool(self._running)

    @contextmanager
    def attended(self) -> Iterator[bool]:
        """Whether this run is the only one; who is not leaves."""
        run = object()
        with self._changed:
            is_mine = self._run is None
            self._run = run if is_mine else self._run
        try:
            yield is_mine
        finally:
            with self._changed:
                if self._run is run:  # Who has left may have a successor, who attends still.
                    self._run = None

    def leave(self) -> bool:
        """End the run's attendance; False while there is something left to be written down."""
        with self._changed:
            if self._ended:
                return False
            self._run = None
            return True

    def begin(self, taken: Taken, send: Callable[[], Outcome]) -> None:
        """Try it in a thread of its own. There must be room."""
        future = self._pool.submit(send)
        with self._changed:
            self._running[future] = taken, time.monotonic()
        future.add_done_callback(self._end)

    def room(self) -> Room:
        """The places of this process, as they are taken."""
        quick_since = time.monotonic() - SLOW_AFTER.total_seconds()
        with self._changed:
            running = list(self._running.values())
        return Room(
            Running(taken.delivery.endpoint.owner_id, taken.lane, begun < quick_since) for taken, begun in running
        )

    def ended(self, *, within: float) -> list[Result]:
        """What has ended, after so many seconds at most. Who asks writes it down."""
        with self._changed:
            self._changed.wait_for(lambda: self._ended, within)
            return self._take()

    def close(self) -> None:
        """Let the tries come to their end, as the process ends."""
        self._pool.shutdown()

    def _take(self) -> list[Result]:
        taken = [(self._running.pop(future)[0], future) for future in self._ended]
        self._ended.clear()
        return taken

    def _end(self, future: "Future[Outcome]") -> None:
        with self._changed:
            self._ended.append(future)
            if self._run is not None:
                self._changed.notify()
                return
        with self._late:  # One after the other, with all that has ended: many threads need one connection.
            with self._changed:
                results = self._take() if self._run is None else []
            if results:
                self._unattended(results)
