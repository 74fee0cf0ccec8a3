"""The goals, as numbers that a measurement is held against.

Ratios are of processor time, the web's and the database's together: the ceiling's to ours unless the name says
otherwise. `now` is what must hold today, `later` where it is going
(docs/performance.md); a goal without `now` is shown and not yet asked for.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Goal:
    """A bound: at least (`floor`) or at most."""

    later: float
    now: float | None = None
    floor: bool = False
    unit: str = ""

    def _holds(self, value: float, bound: float) -> bool:
        return value >= bound if self.floor else value <= bound

    def verdict(self, value: float) -> str:
        """In a word or three."""
        if self._holds(value, self.later):
            return "met"
        if self.now is None:
            return "open"
        return "met for now" if self._holds(value, self.now) else "MISSED"

    @property
    def text(self) -> str:
        """The bound, as the table shows it."""
        sign = "≥" if self.floor else "≤"
        shown = f"{sign} {self.later:g}{self.unit}"
        return shown if self.now in (None, self.later) else f"{sign} {self.now:g}{self.unit} now, {shown} later"


LIST = Goal(0.60, now=0.50, floor=True)
DETAIL = Goal(0.55, now=0.50, floor=True)
COMPLETE = {3: Goal(0.50, now=0.40, floor=True), 500: Goal(0.65, now=0.55, floor=True)}
COMPLETE_CPU = Goal(2.5, now=6, unit=" ×")
CREATIONS = Goal(400, floor=True, unit="/s")
BIG_TO_SMALL = Goal(1.3, unit=" ×")
TEXTBOOK = Goal(10, now=6, floor=True, unit=" ×")
GROWTH = Goal(1.3, now=1.5, unit=" ×")
LAST_PAGE = Goal(2, unit=" ×")
MIDDLE_PAGE = Goal(25, unit=" ms")
TOTAL_GROWTH = Goal(1.5, unit=" ×")
STATEMENTS = {"list": Goal(3, now=3), "detail": Goal(3, now=3)}
RARE = 10  # matches
SEARCH_RARE = Goal(5, unit=" ms")
SEARCH_SMALL = Goal(2, now=2, unit=" ms")
SEARCH_BIG = Goal(75, now=75, unit=" ms")


def search_goal(owner: str, matches: int) -> Goal:
    """The bound for a search that finds so many cases of the `big` or the `small` account."""
    if owner == "small":
        return SEARCH_SMALL
    return SEARCH_RARE if matches <= RARE else SEARCH_BIG
