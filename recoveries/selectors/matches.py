"""What a search finds among the cases of an account: how many, and which where they are few.

On PostgreSQL the texts are compared in the index that carries them (`recovery_texts`), or the rarer ones are found by
their trigrams, as the planner sees fit. Texts that are too long for that index are looked through beside it.
"""

from typing import Any

from legalcity.lib.asking import rows_of
from recoveries.selectors.sql import dialect

FEW = 300  # Ids to read a page by, so that the search is not made a second time.
TEXT, UNINDEXED = "r.search_text", "(r.search_text || '')"  # The second is what the index of trigrams does not have.
# Of an account of so many cases the texts are compared one by one, whatever is searched for: the index of trigrams goes
# through the lists of all accounts, which the planner thinks cheaper than it is.
WALKED = 20_000


def matches(where: str, values: list[Any], cases: int) -> tuple[int, str | None]:
    """How many cases (`r`) of an account that has `cases` meet `where`, with its `{text}` filled in, and their ids.

    Ids as `Dialect.among` takes them: None for more than `FEW` (and for none).
    """
    texts = (UNINDEXED if cases <= WALKED else TEXT, TEXT)
    parts = [
        f"SELECT r.id FROM recoveries_recovery r WHERE {where.format(text=text)}{length}"
        for text, length in zip(texts, dialect().text_lengths, strict=False)
    ]
    few = f"CASE WHEN count(*) <= {FEW} THEN {dialect().ids} END"
    found = f"SELECT count(*), {few} FROM ({' UNION ALL '.join(parts)}) found"
    total, ids = rows_of(found, values * len(parts))[0]
    return total, ids
