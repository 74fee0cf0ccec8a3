"""What can be said of a formal notice."""

from datetime import date
from typing import Any

import pytest

from law.notices import DAYS, notice_errors

TODAY = date(2026, 6, 1)
SENT, SEEN, GOT = date(2026, 3, 2), date(2026, 3, 4), date(2026, 3, 6)
NAMES = {name: name for name in DAYS}


def refused(channel: str = "registered", state: str = "received", **values: Any) -> list[str]:
    given = {"channel": channel, "state": state, "sent_on": SENT, **values}
    return list(notice_errors(given, NAMES, today=TODAY))


@pytest.mark.parametrize(
    ("channel", "state", "days"),
    [
        ("registered", "sent", {}),
        ("registered", "presented", {"presented_on": SEEN}),
        ("registered", "received", {"presented_on": SEEN, "received_on": GOT}),
        ("registered", "unclaimed", {"presented_on": SEEN}),
        ("bailiff", "refused", {"presented_on": SENT}),
        ("creditor", "unclaimed", {"presented_on": SEEN}),
        ("hand", "received", {"received_on": SENT}),
        ("email", "received", {"received_on": SENT, "proof_id": 1}),
        ("email", "planned", {"sent_on": None}),
    ],
)
def test_what_can_be(channel: str, state: str, days: dict[str, Any]) -> None:
    assert refused(channel, state, **days) == []


@pytest.mark.parametrize(
    ("channel", "state", "days", "where"),
    [
        ("registered", "received", {}, "received_on"),
        ("registered", "sent", {"sent_on": None}, "sent_on"),
        ("registered", "unclaimed", {}, "presented_on"),
        ("registered", "presented", {}, "presented_on"),
        ("registered", "received", {"received_on": date(2026, 3, 1)}, "received_on"),
        ("registered", "received", {"presented_on": GOT, "received_on": SEEN}, "received_on"),
        ("registered", "presented", {"presented_on": date(2026, 3, 1)}, "presented_on"),
        ("registered", "received", {"received_on": date(2026, 6, 2)}, "received_on"),
        ("registered", "sent", {"sent_on": date(1989, 12, 31)}, "sent_on"),
        ("registered", "unclaimed", {"presented_on": SEEN, "received_on": GOT}, "state"),
        ("email", "refused", {"presented_on": SEEN}, "state"),
        ("hand", "unclaimed", {"presented_on": SEEN}, "state"),
        ("email", "received", {"received_on": SEEN}, "proof"),
    ],
)
def test_what_cannot_be(channel: str, state: str, days: dict[str, Any], where: str) -> None:
    assert refused(channel, state, **days) == [where]
