"""What was done since a moment to which the database was brought back, as far as the log tells."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

READING = ("GET", "HEAD", "OPTIONS")
# What goes out, by the event of its line, and what its line names.
OUT = {
    "email_sent": "recovery_id",
    "scenario_step": "recovery_id",
    "letters_printed": "batch_id",
    "creditor_notice_sent": "notice_id",
    "notice_sent": "notice_id",
}


@dataclass(frozen=True, slots=True)
class Lost:
    """`calls`: how many writing calls each account made, by (user id, method, route). `out`: what OUT's lines name."""

    calls: Counter[tuple[int, str, str]] = field(default_factory=Counter)
    out: dict[str, set[int]] = field(default_factory=dict)


def lost_of(lines: Iterable[str]) -> Lost:
    """Read lines of the log; those that are not ours are passed over."""
    lost = Lost()
    for line in _told(lines):
        event, user = line.get("event"), line.get("user_id")
        if event == "request" and isinstance(user, int) and _has_written(line):
            lost.calls[user, str(line["method"]), str(line.get("route"))] += 1
        elif event in OUT and isinstance(named := line.get(OUT[event]), int):
            lost.out.setdefault(event, set()).add(named)
    return lost


def _told(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    for text in lines:
        try:
            line = json.loads(text)
        except ValueError:
            continue
        if isinstance(line, dict):
            yield line


def _has_written(line: dict[str, Any]) -> bool:
    status = line.get("status")
    return line.get("method") not in READING and isinstance(status, int) and status < 400
