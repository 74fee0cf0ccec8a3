"""The types of events as they are told to outsiders."""

from typing import Any

from events.types import EventType, Seen, event_types

# Staff hear of everything.
OUTSIDERS = {"client": Seen.CLIENT, "debtor": Seen.DEBTOR, "bailiff": Seen.BAILIFF}


def audience_told(declared: EventType) -> list[str]:
    """Who of outside may hear of it."""
    return [name for name, bit in OUTSIDERS.items() if declared.audience & bit]


def catalogue_told() -> list[dict[str, Any]]:
    """The types that clients may hear of, in their alphabet."""
    return [
        {
            "type": declared.code,
            "description": declared.sentence,
            "audience": audience_told(declared),
            "schema": declared.schema,
            "example": declared.example,
        }
        for declared in event_types().values()
        if declared.audience & Seen.CLIENT
    ]
