"""gunicorn's threaded worker: it answers the supervisor however busy it is, in the contract's form what it cannot read,
and says so when it has too much to do.

A request that waits behind a hundred others is answered when its caller has gone. So a process takes no more into its
line than it can answer soon, and refuses the rest at once: 503 with `Retry-After`, from a thread apart, without reading
what was asked.
"""

import select
import socket
import sys
import time
from concurrent import futures
from contextlib import suppress
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn.util import close_graceful, write_nonblock  # type: ignore[import-untyped]
from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

from legalcity.lib.web.unreadable_requests import answer_to

LIVENESS = b"GET /healthz "
LET_OTHERS = 0.05  # seconds for which a busy process leaves new connections to one that is not
# A thread works so long before another one has its turn: who takes connections waits for each of them.
TURN = 0.0005  # seconds
AT_ONCE = 200  # connections that a busy process takes at one look
OF_PROGRAMS = (b" /api/", b" /v1/")
REFUSED = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
HEARS = 0.5  # seconds that one who is refused has to take the answer and go


class AttentiveWorker(ThreadWorker):
    """Four things more than its base: `/healthz` has a thread of its own, a process whose threads are all at work is
    slow to take connections that another process could answer at once, and one whose line is long refuses. What cannot
    be read is answered as every failure is.

    may_wait  how many requests may stand in line for a thread
    refusals  what is said to who is refused: to programs, to people
    is_told   called for each that is refused
    """

    may_wait = 64
    refusals = (REFUSED, REFUSED)

    @staticmethod
    def is_told() -> None:
        """Nobody counts, unless the server's configuration says who."""

    def init_process(self) -> None:
        """Prepare the thread apart."""
        sys.setswitchinterval(TURN)
        self._at_work, self._looks_again = 0, 0.0
        self._waiting: list[Any] = []
        self._apart = futures.ThreadPoolExecutor(max_workers=1)
        self._refusing = futures.ThreadPoolExecutor(max_workers=2)
        super().init_process()

    def enqueue_req(self, conn: Any) -> None:
        """Hand a request to the threads; one that has not arrived yet waits for its first bytes without a thread."""
        head = _head(conn)
        if head is None:
            self._wait_for_bytes(conn)
            return
        then = self.finish_request
        if head == LIVENESS:
            asked = self._apart.submit(self.handle, conn)
        elif self._at_work >= self.cfg.threads + self.may_wait:
            refused = self._refusing.submit(self._refuse, conn, self.refusals[not _is_of_programs(head)])
            refused.add_done_callback(lambda _refused: self.method_queue.defer(self._one_gone))
            return
        else:
            self._at_work += 1
            asked, then = self.tpool.submit(self.handle, conn), self._one_less
        asked.add_done_callback(lambda asked: self.method_queue.defer(then, conn, asked))

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
                    self._accept_many(listener)
        self.set_accept_enabled(takes)

    def _is_busy(self) -> bool:
        return bool(self._at_work >= self.cfg.threads)

    def _accept_many(self, listener: Any) -> None:
        """Nobody else has taken them: they are answered by this process, or refused by it."""
        for _ in range(min(AT_ONCE, self.worker_connections - self.nr_conns)):
            if not _has_connection(listener):
                return
            self.accept(listener)

    def _refuse(self, conn: Any, answer: bytes) -> None:
        self.is_told()
        try:
            conn.sock.settimeout(HEARS)
            conn.sock.sendall(answer)
        except OSError:
            pass  # Gone already.
        close_graceful(conn.sock, timeout=HEARS)

    def _one_less(self, conn: Any, asked: Any) -> None:
        """In one go with the end of the request: each call wakes the thread that takes connections."""
        self._at_work -= 1
        self.finish_request(conn, asked)

    def _one_gone(self) -> None:
        self.nr_conns -= 1

    def _wait_for_bytes(self, conn: Any) -> None:
        conn.sock.setblocking(False)
        conn.set_timeout()
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self.on_pending_socket_readable, conn))


def _has_connection(listener: Any) -> bool:
    poll = select.poll()
    poll.register(listener, select.POLLIN)
    return bool(poll.poll(0))


def _is_of_programs(head: bytes) -> bool:
    return any(word in head for word in OF_PROGRAMS)


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
