"""The one rule by which people search: a part of a text, without case, accents and invisible characters.

Rows are found by columns that hold their words folded (`legalcity.lib.search_columns.SearchText`), and nothing else
looks into text: a test keeps Django's own look-ups (`icontains` …) out of the house.
"""

from typing import TypeVar

from django.db.models import Model, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat

from legalcity.lib.text import searchable

TRIGRAM = 3  # Shorter terms have no trigram: the search index would have to be read whole.
COLUMN = "search_text"
BEFORE_A_WORD = (" ", "\n", "-")

Row = TypeVar("Row", bound=Model)


def found(rows: QuerySet[Row], term: str, *columns: str) -> QuerySet[Row]:
    """Those of `rows` that have `term` in one of `columns` (`search_text` by default); all for a term of nothing."""
    text, columns = searchable(term), columns or (COLUMN,)
    if not text:
        return rows
    if len(text) < TRIGRAM:
        unindexed = {f"unindexed_{place}": _unindexed(column) for place, column in enumerate(columns)}
        rows, columns = rows.alias(**unindexed), tuple(unindexed)
    wanted = Q()
    for column in columns:
        wanted |= Q((f"{column}__contains", text))
    return rows.filter(wanted)


def is_short(term: str) -> bool:
    """Whether it is one or two letters or digits, of which staff look for those that begin a word (`begun`)."""
    text = searchable(term)
    return len(text) < TRIGRAM and text.isalnum()


def begun(rows: QuerySet[Row], term: str, column: str = COLUMN) -> QuerySet[Row]:
    """Those of `rows` in which a word of `column` begins with `term`; all for a term of nothing.

    For terms of one or two letters among the rows of all accounts: a trigram knows where a word begins, so the index
    finds them.
    """
    text = searchable(term)
    wanted = Q((f"{column}__startswith", text))
    for before in BEFORE_A_WORD:
        wanted |= Q((f"{column}__contains", before + text))
    return rows.filter(wanted) if text else rows


def _unindexed(column: str) -> Concat:
    """The column as no index has it."""
    return Concat(column, Value(""), output_field=TextField())
