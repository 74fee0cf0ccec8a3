"""What an item may be billed for, chosen by its name. Rooms above say which things they have (a port)."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from legalcity.lib.errors import Sentence


class Billable(NamedTuple):
    """A kind of things. `find`: the id of the one of that name, None for none. Of the one with an id: `name` and
    `owner`, the id of the user to whom it belongs, None for nobody's. `names`: all, where they are few.
    """

    label: Sentence
    find: Callable[[str], str | None]
    name: Callable[[str], str | None]
    owner: Callable[[str], int | None]
    names: Callable[[], Sequence[str]] = tuple


_kinds: dict[str, Billable] = {}


def billable_register(kind: str, billable: Billable) -> None:
    """Bring a kind of things, under the word that items keep of it."""
    _kinds[kind] = billable


def billables() -> dict[str, Billable]:
    """By kind."""
    return _kinds


def billable_named(kind: str, thing_id: str) -> str:
    """What people call the thing, such as `Dossier REC-ABC123`; by its id where it is no longer there."""
    known = _kinds.get(kind)
    label = str(known.label) if known else kind
    name = known.name(thing_id) if known and thing_id else None
    return " ".join(filter(None, (label, name or thing_id)))
