"""The home page: panels that the rooms bring, each for whom it is meant; and the ways that every page has in its head.

A room registers its panels and ways where its admin pages are registered. The site asks each of them, and shows those
that the person may see. A panel takes two statements at most, whatever the number of things behind it; a way none.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import get_language

from accounts.models import User
from backoffice.origin import staff_of
from backoffice.reach import sees_all_cases
from legalcity.lib.bounded_paginator import MOST_ROWS, counted_up_to
from legalcity.lib.errors import Sentence
from legalcity.lib.kept import kept

ROWS = 5
SCOPE, MINE, ALL = "scope", "mine", "all"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks, and whether only at what is their own and what is nobody's."""

    user: User
    mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing of a panel. `tone` colours the badge: good, wait, bad, info."""

    text: str
    url: str
    note: Sentence = ""
    badge: Sentence = ""
    tone: str = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """What is shown: how many there are, the list of all of them, the first few.

    `empty` is what is said when there is nothing; `tone` (wait, danger) marks what should not be left alone.
    """

    title: Sentence
    count: int
    url: str
    rows: Sequence[Row]
    empty: Sentence
    tone: str = ""

    @property
    def counted(self) -> str:
        """How many there are, as it is written: `10,000+` for more than are counted."""
        shown = number_format(min(self.count, MOST_ROWS), use_l10n=True, force_grouping=True)
        return shown if self.count <= MOST_ROWS else f"{shown}+"


def first_rows(things: QuerySet[Any]) -> tuple[int, list[Any]]:
    """How many `things` there are, MOST_ROWS and one for more, and the first few of them.

    Two statements where there are more than a few. One that counted beside the rows would read all of them.
    """
    rows = list(things[: ROWS + 1])
    return (len(rows) if len(rows) <= ROWS else counted_up_to(things, MOST_ROWS + 1)), rows[:ROWS]


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    position: int
    permission: str
    read: Callable[[Viewer], Panel]


@dataclass(frozen=True, slots=True)
class _Way:
    permission: str
    page: str
    label: Sentence
    position: int
    is_of_all_cases: bool


KEPT = 60  # seconds: over all cases a panel may take some tenths of a second to read

_entries: dict[str, _Entry] = {}
_ways: dict[str, _Way] = {}


def panel_register(name: str, *, position: int, permission: str, read: Callable[[Viewer], Panel]) -> None:
    """Bring a panel: shown in the order of `position` to who has `permission`; `read` makes it by one statement."""
    _entries[name] = _Entry(name, position, permission, read)


def way_register(page: str, *, position: int, permission: str, label: Sentence, is_of_all_cases: bool = False) -> None:
    """Bring a way to a `page` (its name): in the head of every page, in the order of `position`, for who has
    `permission`; to a page that `is_of_all_cases`, for who sees all of them too.
    """
    _ways[page] = _Way(permission, page, label, position, is_of_all_cases)


def ways_of(request: HttpRequest) -> list[dict[str, Any]]:
    """The ways that the person may go, each with whether the present page lies on it: the longest that leads there."""
    of_all = (False, True) if sees_all_cases(request.user) else (False,)
    may = [way for way in _ways.values() if way.is_of_all_cases in of_all and request.user.has_perm(way.permission)]
    ways = [(reverse(way.page), way.label) for way in sorted(may, key=lambda way: way.position)]
    here = max((url for url, _label in ways if request.path.startswith(url)), key=len, default="")
    return [{"url": url, "label": label, "is_here": url == here} for url, label in ways]


def viewer_of(request: HttpRequest) -> Viewer:
    """Who sees all cases may look at the own ones alone (`?scope=mine`); the others do anyway."""
    user = staff_of(request)
    return Viewer(user, mine=not sees_all_cases(user) or request.GET.get(SCOPE) == MINE)


def home_context(request: HttpRequest) -> dict[str, Any]:
    """What the template of the home page shows."""
    viewer = viewer_of(request)
    entries = sorted(_entries.values(), key=lambda entry: entry.position)
    panels = [_panel(entry, viewer) for entry in entries if viewer.user.has_perm(entry.permission)]
    return {
        "panels": panels,
        "busy": [panel for panel in panels if panel.count],
        "idle": [panel for panel in panels if not panel.count],
        "may_switch": sees_all_cases(viewer.user),
        "scope": MINE if viewer.mine else ALL,
    }


def _panel(entry: _Entry, viewer: Viewer) -> Panel:
    """Fresh for who looks at their own; what is the same for all who look at everything is kept for KEPT seconds."""
    if viewer.mine:
        return entry.read(viewer)
    return kept(f"home:{entry.name}:{get_language()}", KEPT, Panel, lambda: entry.read(viewer))
