"""The findings as a Markdown document: a row for each goal and measurement."""

import statistics
from dataclasses import dataclass, field
from typing import Any

import goals
from goals import Goal
from measuring import Turns

HEADER = (
    "| operation | account | product, ms | beside it, ms | requests/s | measured | goal | verdict |",
    "|---|---|--:|--:|--:|--:|---|---|",
)
BY_SIZE = "SQL by size"
COMPLETE_CPU = "complete, CPU of 500 invoices to 3"
NOTHING = ("", "", "")


def _cpu(turns: Turns, name: str) -> str:
    return "{:.2f} + {:.2f}".format(*turns.cpu_each(name))


def _ratio(turns: Turns, one: str, to: str, unit: str) -> str:
    """One target's processor time over another's: the median of the pairs, and their spread."""
    pairs = turns.pairs(one, to)
    return f"{statistics.median(pairs):.2f}{unit} ({min(pairs):.2f}–{max(pairs):.2f})"


def _beside(turns: Turns, ours: str, theirs: str) -> tuple[str, str, str]:
    rates = f"{turns.median(ours):.0f}, {turns.median(theirs):.0f}"
    return _cpu(turns, ours), _cpu(turns, theirs), rates


@dataclass
class Report:
    """Collects measurements; `accounts` are the cases of each account in the largest database.

    `quiet`: whether the machine had nothing else to do when the measuring began, or no figure is a verdict.
    """

    sizes: list[int]
    accounts: dict[str, int]
    quiet: bool = True
    times: dict[int, Any] = field(default_factory=dict)
    statements: dict[str, int] = field(default_factory=dict)
    rows: list[str] = field(default_factory=list)
    growths: dict[str, float] = field(default_factory=dict)
    big_to_small: dict[str, float] = field(default_factory=dict)
    cpu_of_complete: dict[int, float] = field(default_factory=dict)
    differing: list[str] = field(default_factory=list)

    def differs(self, name: str) -> None:
        """The ceiling does not answer what the product answers."""
        self.differing.append(name)

    def _row(
        self, name: str, who: str, value: float, goal: Goal, *, shown: str = "", beside: tuple[str, str, str] = NOTHING
    ) -> None:
        verdict = goal.verdict(value) if self.quiet else f"({goal.verdict(value)})"
        self._add(name, who, *beside, shown or f"{value:.2f}{goal.unit}", goal.text, verdict)

    def _add(self, *cells: str) -> None:
        self.rows.append(f"| {' | '.join(cells)} |")

    def _compared(self, name: str, who: str, turns: Turns, one: str, to: str, goal: Goal, ours: str) -> None:
        """A ratio of two targets, with its spread; `ours` is the one that the first columns show."""
        shown, beside = _ratio(turns, one, to, goal.unit), _beside(turns, ours, to if ours == one else one)
        self._row(name, who, turns.ratio(one, to), goal, shown=shown, beside=beside)

    def _against_ceiling(self, name: str, who: str, turns: Turns, goal: Goal) -> None:
        product = f"product {self.sizes[-1]} {who}"
        self._compared(name, who, turns, f"ceiling {who}", product, goal, product)

    def _grown(self, name: str, turns: Turns) -> None:
        smallest, largest = (f"product {self.sizes[end]} big" for end in (0, -1))
        if smallest != largest and smallest in turns.slices:
            self.growths[name] = turns.ratio(largest, smallest)

    def read(self, name: str, turns: Turns) -> None:
        """A read, against the ceiling; of the big account, against the small one and against itself when small."""
        for who in self.accounts:
            self._against_ceiling(name, who, turns, goals.DETAIL if name == "detail" else goals.LIST)
        big, small = (f"product {self.sizes[-1]} {who}" for who in ("big", "small"))
        self.big_to_small[name] = turns.ratio(big, small)
        self._grown(name, turns)

    def complete(self, invoices: int, turns: Turns) -> None:
        """Complete cases, against the ceiling."""
        name = f"complete, {invoices} invoices"
        self._against_ceiling(name, "big", turns, goals.COMPLETE[invoices])
        self.cpu_of_complete[invoices] = sum(turns.cpu_each(f"product {self.sizes[-1]} big"))
        self._grown(name, turns)

    def creations(self, turns: Turns, connections: int, cores: int) -> None:
        """Complete cases a second of one account, who asked for them included; what is left of the cores is waiting."""
        rates = [turn.rate for turn in turns.slices["product"]]
        asking = turns.asking_each("product")
        used = (sum(turns.cpu_each("product")) + asking) / 1000 * turns.median("product") / cores
        shown = f"{statistics.median(rates):.0f}/s ({min(rates):.0f}–{max(rates):.0f}), {used:.0%} of {cores} cores"
        beside = (_cpu(turns, "product"), f"{asking:.2f} of asking", f"{turns.median('product'):.0f}")
        name = f"creations of one account, {connections} connections"
        self._row(name, "big", statistics.median(rates), goals.CREATIONS, shown=shown, beside=beside)

    def textbook(self, name: str, who: str, turns: Turns) -> None:
        """A read, against the textbook; so the ceiling's, which is the most that the product could reach there."""
        self._compared(f"{name}, to the textbook", who, turns, "textbook", "product", goals.TEXTBOOK, "product")
        most = _ratio(turns, "textbook", "ceiling", goals.TEXTBOOK.unit)
        self._add(f"ceiling, {name}, to the textbook", who, *_beside(turns, "ceiling", "textbook"), most, "", "")

    def last_page(self, who: str, turns: Turns) -> None:
        """The last page, against the first."""
        self._compared("last page, to page 1", who, turns, "last", "first", goals.LAST_PAGE, "last")

    def search(self, who: str, kind: str, turns: Turns) -> None:
        """A search: milliseconds of SQL, and requests a second."""
        found = self.times[self.sizes[-1]][who]["searches"][kind]
        goal = goals.search_goal(who, found["matches"])
        name = f"search, {kind}: {found['matches']:,} matches, SQL"
        beside = (_cpu(turns, "product"), "", f"{turns.median('product'):.0f}")
        self._row(name, who, found["ms"], goal, shown=f"{found['ms']:.1f} ms", beside=beside)

    def _of_lists(self, name: str, values: dict[str, float], goal: Goal, who: str) -> None:
        """The worst list and the middle one, then each other operation."""
        lists = {key: value for key, value in values.items() if key.startswith("list")}
        if lists:
            worst = max(lists, key=lambda key: lists[key])
            shown = f"{lists[worst]:.2f} × ({worst.removeprefix('list, ')})"
            self._row(f"{name}, worst list", who, lists[worst], goal, shown=shown)
            self._row(f"{name}, median of the lists", who, statistics.median(lists.values()), goal)
        for key, value in values.items():
            if key not in lists:
                self._row(f"{name}, {key}", who, value, goal)

    def _derived(self) -> None:
        self._of_lists("big account to small one", self.big_to_small, goals.BIG_TO_SMALL, "both")
        self._of_lists(f"growth from {self.sizes[0]:,} to {self.sizes[-1]:,}", self.growths, goals.GROWTH, "big")
        if {3, 500} <= self.cpu_of_complete.keys():  # Not where another part is asked for alone.
            ratio = self.cpu_of_complete[500] / self.cpu_of_complete[3]
            self._row(COMPLETE_CPU, "big", ratio, goals.COMPLETE_CPU)

    def _from_inside(self) -> None:
        smallest, largest = self.times[self.sizes[0]], self.times[self.sizes[-1]]
        for who in self.accounts:
            total, count = largest[who]["total"], largest[who]["count"]
            shown = f"{total:.3f} ms ({smallest[who]['total']:.3f} ms at {self.sizes[0]:,}; counting: {count:.1f} ms)"
            self._row("exact total, SQL", who, total / smallest[who]["total"], goals.TOTAL_GROWTH, shown=shown)
            first, last, middle = (largest[who][page] for page in ("page 1", "last page", "middle page"))
            shown = f"{last:.3f} ms to {first:.3f} ms"
            self._row("last page, SQL to page 1", who, last / first, goals.LAST_PAGE, shown=shown)
            self._row("middle page, SQL", who, middle, goals.MIDDLE_PAGE, shown=f"{middle:.1f} ms")
        for name, goal in goals.STATEMENTS.items():
            worst = max(n for call, n in self.statements.items() if call.startswith(name))
            self._row(f"statements, {name}", "", worst, goal, shown=str(worst))
        three, many = self.statements["complete with 3"], self.statements["complete with 500"]
        self._row("statements, complete with 500 invoices", "", many, Goal(three, now=three), shown=f"{many}")

    def _sizes_table(self) -> list[str]:
        lines = ["| SQL, ms | account | " + " | ".join(f"{size:,}" for size in self.sizes) + " |"]
        lines.append("|---|---|" + "--:|" * len(self.sizes))
        for who in self.accounts:
            for key in ("page 1", "middle page", "last page", "total", "count"):
                cells = [f"{self.times[size][who][key]:.3f}" for size in self.sizes]
                lines.append(f"| {key} | {who} | {' | '.join(cells)} |")
            for kind in self.times[self.sizes[-1]][who]["searches"]:
                found = [self.times[size][who]["searches"][kind] for size in self.sizes]
                cells = [f"{each['ms']:.2f} ({each['matches']:,})" for each in found]
                lines.append(f"| search, {kind} (matches) | {who} | {' | '.join(cells)} |")
        return lines

    def markdown(self, description: list[str]) -> str:
        """The whole document."""
        self._derived()
        self._from_inside()
        cases = " and ".join(f"{cases:,} ({who})" for who, cases in self.accounts.items())
        warnings = []
        if not self.quiet:
            warnings += ["**The machine was too busy for a verdict; those in brackets are what the figures say.**", ""]
        if self.differing:
            names = ", ".join(sorted(set(self.differing)))
            warnings += [
                f"**The ceiling's answer is not the product's for: {names}. Bring `ceiling/` up to date.**",
                "",
            ]
        return "\n".join(
            [
                "# Results of `make bench`",
                "",
                *(f"- {line}" for line in description),
                f"- Cases: {', '.join(f'{size:,}' for size in self.sizes)}; accounts of {cases} in the largest",
                "- Milliseconds are processor time, of the web + of the database; one worker, 4 connections. Ratios "
                "are of their sum, the ceiling's to ours: the median of pairs measured by turns (the least–the most). "
                "Requests a second are those of the two, and prove nothing.",
                "",
                *warnings,
                *HEADER,
                *self.rows,
                "",
                f"## {BY_SIZE}",
                "",
                *self._sizes_table(),
                "",
            ]
        )
