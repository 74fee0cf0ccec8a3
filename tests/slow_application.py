"""An application that needs no settings, to look at the server alone: `/slow` takes its time.

It says which process has answered.
"""

import os
import time
from collections.abc import Iterable
from typing import Any

SECONDS = 4


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answer, soon or late."""
    if environ["PATH_INFO"] == "/slow":
        time.sleep(SECONDS)
    process = str(os.getpid()).encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(process)))])
    return [process]
