"""Phone numbers, as people write them: with points, spaces, brackets, a country, an extension or a word."""

from legalcity.lib.reading.texts import read_text

LIMIT = 32  # characters


def read_phone(text: str, *, limit: int = LIMIT) -> str:
    """The number as written, cleaned as texts are: clients write "n/a" too. Raises Unreadable as for texts."""
    return read_text(text, limit=limit)
