"""The kinds of tasks: their names, what each says, when it is done by itself, who may see it.

Rooms that have something to be done register its kind when they are loaded (their `task_kinds.py`); this room knows
none of letters, courts or rates.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.models import QuerySet
from django.utils.formats import date_format

from backoffice.amounts import euros
from legalcity.lib.errors import Sentence

Facts = Mapping[str, Any]
Tasks = QuerySet[Any]  # of StaffTask, whose model asks this module


class Fact(StrEnum):
    """What a fact of a sentence is, so how it is written: a text as it is, a day `2026-11-04`, an amount `12.50`."""

    TEXT = "text"
    DAY = "day"
    MONEY = "money"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskKind:
    """One kind of task.

    code         kept in the rows, so never changed
    label        what the task is, an imperative
    sentences    what it says, in the words of its facts; the first that the facts of a task fill is said
    facts        name → what it is, of all that the sentences name
    condition    the code of what closes it by itself (`condition_register`); empty: nothing does
    permission   who may see and do it; empty: whoever sees the case. A task of no case names one
    by_hand      whether staff open it themselves
    closes_with_case  whether it has no more sense once the case is closed
    """

    code: str
    label: Sentence
    sentences: tuple[Sentence, ...]
    facts: Mapping[str, Fact] = field(default_factory=dict)
    condition: str = ""
    permission: str = ""
    by_hand: bool = False
    closes_with_case: bool = True

    def sentence(self, facts: Facts) -> str:
        """What a task with these `facts` says, in the language of who reads."""
        told = {name: _shown(self.facts[name], value) for name, value in facts.items() if value not in (None, "")}
        return next(
            (str(one).format(**told) for one in self.sentences if _names_in(str(one)) <= told.keys()), str(self.label)
        )

    def require_facts(self, facts: Facts) -> None:
        """Raises ValueError for facts that the kind does not know, or that are not what they should be."""
        if unknown := facts.keys() - self.facts.keys():
            raise ValueError(f"a task {self.code} has no facts {sorted(unknown)}")
        for name, value in facts.items():
            if value not in (None, ""):
                _shown(self.facts[name], value)


Met = Callable[[Tasks], Tasks]
Missing = Callable[[], None]

_kinds: dict[str, TaskKind] = {}
_conditions: dict[str, Met] = {}
_missing: list[Missing] = []


def kind_register(*kinds: TaskKind) -> None:
    """Bring kinds of tasks. Raises ImproperlyConfigured for a code that is taken."""
    for kind in kinds:
        if _kinds.setdefault(kind.code, kind) != kind:
            raise ImproperlyConfigured(f"declared twice as a kind of task: {kind.code}")


def condition_register(code: str, met: Met) -> None:
    """Bring what closes tasks by itself: `met` leaves of open tasks those that are done, by one statement."""
    if _conditions.setdefault(code, met) is not met:
        raise ImproperlyConfigured(f"declared twice as a condition of tasks: {code}")


def missing_register(opens: Missing) -> None:
    """Bring what opens the tasks that time alone makes due; it is called by the sweep, and opens nothing twice."""
    if opens not in _missing:
        _missing.append(opens)


def kind_of(code: str) -> TaskKind:
    """A kind by its code. Raises KeyError."""
    return _kinds[code]


def kinds() -> Mapping[str, TaskKind]:
    """All kinds, by their codes."""
    return _kinds


def conditions() -> Mapping[str, Met]:
    """All conditions, by their codes."""
    return _conditions


def missing() -> tuple[Missing, ...]:
    """All that opens what is missing."""
    return tuple(_missing)


def _names_in(sentence: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", sentence))


def _shown(fact: Fact, value: Any) -> str:
    match fact:
        case Fact.DAY:
            return date_format(date.fromisoformat(str(value)), "SHORT_DATE_FORMAT")
        case Fact.MONEY:
            return euros(Decimal(str(value)))
        case _:
            return str(value)
