"""A process that is killed (`kill -9`) at a line of what it does, to see what becomes of its work."""

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

NEVER_REACHED = 10**9  # lines


def ended_at(after: int, work: Callable[[], object], is_counted: Callable[[str], bool]) -> tuple[bool, str]:
    """Work in a process of its own that is killed at the `after`-th line that it runs of the files that are counted.

    Whether it was killed, and which line that was (`file.py:12`). One that went through says how many lines it has run.
    """
    from django.db import connections

    connections.close_all()
    here, there = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            _die(after, there, work, is_counted)
        finally:
            os._exit(0)
    os.close(there)
    _pid, status = os.waitpid(pid, 0)
    with os.fdopen(here) as told:
        return os.WIFSIGNALED(status), told.read()


def _die(after: int, there: int, work: Callable[[], object], is_counted: Callable[[str], bool]) -> None:
    left = [after]

    def trace(frame: FrameType, event: str, _argument: Any) -> Any:
        if not is_counted(frame.f_code.co_filename):
            return None
        if event == "line":
            left[0] -= 1
            if left[0] == 0:
                os.write(there, f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}".encode())
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    threading.settrace(trace)
    sys.settrace(trace)
    work()
    os.write(there, str(after - left[0]).encode())
