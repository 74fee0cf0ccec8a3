"""Which things a member of staff sees: those of the cases in their reach.

Cases stand above this room. So the room that has them registers its rule (`case_reach.register`), and this one knows
nothing of handlers.
"""

from collections.abc import Callable
from typing import Any, ClassVar, Protocol, Self, TypeVar, runtime_checkable

from django.db import models
from django.db.models import Q

M = TypeVar("M", bound=models.Model)


class Person(Protocol):
    """Whoever may be asked for a permission."""

    pk: Any

    def has_perm(self, perm: str) -> bool:
        """Whether the permission is given."""


Rule = Callable[[Person, str], Q]


class CaseReach:
    """Where the rule is registered; there is one."""

    def __init__(self) -> None:
        self._permission = ""
        self._rule: Rule | None = None

    def register(self, *, permission: str, rule: Rule) -> None:
        """Name the rule; done by the room of cases, when it is loaded.

        Who has `permission` sees every case, the others those of `rule`: a condition on things that lead to a case
        by the path it is given, as in `reach_condition`.
        """
        self._permission, self._rule = permission, rule

    def sees_all(self, user: Person) -> bool:
        """Whether `user` sees every case. A superuser does."""
        return user.has_perm(self._permission)

    def condition(self, user: Person, path: str) -> Q:
        """What `user` sees, of things that lead to a case by `path`."""
        if self._rule is None:
            raise RuntimeError("no room has registered which cases a member of staff sees")
        return Q() if self.sees_all(user) else self._rule(user, path)


case_reach = CaseReach()


def sees_all_cases(user: Person) -> bool:
    """Whether `user` sees the cases of every handler. A superuser does."""
    return case_reach.sees_all(user)


def reach_condition(user: Person, path: str = "") -> Q:
    """The things that `user` sees with their case.

    `path` leads from a thing to its case (`"document__recovery"`); empty for cases themselves.
    """
    return case_reach.condition(user, path)


class SeenWithCase(models.QuerySet[M]):
    """Rows that belong to a case: who sees the case sees them. `case_path` is their way to it."""

    case_path: ClassVar[str]

    def in_reach_of(self, user: Person) -> Self:
        """Those that a member of staff sees."""
        return self.filter(reach_condition(user, self.case_path))


@runtime_checkable
class Reachable(Protocol):
    """Rows of which a member of staff may see some only."""

    def in_reach_of(self, user: Person) -> Any:
        """Those that a member of staff sees."""
