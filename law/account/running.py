"""A claim while the days go by: the one place where interest accrues and money is taken from what is owed.

Sums are whole cents. A period of interest is cut at the entries of the table of rates, and where principal falls; a
payment that only meets interest cuts nothing.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from legalcity.lib.dates import add_days

from law.interest import RateTable, Segment


class Shares(NamedTuple):
    """An amount by heads, in the order in which money meets them (art. 1343-1 C. civ.)."""

    interest: int = 0
    principal: int = 0
    indemnity: int = 0

    def within(self, amount: int) -> "Shares":
        """What `amount` covers of it: interest first, then principal, then the indemnity."""
        interest = min(amount, self.interest)
        principal = min(amount - interest, self.principal)
        return Shares(interest, principal, min(amount - interest - principal, self.indemnity))

    def least(self, other: "Shares") -> "Shares":
        """The lesser of both under each head."""
        return Shares(*map(min, self, other))


class Cut(NamedTuple):
    """What the creditor takes off from a day on. What a credit note takes off beyond what is left is owed back.

    `id`: that of the credit note or of the waiver.
    """

    on: date
    shares: Shares
    is_credit: bool
    id: int = 0


@dataclass(slots=True, kw_only=True)
class Running:
    """`since`: the first day whose interest is in no closed period, at first that on which interest begins.

    `flat`: the indemnity, owed in full once the claim is late, outside the base of interest. `cuts`: credit notes and
    waivers to come, in order of time. `closed`: interest of the closed periods; `settled`: interest paid or given up.
    `is_settled`: nothing is owed of it any more, on whatever day. `met`: principal that money paid. `excess`: what of
    it was credited afterwards: no more than was paid, whatever was given up or corrected besides. `counted`: what each
    cut came to, which is less where it found less. `denied`: principal that an order did not grant. `asked`:
    the principal in the beginning. `opened`: the open period as it was last looked at: its last day, its parts and
    what accrued in them.
    """

    table: RateTable
    principal: int
    due: date
    since: date
    flat: int = 0
    cuts: list[Cut] = field(default_factory=list)
    is_late: bool = False
    is_settled: bool = False
    indemnity: int = 0
    closed: int = 0
    settled: int = 0
    met: int = 0
    excess: int = 0
    denied: int = 0
    counted: dict[tuple[bool, int], int] = field(default_factory=dict)
    segments: list[Segment] = field(default_factory=list)
    opened: tuple[date, list[Segment], int] | None = None
    asked: int = 0

    def __post_init__(self) -> None:
        self.asked = self.principal

    @property
    def left(self) -> Shares:
        """What is owed at the end of the last day that was closed."""
        return Shares(self.closed - self.settled, self.principal, self.indemnity)

    def reach(self, day: date) -> None:
        """Let the days go by to `day`. A credit note comes before a payment of its day: that pays what remains."""
        while self.cuts and self.cuts[0].on <= day:
            self._cut(self.cuts.pop(0))
        self._age(day)

    def owed(self, day: date) -> Shares:
        """What is owed at the end of `day`, before money taken on it."""
        self.reach(day)
        return self._owed(day)

    def take(self, day: date, amount: int, most: Shares | None = None) -> Shares:
        """Lay `amount` against what is owed on `day`, `most` of each head at most; gives back what it met."""
        owed = self.owed(day)
        met = (owed.least(most) if most else owed).within(amount)
        self.lower(day, met)
        self.met += met.principal
        return met

    def lower(self, day: date, shares: Shares) -> None:
        """Take `shares`, which are owed, off on `day`. The period ends there when principal falls."""
        if shares.principal:
            self.close(day)
            self.principal -= shares.principal
        self.settled += shares.interest
        self.indemnity -= shares.indemnity
        self.is_settled = not (self.principal or self.indemnity or self.closed - self.settled)

    def close(self, day: date) -> None:
        """End the open period with `day`."""
        opened, accrued = self._open(day)
        self.segments += opened
        self.closed += accrued
        self.since = max(self.since, add_days(day, 1))
        self.opened = None

    def _owed(self, day: date) -> Shares:
        return Shares(self.closed + self._open(day)[1] - self.settled, self.principal, self.indemnity)

    def _open(self, day: date) -> tuple[list[Segment], int]:
        """The open period up to `day`, which ends before anything that it hangs on changes: `close` comes first."""
        if not self.principal:
            return [], 0
        if self.opened is None or self.opened[0] != day:
            parts = self.table.segments(self.principal, self.since, day)
            self.opened = day, parts, sum([part.accrued for part in parts])
        return self.opened[1], self.opened[2]

    def _age(self, day: date) -> None:
        if not self.is_late and self.principal and day > self.due:
            self.is_late = True
            self.indemnity = self.flat

    def _cut(self, cut: Cut) -> None:
        self._age(cut.on)
        taken = cut.shares.least(self._owed(cut.on))
        self.lower(cut.on, taken)
        over = min(cut.shares.principal - taken.principal, self.met) if cut.is_credit else 0
        self.met -= over
        self.excess += over
        self.counted[cut.is_credit, cut.id] = sum(taken) + over
