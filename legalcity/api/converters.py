"""Values in URLs."""

from legalcity.lib.text import is_storable

LARGEST_ID = 2**63 - 1


class IdConverter:
    """A numeric id. Anything else is 0, which no row has: the view then answers its own "not found"."""

    regex = "[^/]+"

    def to_python(self, value: str) -> int:
        """The id, or 0."""
        if value.isascii() and value.isdigit() and len(value) <= 19 and int(value) <= LARGEST_ID:
            return int(value)
        return 0

    def to_url(self, value: int) -> str:
        """The id as text."""
        return str(value)


class TextConverter:
    """Any text, with slashes and line breaks. What no database takes is the empty text, which no row has."""

    regex = r"[\s\S]+"

    def to_python(self, value: str) -> str:
        """The text, or the empty one."""
        return value if is_storable(value) else ""

    def to_url(self, value: str) -> str:
        """The text as it is."""
        return value
