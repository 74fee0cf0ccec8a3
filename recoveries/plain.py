"""Cases that are plainly right, read without a serializer.

Whatever is read here, `NewRecoverySerializer` reads with the same values; of anything else it finds the sentences.
"""

from typing import Any

from legalcity.lib.reading.plain import DAY, TEXT, Plain, plain_day, text, words
from legalcity.lib.settings.live import live
from recoveries.models import Recovery
from recoveries.rules import EXTERNAL_ID

_NEEDED = frozenset({"recovery_service_object", "recovery_due_date"})
_PLAIN = Plain(
    texts={
        "recovery_service_object": TEXT,
        "recovery_due_date": DAY,
        "recovery_interest_rate": words(*Recovery.InterestRate.values),
        "recovery_observations": TEXT,
        "matter": words(*Recovery.Matter.values),
        "external_id": text(EXTERNAL_ID),
    },
    numbers={
        "type": frozenset(Recovery.Type.values),
        "recovery_raison_notpaid": frozenset(Recovery.Reason.values),
    },
    flags=frozenset({"recovery_late_interest", "recovery_penalty", "assign_to_me"}),
    needed=_NEEDED,
    never_null=_NEEDED | {"type", "matter"},
)


def read_plain(data: Any) -> dict[str, Any] | None:
    """A new case of nothing but values in their usual forms; else None. Its rules are asked after it."""
    longest = min(live.TEXT_LENGTH, live.OBSERVATIONS_LENGTH)
    if not _PLAIN.holds(data, longest=longest):
        return None
    day = plain_day(data["recovery_due_date"])
    return None if day is None else {**data, "recovery_due_date": day}
