"""gunicorn's threaded worker, which answers the supervisor however busy it is, and in the contract's form."""

import select
import socket
import time
from concurrent import futures
from contextlib import suppress
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn.util import write_nonblock  # type: ignore[import-untyped]
from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

from legalcity.lib.web.unreadable_requests import answer_to

LIVENESS = b"GET /healthz "
LET_OTHERS = 0.05  # seconds for which a busy process leaves new connections to one that is not


class AttentiveWorker(ThreadWorker):
    """Three things more than its base: `/healthz` has a thread of its own, a process whose threads are all at work is
    slow to take connections that another process could answer at once, and what cannot be read is answered as every
    failure is.
    """

    def init_process(self) -> None:
        """Prepare the thread apart."""
        self._at_work, self._looks_again = 0, 0.0
        self._waiting: list[Any] = []
        self._apart = futures.ThreadPoolExecutor(max_workers=1)
        super().init_process()

    def enqueue_req(self, conn: Any) -> None:
        """Hand a request to the threads; one that has not arrived yet waits for its first bytes without a thread."""
        head = _head(conn)
        if head is None:
            self._wait_for_bytes(conn)
            return
        if head == LIVENESS:
            asked = self._apart.submit(self.handle, conn)
        else:
            self._at_work += 1
            asked = self.tpool.submit(self.handle, conn)
            asked.add_done_callback(lambda _asked: self.method_queue.defer(self._one_less))
        asked.add_done_callback(lambda asked: self.method_queue.defer(self.finish_request, conn, asked))

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Answer what went wrong before the application. A request that cannot be read is logged without its words."""
        answer = answer_to(exc)
        if answer is None:
            super().handle_error(req, client, addr, exc)
            return
        self.log.warning("Unreadable request: %s", type(exc).__name__)
        with suppress(OSError):  # Who has sent it may be gone.
            write_nonblock(client, answer)

    def set_accept_enabled(self, enabled: bool) -> None:
        """Take connections as they come, but for a busy process."""
        super().set_accept_enabled(enabled and not self._is_busy())

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """A busy process looks now and then, and takes a connection that nobody has taken since it looked before."""
        super().wait_for_and_dispatch_events(min(timeout, LET_OTHERS) if self._is_busy() else timeout)
        takes = self.alive and self.nr_conns < self.worker_connections
        if takes and self._is_busy() and time.monotonic() >= self._looks_again:
            self._looks_again = time.monotonic() + LET_OTHERS
            waited = self._waiting
            self._waiting = [listener for listener in self.sockets if _has_connection(listener)]
            for listener in self._waiting:
                if listener in waited:
                    self.accept(listener)
        self.set_accept_enabled(takes)

    def _is_busy(self) -> bool:
        return bool(self._at_work >= self.cfg.threads)

    def _one_less(self) -> None:
        self._at_work -= 1

    def _wait_for_bytes(self, conn: Any) -> None:
        conn.sock.setblocking(False)
        conn.set_timeout()
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self.on_pending_socket_readable, conn))


def _has_connection(listener: Any) -> bool:
    poll = select.poll()
    poll.register(listener, select.POLLIN)
    return bool(poll.poll(0))


def _head(conn: Any) -> bytes | None:
    """The first bytes of a request, left where they are; None when there are none yet."""
    try:
        head: bytes = conn.sock.recv(len(LIVENESS), socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        # Of a connection in use the parser may have read on into the next request.
        return b"" if conn.initialized else None
    except (OSError, ValueError):  # Gone already, or TLS, which cannot be looked into: the thread will see.
        return b""
    return head
