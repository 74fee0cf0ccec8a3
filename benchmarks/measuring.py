"""Measuring by turns: A B C A B C …, so that what disturbs the machine disturbs all alike."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass, field

from load import CONNECTIONS, Call, Slice, measure
from servers import Server

WARM_UP = 0.2


@dataclass(frozen=True)
class Pace:
    """How often and how long: `seconds` a turn, `write_seconds` for the slower writes."""

    rounds: int
    seconds: float
    write_seconds: float


@dataclass(frozen=True)
class Target:
    """A call to a server."""

    server: Server
    call: Call


@dataclass
class Turns:
    """The slices of each target, round by round."""

    slices: dict[str, list[Slice]] = field(default_factory=dict)

    def median(self, name: str, of: Callable[[Slice], float] = lambda turn: turn.rate) -> float:
        """The median of a measure (requests a second) over the rounds."""
        return statistics.median(map(of, self.slices[name]))

    def pairs(self, name: str, to: str, of: Callable[[Slice], float] = lambda turn: turn.cpu_each) -> list[float]:
        """One target's measure over another's, of each pair that was measured side by side."""
        return [of(one) / of(other) for one, other in zip(self.slices[name], self.slices[to], strict=True)]

    def ratio(self, name: str, to: str, of: Callable[[Slice], float] = lambda turn: turn.cpu_each) -> float:
        """The median of the pairs."""
        return statistics.median(self.pairs(name, to, of))

    def cpu_each(self, name: str) -> tuple[float, float]:
        """Milliseconds of processor time of a request, over all rounds: the server's, and the database's."""
        turns = self.slices[name]
        asked = sum(len(turn.latencies) for turn in turns) / 1000
        return sum(turn.web for turn in turns) / asked, sum(turn.database for turn in turns) / asked

    def asking_each(self, name: str) -> float:
        """Milliseconds of processor time that asking for a request took, over all rounds."""
        turns = self.slices[name]
        return sum(turn.asking for turn in turns) / sum(len(turn.latencies) for turn in turns) * 1000


def by_turns(
    targets: dict[str, Target], pace: Pace, seconds: float | None = None, connections: int = CONNECTIONS
) -> Turns:
    """Warm every target up, then measure them by turns."""
    turns = Turns({name: [] for name in targets})
    for target in targets.values():
        measure(target.server.port, target.call, WARM_UP, connections)
    for _ in range(pace.rounds):
        for name, target in targets.items():
            before = target.server.cpu()
            turn = measure(target.server.port, target.call, seconds or pace.seconds, connections)
            after = target.server.cpu()
            turn.web, turn.database = after.web - before.web, after.database - before.database
            turns.slices[name].append(turn)
    return turns
