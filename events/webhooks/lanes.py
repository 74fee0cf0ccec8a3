"""The places of a process for tries, in lanes: who is slow, or fails, takes none of those who answer at once. Pure.

Where an endpoint stands: it fails when its last try did; it is slow for a while after an answer that took long
(SLOW_AFTER), and as long as a try of it lasts longer; all others are quick, new ones too. A try of a quick one that
turns out to last is moved to places of its own, and leaves its own to the next.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

SLOW_AFTER = timedelta(seconds=1)
SLOW_FOR = timedelta(minutes=10)  # since the last answer that took long


class Lane(Enum):
    """Where a try is counted; the value is how many there may be in a process."""

    QUICK = 32
    SLOW = 16
    FAILING = 4
    LASTING = 44  # of endpoints that were quick until then

    @classmethod
    def of(cls, failing_since: datetime | None, slow_until: datetime | None, moment: datetime) -> "Lane":
        """The lane of an endpoint."""
        if failing_since is not None:
            return cls.FAILING
        return cls.SLOW if slow_until is not None and slow_until > moment else cls.QUICK


THREADS = sum(lane.value for lane in Lane)  # of one process
OF_AN_OWNERS_LASTING_ONES = 8


@dataclass(slots=True)
class Places:
    """Some places, and which accounts have them."""

    all: int
    of_owners: Counter[int] = field(default_factory=Counter)

    @property
    def free(self) -> int:
        """How many nobody has."""
        return self.all - self.of_owners.total()

    def share(self, owner_id: int) -> int:
        """How many more an account may have: half of what is free, less what it has; the last one is anybody's."""
        return max(0, (self.free - self.of_owners[owner_id] + 1) // 2)

    def full_owners(self) -> set[int]:
        """Accounts that may have no more."""
        return {owner_id for owner_id in self.of_owners if not self.share(owner_id)}


@dataclass(frozen=True, slots=True)
class Running:
    """A try that runs: whose it is, in which lane it was begun, and whether it lasts."""

    owner_id: int
    lane: Lane
    lasts: bool

    @property
    def now_in(self) -> Lane:
        """The lane that it takes a place of now."""
        return Lane.LASTING if self.lane is Lane.QUICK and self.lasts else self.lane


class Room:
    """The places of a process."""

    def __init__(self, running: Iterable[Running] = ()) -> None:
        self.lanes = {lane: Places(lane.value) for lane in Lane}
        for each in running:
            self.lanes[each.now_in].of_owners[each.owner_id] += 1
        # Those that last and have no place of their own keep the one that they had.
        self.lanes[Lane.QUICK].all += min(0, self.lanes[Lane.LASTING].free)

    @property
    def free(self) -> int:
        """How many tries may begin."""
        return sum(max(0, self.lanes[lane].free) for lane in Lane if lane is not Lane.LASTING)

    def share(self, owner_id: int, lane: Lane) -> int:
        """How many tries of an account may begin in a lane. Who has many that last waits for their end."""
        share = self.lanes[lane].share(owner_id)
        return min(share, self._left_to_last(owner_id)) if lane is Lane.QUICK else share

    def give(self, owner_id: int, lane: Lane, places: int) -> None:
        """Places are an account's now."""
        self.lanes[lane].of_owners[owner_id] += places

    def full_owners(self, lane: Lane) -> Collection[int]:
        """Accounts of which no try may begin in a lane."""
        full = self.lanes[lane].full_owners()
        if lane is Lane.QUICK:
            full |= {owner_id for owner_id in self.lanes[Lane.LASTING].of_owners if not self._left_to_last(owner_id)}
        return full

    def _left_to_last(self, owner_id: int) -> int:
        """An account that has none that last may begin as many as it has a share of."""
        lasting = self.lanes[Lane.LASTING].of_owners[owner_id]
        if not lasting:
            return Lane.QUICK.value
        return max(0, OF_AN_OWNERS_LASTING_ONES - lasting - self.lanes[Lane.QUICK].of_owners[owner_id])
