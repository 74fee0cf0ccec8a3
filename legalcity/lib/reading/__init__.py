"""What comes in, read with one mind: money, days, identifiers, texts, phones, e-mails.

Pure functions behind every door: the fields of the API, the forms of staff, the system settings, files of cases. What
each of them takes and refuses stands in docs/inputs.md, whose tables are their test.
"""

from enum import StrEnum
from typing import Any


class Manner(StrEnum):
    """Who has written what is read."""

    MACHINE = "machine"  # A program: a decimal point, ISO days.
    WRITTEN = "written"  # A person, in a form or a file: `1 234,56 €`, `20/11/2026`.


class Unreadable(ValueError):
    """A value that a reader refuses: why (`code`), and the figures that a sentence about it names (`values`).

    The doors have the sentences, since each speaks in its own way.
    """

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code, self.values = code, values
