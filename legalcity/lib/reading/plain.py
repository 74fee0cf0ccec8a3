"""Objects that are plainly right, told at a glance: texts, words and numbers in the forms that programs send them in.

What is plain its reader takes as it is, so that it needs no field each; of anything else the readers find the
sentences. A test of each room holds its plain objects against its readers.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from legalcity.lib.dates import EARLIEST, LATEST

Form = Callable[[str], object]  # True of what it gives: the text has that form

# Letters that are written in one way only, and nothing that is invisible; no space around.
_SIGNS = "!-~À-ÿŒœŸ’–€"
TEXT: Form = re.compile(rf"[{_SIGNS}](?:[ {_SIGNS}]*[{_SIGNS}])?").fullmatch
# Short enough for every bound of an address and of its parts.
EMAIL: Form = re.compile(
    r"(?=.{6,60}\Z)[A-Za-z0-9]+(?:[._+-][A-Za-z0-9]+)*@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,20}", re.ASCII
).fullmatch
DAY: Form = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII).fullmatch


def words(*among: str) -> Form:
    """One of a few words."""
    return frozenset(map(str, among)).__contains__


def text(most: int) -> Form:
    """A text of `most` characters at most."""
    return lambda value: len(value) <= most and TEXT(value)


def digits(length: int) -> Form:
    """A code of so many digits."""
    return re.compile(rf"\d{{{length}}}", re.ASCII).fullmatch


def plain_day(value: str) -> date | None:
    """The day of a text of the form DAY, if it is a day of a case."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None


@dataclass(frozen=True, kw_only=True)
class Plain:
    """What an object may hold: texts by their form, numbers by what they are among, flags; null where `never_null`
    does not say otherwise. `needed` has to be there.
    """

    texts: Mapping[str, Form]
    numbers: Mapping[str, Collection[int]]
    flags: frozenset[str] = frozenset()
    needed: frozenset[str]
    never_null: frozenset[str]

    def holds(self, data: Any, *, longest: int) -> bool:
        """Whether `data` is such an object and nothing else, its texts at most `longest` characters."""
        if type(data) is not dict or not data.keys() >= self.needed:
            return False
        return all(self._is_plain(name, value, longest) for name, value in data.items())

    def _is_plain(self, name: str, value: Any, longest: int) -> Any:
        if value is None:
            return (name in self.texts or name in self.numbers) and name not in self.never_null
        if type(value) is str:
            form = self.texts.get(name)
            return form is not None and len(value) <= longest and form(value)
        if type(value) is bool:
            return name in self.flags
        return type(value) is int and value in self.numbers.get(name, ())
