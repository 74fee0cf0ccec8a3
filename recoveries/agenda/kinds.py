"""The kinds of tasks: their names, what each says, when it is done by itself, who may see it.

Rooms that have something to be done register its kind when they are loaded (their `task_kinds.py`); this room knows
none of letters, courts or rates.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.models import QuerySet

from legalcity.lib.errors import Sentence
from recoveries.agenda.sentences import Fact, Facts, require_facts, said

Tasks = QuerySet[Any]  # of StaffTask, whose model asks this module


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
        return said(self.sentences, self.facts, facts) or str(self.label)

    def require_facts(self, facts: Facts) -> None:
        """Raises ValueError for facts that the kind does not know, or that are not what they should be."""
        require_facts(self.facts, facts)


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
