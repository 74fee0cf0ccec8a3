"""What a rehearsal comes to: its lines, and their counts."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from recoveries.letters.channels.prices import NOTHING, price_of

COUNTS = ("results", "reasons", "missing", "ends")


class Line(NamedTuple):
    """What would be done with a case: a step on a day, with the reasons where it is held, passed over or impossible."""

    recovery_id: int
    reference: str
    step: str
    on: date
    channel: str
    result: str
    codes: tuple[str, ...]
    version: int
    due: Decimal
    goes_with: int | None = None  # the case in whose message it goes, where one is about several


@dataclass(slots=True)
class Summary:
    """What a rehearsal comes to. `ends`: how the cases stand when it is over, by code."""

    cases: int = 0
    by_day: Counter[tuple[date, str]] = field(default_factory=Counter)
    results: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    prices: dict[str, Decimal] = field(default_factory=dict)  # EUR, by channel

    def add(self, line: Line) -> None:
        """Count a line; a message about several cases is one."""
        self.results[line.result] += 1
        self.reasons.update(line.codes)
        if line.result in ("sent", "task") and line.goes_with is None:
            self.by_day[line.on, line.channel] += 1

    def kept(self) -> dict[str, Any]:
        """What a part of a rehearsal comes to, as JSON keeps it until `join` puts the parts together."""
        by_day = [[day.isoformat(), channel, count] for (day, channel), count in self.by_day.items()]
        return {"cases": self.cases, "by_day": by_day, **{name: dict(getattr(self, name)) for name in COUNTS}}

    def join(self, kept: Mapping[str, Any]) -> None:
        """Add what a part comes to."""
        self.cases += kept["cases"]
        for day, channel, count in kept["by_day"]:
            self.by_day[date.fromisoformat(day), channel] += count
        for name in COUNTS:
            getattr(self, name).update(kept[name])

    def told(self) -> dict[str, Any]:
        """As it is told, the same whichever part was joined first."""
        by_channel: Counter[str] = Counter()
        for (_day, channel), count in self.by_day.items():
            by_channel[channel] += count
        return {
            "cases": self.cases,
            "days": [
                {"on": day.isoformat(), "channel": channel, **self._counted(channel, count)}
                for (day, channel), count in sorted(self.by_day.items())
            ],
            "channels": [
                {"channel": channel, **self._counted(channel, count)} for channel, count in _ordered(by_channel)
            ],
            **{name: dict(_ordered(getattr(self, name))) for name in COUNTS},
            "cost": str(self.cost),
        }

    @property
    def cost(self) -> Decimal:
        """What all messages cost, EUR."""
        return sum((self._price(channel) * count for (_day, channel), count in self.by_day.items()), NOTHING)

    def _counted(self, channel: str, count: int) -> dict[str, Any]:
        return {"count": count, "cost": str(self._price(channel) * count)}

    def _price(self, channel: str) -> Decimal:
        if channel not in self.prices:
            self.prices[channel] = price_of(channel)
        return self.prices[channel]


def _ordered(counts: Counter[str]) -> list[tuple[str, int]]:
    """The most frequent first."""
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))
