"""Bodies that come in chunks, without a length said beforehand, as streaming HTTP clients send them.

Django takes a request that names no length for one without a body, and an update would be answered as done with
nothing changed. The server has put the chunks together already; what is missing is how long that is.
"""

from collections.abc import Callable, Iterable
from tempfile import SpooledTemporaryFile
from typing import Any

IN_MEMORY = 1024 * 1024  # bytes; what is longer goes to a temporary file
PIECE = 64 * 1024
TORN = b"{"  # What stands for a body whose chunks do not fit together: neither JSON nor a form.

Environ = dict[str, Any]
Application = Callable[[Environ, Any], Iterable[bytes]]


class ChunkedBodies:
    """WSGI: reads such a body, as far as the longest that any call takes (`most()` bytes), and says its length."""

    def __init__(self, application: Application, most: Callable[[], int]) -> None:
        self.application = application
        self.most = most

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """Pass on what has a length, or is no body that the server has put together."""
        is_chunked = "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
        if not (is_chunked and environ.get("wsgi.input_terminated")) or environ.get("CONTENT_LENGTH"):
            return self.application(environ, start_response)
        with SpooledTemporaryFile(IN_MEMORY) as body:
            self._copy(environ["wsgi.input"], body)
            environ["CONTENT_LENGTH"] = str(body.tell())
            body.seek(0)
            environ["wsgi.input"] = body
            return self.application(environ, start_response)

    def _copy(self, sent: Any, body: SpooledTemporaryFile[bytes]) -> None:
        """One byte more than the most, so that whoever reads sees that it was too long."""
        left = self.most() + 1
        try:
            while left > 0 and (piece := sent.read(min(PIECE, left))):
                body.write(piece)
                left -= len(piece)
        except Exception:  # Each server has its own errors for chunks that are none.
            body.seek(0)
            body.truncate()
            body.write(TORN)
