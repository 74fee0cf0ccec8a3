"""Whose cases are whose, among staff."""

from django.db.models import Q
from django.db.models.functions import NullIf
from django.db.models.lookups import Exact, IsNull

from backoffice.reach import Person


def without_handler(path: str = "") -> Q:
    """Cases that no member of staff works on: under nobody's name, or under that of the client who filed them.

    `path` leads from a thing to its case (`"recovery"`); empty for cases themselves.
    """
    return Q(IsNull(_handler(path), True))


def own_or_nobodys(user: Person, path: str = "") -> Q:
    """What a handler sees: the own cases, and those that nobody works on. `path` as above."""
    return Q(Exact(_handler(path), user.pk)) | without_handler(path)


def _handler(path: str) -> NullIf:
    """As the index of cases has it: two columns compared would find no index, and the planner could not count them."""
    way = f"{path}__" if path else ""
    return NullIf(f"{way}user", f"{way}owner")
