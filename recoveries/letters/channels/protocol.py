"""What all ways out have in common, and what may come of a try."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from legalcity.lib.errors import Sentence
from recoveries.letters.models import Message


class NotHanded(Exception):
    """A message was not handed over. `reason` is a short word, or the class of an error: nothing of the debtor's."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Refused(NotHanded):
    """It never will be: nothing has left. `is_address_wrong`: there is no such recipient."""

    def __init__(self, reason: str, *, is_address_wrong: bool = False) -> None:
        super().__init__(reason)
        self.is_address_wrong = is_address_wrong


class Later(NotHanded):
    """Not now: nothing has left, and another attempt may do better."""


class Unknown(NotHanded):
    """Nobody knows: it may have left. It is never tried again by itself, but where the carrier can be asked."""


@dataclass(frozen=True, slots=True)
class Handed:
    """A message is out: the carrier's name for it, and what it cost (EUR) where that is known by then."""

    ref: str = ""
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What a carrier tells of a message (`MessageFact.Kind`); `provider_id` names it, so that it is told once.

    `proof` are the bytes of a PDF that proves it.
    """

    kind: str
    at: datetime
    provider_id: str
    note: str = ""
    sha256: str = ""
    proof: bytes | None = None


class Channel(Protocol):
    """A way out.

    provider     what carries it: smtp, post-folder, maileva, electronic, file, smsmode
    is_by_hand   it waits in the post folder until staff have posted it; nothing is submitted
    can_ask      the carrier says whether it has a message, by our token or by a name that is kept before
    """

    provider: str
    is_by_hand: bool
    can_ask: bool

    def check(self, message: Message) -> list[Sentence]:
        """Why a message cannot go this way; nothing where it can."""

    def submit(self, message: Message, *, keep: Callable[[str], None]) -> Handed:
        """Hand a message over. Raises Refused, Later, Unknown.

        `keep` writes the carrier's name for it down, committed when it returns: before the step that sends it. A
        message that a lost worker left is submitted once more where `can_ask`: what was sent by then is not sent again.
        """

    def facts(self, payload: Mapping[str, Any]) -> list[Fact]:
        """What a carrier's news say of one message, oldest first."""

    def cost(self, message: Message) -> Decimal | None:
        """What it would cost (EUR); None where nobody knows before."""
