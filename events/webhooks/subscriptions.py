"""What an endpoint may ask to hear of, and what a trial says."""

from collections.abc import Mapping
from typing import Any

from events.types import Seen, codes_named, event_types

PING = "test.ping"


def is_known(word: str) -> bool:
    """Whether clients may hear of what `word` names: a type of events, or a family by `family.*`.

    A ping is sent by a trial alone: who asked for nothing else would wait for ever.
    """
    return bool(codes_named(word, audience=Seen.CLIENT) - {PING})


def is_type(word: str) -> bool:
    """Whether it is one type of events that clients may hear of."""
    return codes_named(word, audience=Seen.CLIENT) == {word}


def example_of(code: str) -> Mapping[str, Any]:
    """What an event of this type may say."""
    return event_types()[code].example
