"""Kinds of events: declared where they arise, in the `events.py` of a room, and gathered when the process starts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntFlag
from typing import Any

from legalcity.lib.audience import Audience, Visibility
from legalcity.lib.errors import Sentence

Json = dict[str, Any]
Changes = Mapping[str, Mapping[str, Mapping[str, Sequence[Any]]]]  # {"table": {"pk": {"field": [before, after]}}}


class Seen(IntFlag):
    """Who may hear of an event, as the table keeps it. Courts hear of none."""

    NOBODY = 0
    CLIENT = 1
    STAFF = 2
    DEBTOR = 4
    BAILIFF = 8


EVERY = ".*"  # Behind a family: all its facts.
CLIENT_AND_STAFF = Seen.CLIENT | Seen.STAFF
_SEEN_BY = {Audience.CLIENT: Seen.CLIENT, Audience.DEBTOR: Seen.DEBTOR, Audience.BAILIFF: Seen.BAILIFF}


def seen_by(visibility: Visibility, row: Any) -> Seen:
    """Who sees `row`, and so may hear of it."""
    seen = Seen.STAFF
    for audience, bit in _SEEN_BY.items():
        if visibility.shows(row, audience):
            seen |= bit
    return seen


@dataclass(frozen=True, slots=True)
class EventType:
    """A kind of event.

    code      `family.fact`, as clients ask for it
    audience  who may hear of it at most; one event may have fewer
    schema    JSON schema of `data`
    sentence  what has happened, for people
    example   `data` as it may be
    """

    code: str
    audience: Seen
    schema: Mapping[str, Any]
    sentence: Sentence
    example: Mapping[str, Any]


_types: dict[str, EventType] = {}


def event_type(
    code: str, sentence: Sentence, schema: Json, example: Json, audience: Seen = CLIENT_AND_STAFF
) -> EventType:
    """Declare a kind of event. Raises ValueError for a code that another one has."""
    if code in _types:
        raise ValueError(f"The event type {code} is declared twice.")
    declared = EventType(code, audience, schema, sentence, example)
    _types[code] = declared
    return declared


def event_types() -> dict[str, EventType]:
    """All that are declared, by code."""
    return dict(sorted(_types.items()))


def codes_named(word: str, *, audience: Seen) -> frozenset[str]:
    """The codes of `family.fact` or `family.*` that some of `audience` may hear of; none where there are none."""
    heard = {code for code, declared in _types.items() if declared.audience & audience}
    if word.endswith(EVERY):
        return frozenset(code for code in heard if code.startswith(word.removesuffix("*")))
    return frozenset(heard & {word})


def require_declared(declared: EventType) -> None:
    """Raises ValueError for a type that no room has declared."""
    if _types.get(declared.code) is not declared:
        raise ValueError(f"There is no event type {declared.code}.")
