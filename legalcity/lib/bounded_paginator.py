"""Pages of long lists: rows are counted up to a bound, so that a list of a million costs what a short one does."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

MOST_ROWS = 10_000


def counted_up_to(rows: QuerySet[Any], most: int) -> int:
    """How many `rows` there are, `most` at most: no more are read."""
    return int(rows.order_by().values("pk")[:most].count())


class BoundedPaginator(Paginator):
    """Leads through the first rows of a list; who looks further filters or searches."""

    @cached_property
    def _found(self) -> int:
        rows: Any = self.object_list
        return counted_up_to(rows, MOST_ROWS + 1)

    @cached_property
    def count(self) -> int:
        """The number of rows, MOST_ROWS at most."""
        return min(self._found, MOST_ROWS)

    @property
    def has_more(self) -> bool:
        """Whether there are rows that the pages do not reach."""
        return self._found > MOST_ROWS
