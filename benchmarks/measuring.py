"""Measuring by turns: A B C A B C …, so that what disturbs the machine disturbs all alike."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass, field

from load import Call, Slice, measure
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

    def ratio(self, name: str, to: str, of: Callable[[Slice], float] = lambda turn: turn.rate) -> float:
        """The median over the rounds of one target's measure over another's, each pair measured side by side."""
        pairs = zip(self.slices[name], self.slices[to], strict=True)
        return statistics.median(of(one) / of(other) for one, other in pairs)

    def cpu_each(self, name: str) -> float:
        """The server's processor time for a request, in milliseconds, over all rounds: less noisy than the clock."""
        turns = self.slices[name]
        return sum(turn.cpu for turn in turns) / sum(len(turn.latencies) for turn in turns) * 1000


def by_turns(targets: dict[str, Target], pace: Pace, seconds: float | None = None) -> Turns:
    """Warm every target up, then measure them by turns."""
    turns = Turns({name: [] for name in targets})
    for target in targets.values():
        measure(target.server.port, target.call, WARM_UP)
    for _ in range(pace.rounds):
        for name, target in targets.items():
            before = target.server.cpu_seconds()
            turn = measure(target.server.port, target.call, seconds or pace.seconds)
            turn.cpu = target.server.cpu_seconds() - before
            turns.slices[name].append(turn)
    return turns
