"""Who writes the words of notices. Cases stand above this room: the one that knows them registers its writer.

The engine says who is told of which events; the writer makes the e-mail, with figures of the cases (the décompte).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol

from accounts.models import User
from legalcity.lib.emails.rows import Enclosure

if TYPE_CHECKING:
    from events.models import Event


@dataclass(frozen=True, slots=True)
class Words:
    """An e-mail: a subject of one line, and the same words as text and as HTML."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What one recipient is to be told: events, oldest first; of one group, or of several in a digest.

    `leave` is the address by which the recipient is told no more of it; empty where there is none.
    """

    owner: User
    group: str
    events: "Sequence[Event]"
    language: str
    leave: str


class Writer(Protocol):
    """What the room of cases does for this one."""

    def news(self, told: News) -> Words:
        """What has happened."""

    def week(self, told: News, *, first: date, last: date) -> Words | None:
        """How an account stands after a week; None where there is nothing to tell."""

    def confirmation(self, *, owner: User, address: str, language: str) -> Words:
        """Asks the recipient to confirm, by opening `address`."""

    def clients(self) -> Iterable[int]:
        """Ids of the accounts that a week is told to."""


class MorningWriter(Protocol):
    """Writes to members of staff."""

    def __call__(self, user: User, *, day: date) -> Words | None:
        """How many cases wait for `user`; None where none does."""


Encloser = Callable[[int, str], Sequence[Enclosure]]


class Enclosers:
    """Who knows what goes with the notices of a group; there is one."""

    def __init__(self) -> None:
        self._registered: dict[str, Encloser] = {}

    def register(self, group: str, encloser: Encloser) -> None:
        """Name who knows: of an account (its id) and a period of the group. Done when its room is loaded."""
        self._registered[group] = encloser

    def of(self, group: str, owner_id: int, period: str) -> Sequence[Enclosure]:
        """What goes with a notice. Raises OSError where it cannot be read now."""
        encloser = self._registered.get(group)
        return encloser(owner_id, period) if encloser else ()


class NoticeWriters:
    """Where the writers are registered; there is one of each."""

    def __init__(self) -> None:
        self._registered: tuple[Writer, MorningWriter] | None = None

    def register(self, *, clients: Writer, morning: MorningWriter) -> None:
        """Name the writers; done by the room of cases, when it is loaded."""
        self._registered = clients, morning

    @property
    def clients(self) -> Writer:
        """Who writes to clients."""
        return self._both()[0]

    @property
    def morning(self) -> MorningWriter:
        """Who writes to staff in the morning."""
        return self._both()[1]

    def _both(self) -> tuple[Writer, MorningWriter]:
        if self._registered is None:
            raise RuntimeError("no room has registered to write notices")
        return self._registered


notice_writers = NoticeWriters()
notice_enclosers = Enclosers()
