"""Pages of long lists: rows are counted up to a bound, so that a list of a million costs what a short one does."""

from typing import Any

from django.core.paginator import Paginator
from django.utils.functional import cached_property

MOST_ROWS = 10_000


class BoundedPaginator(Paginator):
    """Leads through the first rows of a list; who looks further filters or searches."""

    @cached_property
    def _found(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by().values("pk")[: MOST_ROWS + 1].count())

    @cached_property
    def count(self) -> int:
        """The number of rows, MOST_ROWS at most."""
        return min(self._found, MOST_ROWS)

    @property
    def has_more(self) -> bool:
        """Whether there are rows that the pages do not reach."""
        return self._found > MOST_ROWS
