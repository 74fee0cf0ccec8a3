"""Text as search sees it, and text that no database or no XML takes."""

import re
import unicodedata

UNSTORABLE = "\x00"
NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2


def folded(text: str) -> str:
    """`text` without case and accents: `"Société Œuvre"` gives `"societe œuvre"`.

    Both sides of a search go through it, so a search finds the same on every database.
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def searchable(*texts: str) -> str:
    """What a thing is found by: its texts, folded, each on a line of its own so that no match runs over two."""
    return "\n".join(folded(" ".join(text.split())) for text in texts if text)


def is_storable(text: str) -> bool:
    """False for text with a NUL or a lone surrogate, which PostgreSQL refuses."""
    if UNSTORABLE in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def xml_text(text: str) -> str:
    """`text` with a replacement character for each that XML, of which workbooks and e-invoices are, cannot hold."""
    return NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def like_pattern(term: str) -> str:
    """A LIKE pattern that finds `term` literally anywhere; for use with ESCAPE '\\'."""
    escaped = term.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
