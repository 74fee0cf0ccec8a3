"""`manage.py draw_life_cycle`: the page on the life of a case, drawn from the table itself."""

from collections.abc import Iterator

from law.vocabulary import CaseType, Step
from legalcity.lib.written_pages import WritesPage
from recoveries.statuses import MOVES, OPEN, STARTS, STATUSES, Status

TITLES = {CaseType.AMICABLE: "Amicable cases", CaseType.INJUNCTION: "Injunction cases"}
INTRODUCTION = """\
# The life of a case

Drawn from `recoveries/statuses.py` by `manage.py draw_life_cycle`; a test compares the two. Names and descriptions
are what the catalogue begins with: staff may change them, and add statuses, which are then further steps of an open
amicable case. Ids and moves are code, where the reason stands beside each move.

A move is made by one service, which refuses what is not listed here and says what is. Who: the **client** by the
API, **staff** in the back-office, the **system** where a fact leaves no choice. A closing status ends the case;
where one can be left again (a payment that bounced, a file reopened), staff do it. A move by hand is taken back within
the hour while nothing has come of it, also where no move is listed: the history keeps both.
"""


class Command(WritesPage):
    """Draws the life of a case."""

    page, name = "docs/life-cycle.md", "draw_life_cycle"
    help = "Draw the statuses and their moves into docs/life-cycle.md; --check compares only."

    def text(self) -> str:
        """The whole page."""
        return page()


def page() -> str:
    """The whole page, in Markdown."""
    return INTRODUCTION + "".join(f"\n## {TITLES[kind]}\n\n{table(kind)}\n{diagram(kind)}" for kind in CaseType)


def table(kind: CaseType) -> str:
    """The statuses of a kind of case as a Markdown table."""
    head = "| id | status | group | meaning | closes | caused by | may go to |\n|---|---|---|---|---|---|---|\n"
    return head + "".join(_row(status) for status in _of(kind))


def _row(status: Status) -> str:
    cells = (
        str(status.id.value),
        status.name,
        f"{status.group.id} {status.group.name}",
        status.description,
        "yes" if status.is_closing else "",
        ", ".join(sorted(status.by)),
        ", ".join(STATUSES[target].name for target in sorted(MOVES[status.id])),
    )
    return f"| {' | '.join(cells)} |\n"


def diagram(kind: CaseType) -> str:
    """The moves of a kind of case as a Mermaid state diagram; what every open status may do leaves the frame."""
    going, closing = OPEN[kind], frozenset(status.id for status in _of(kind) if status.is_closing)
    shared = frozenset.intersection(*(MOVES[step] for step in going))
    lines = [
        "stateDiagram-v2",
        "open: En cours",
        "state open {",
        *(f"    {line}" for line in _names(going)),
        f"    [*] --> s{STARTS[kind].value}",
        *(f"    {line}" for line in _arrows(going, going)),
        "}",
        *_names(closing),
        *(f"open --> s{target.value}" for target in sorted(shared)),
        *_arrows(going, closing - shared),
        *_arrows(frozenset(step for step in closing if MOVES[step] != going), going),
        *(f"s{step.value} --> open" for step in sorted(closing) if MOVES[step] == going),
    ]
    return "\n".join(("```mermaid", *lines, "```", ""))


def _of(kind: CaseType) -> list[Status]:
    return [status for status in STATUSES.values() if status.case_type == kind]


def _names(steps: frozenset[Step]) -> Iterator[str]:
    yield from (f'state "{STATUSES[step].name}" as s{step.value}' for step in sorted(steps))


def _arrows(sources: frozenset[Step], targets: frozenset[Step]) -> Iterator[str]:
    for source in sorted(sources):
        yield from (f"s{source.value} --> s{target.value}" for target in sorted(MOVES[source] & targets))
