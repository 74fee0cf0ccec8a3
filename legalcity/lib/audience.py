"""Who reads what hangs on a case: one value for it, and what a table says of whom its rows are shown to."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Q


class Audience(StrEnum):
    """Who reads. Staff see all that there is."""

    CLIENT = "client"
    DEBTOR = "debtor"
    BAILIFF = "bailiff"
    COURT = "court"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Visibility:
    """The columns of a table that say whom a row is shown to, one for each audience that rows are marked for.

    An audience without a column sees nothing: what nobody can mark for it was not meant for it.
    """

    columns: Mapping[Audience, str]

    def condition(self, audience: Audience) -> Q:
        """The rows that `audience` sees."""
        if audience == Audience.STAFF:
            return Q()
        column = self.columns.get(audience)
        return Q(**{column: True}) if column else Q(pk__in=())

    def sql(self, audience: Audience, alias: str) -> str:
        """The same for a hand-written read, `alias` being the table. Raises KeyError where no column says it."""
        return f"{alias}.{self.columns[audience]}"

    def shows(self, row: Any, audience: Audience) -> bool:
        """Whether `audience` sees the row."""
        if audience == Audience.STAFF:
            return True
        column = self.columns.get(audience)
        return bool(column and getattr(row, column))
