"""An application that needs no settings, to look at the server alone: `/slow` waits until it is let go.

It says which process has answered. `SLOW_FOLDER` has a file for each request that waits, and `let_go` at their end.
"""

import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import uuid4

LET_GO, WAITS = "let_go", ".waits"


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answer, at once or when it is let go."""
    if environ["PATH_INFO"] == "/slow":
        folder = Path(os.environ["SLOW_FOLDER"])
        (folder / f"{uuid4()}{WAITS}").touch()
        while not (folder / LET_GO).exists():
            time.sleep(0.02)
    process = str(os.getpid()).encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(process)))])
    return [process]
