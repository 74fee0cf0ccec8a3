"""Texts: names, addresses, references of one line, remarks of several. Two that look the same are the same."""

import re
import unicodedata

from legalcity.lib.reading import Unreadable
from legalcity.lib.text import is_storable

FORMAT = "Cf"  # U+200B, U+202D and other signs that show nothing and turn or split what stands beside them.
# Signs that drive a machine and are no writing; the separators of lines that no keyboard has.
_CONTROLS = dict.fromkeys({*range(32), *range(127, 160), 0x2028, 0x2029} - {*map(ord, "\t\n\r")})
# General categories of what shows nothing by itself: controls, spaces, marks that want a letter below them.
_BARE = frozenset({"Cc", FORMAT, "Zs", "Zl", "Zp", "Mn", "Me"})
_BARE_OF_ASCII = "".join(char for char in map(chr, range(128)) if unicodedata.category(char) in _BARE)
# Letters and symbols by category, blank by sight: the fillers of Hangul, the empty pattern of Braille.
_BLANK_SIGNS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_BREAKS = re.compile("[\t\n\r]+")


def is_visible(text: str) -> bool:
    """Whether anything of `text` can be seen."""
    if text.isascii():
        return bool(text.strip(_BARE_OF_ASCII))
    return any(unicodedata.category(char) not in _BARE and char not in _BLANK_SIGNS for char in text)


def is_blank(text: str) -> bool:
    """Whether `text` can be kept and shows nothing: an empty value, however it was typed."""
    return not is_visible(text) and is_storable(text)


def cleaned(text: str) -> str:
    """`text` in NFC, without controls, format characters and spaces around; empty when nothing of it can be seen.

    Tabs and ends of lines stay: remarks have them.
    """
    if not text.isprintable():
        text = text.translate(_CONTROLS)
    if not text.isascii():
        text = "".join(char for char in text if unicodedata.category(char) != FORMAT)
        text = unicodedata.normalize("NFC", text)
    text = text.strip()
    return text if is_visible(text) else ""


def one_line(text: str) -> str:
    """`text` cleaned, a space in place of tabs and ends of lines: cells of tables and pasted lines bring them along."""
    if text.isprintable():
        return cleaned(text)
    parts = _BREAKS.split(cleaned("\n".join(text.splitlines())))
    return " ".join(part for each in parts if (part := each.strip()))


def read_text(text: str, *, limit: int | None = None) -> str:
    """`text` on one line, `limit` characters at most.

    Raises Unreadable: `unstorable` (NUL, lone surrogates), `too_long` (limit).
    """
    return _within(limit, one_line(_storable(text)))


def read_lines(text: str, *, limit: int | None = None) -> str:
    """`text` cleaned, its lines kept. Raises Unreadable as `read_text`."""
    return _within(limit, cleaned(_storable(text)))


def _storable(text: str) -> str:
    if not is_storable(text):
        raise Unreadable("unstorable")
    return text


def _within(limit: int | None, text: str) -> str:
    if limit is not None and len(text) > limit:
        raise Unreadable("too_long", limit=limit)
    return text
