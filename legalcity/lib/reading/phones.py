"""Phone numbers, as people write them: with points, spaces, brackets, a country or an extension."""

from legalcity.lib.reading import Unreadable
from legalcity.lib.reading.texts import read_text

LEAST = 3  # digits: short numbers have as many
LIMIT = 32  # characters


def read_phone(text: str, *, limit: int = LIMIT) -> str:
    """The number as written. Raises Unreadable as for texts, and `not_phone` with fewer than three digits."""
    number = read_text(text, limit=limit)
    if sum(char.isascii() and char.isdigit() for char in number) < LEAST:
        raise Unreadable("not_phone")
    return number
