"""The types of events as they are told to outsiders."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from events.schemas import opened
from events.types import EventType, Seen, event_types
from legalcity.lib.errors import Sentence

# Staff hear of everything.
OUTSIDERS = {"client": Seen.CLIENT, "debtor": Seen.DEBTOR, "bailiff": Seen.BAILIFF}


WORDS: dict[Seen, Sentence] = {
    Seen.CLIENT: _("client"),
    Seen.STAFF: _("staff"),
    Seen.DEBTOR: _("debtor"),
    Seen.BAILIFF: _("bailiff"),
}


def audience_words(audience: Seen) -> list[Sentence]:
    """Who may hear of something, for people."""
    return [word for bit, word in WORDS.items() if audience & bit]


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
            "schema": opened(declared.schema),
            "example": declared.example,
        }
        for declared in event_types().values()
        if declared.audience & Seen.CLIENT
    ]
