"""Text as search sees it, and text that no database or no XML takes."""

import re
import unicodedata
from functools import lru_cache

UNSTORABLE = "\x00"
# What programs that read e-mail make a link of: an address with its scheme or its path, an e-mail; a bare host.
_ADDRESS = re.compile(r"\S*(?://|@|\bwww\.|\b[a-z][a-z0-9+.-]+:(?=\S)|\w\.\w{2,}[/:?#])\S*", re.IGNORECASE)
_NUMERIC_HOST = re.compile(r"\d+(?:\.\d+)+[/:]\S*")
_PHONE = re.compile(r"\+?\(?\d(?:[\s./()-]*\d){3,}")  # Short ones too, which people call at a price: 3639, 118 218.
_HOST_DOT = re.compile(r"(?<=\w)\.(?=\w{2,})")
_PATH_SLASH = re.compile(r"(?<=\w\w)/(?=\w)|(?<=\w)/(?=\w\w)")
# What would end the quotation, or looks as if: all marks but the apostrophes.
_QUOTES, _APOSTROPHES = frozenset({"Pi", "Pf"}), frozenset("‘’‛")
_BRACKETS = frozenset('"„<>[]〝〞〟❝❞\N{PRIME}')
_DOTS = str.maketrans(dict.fromkeys("。․﹒．｡", "."))
NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2


# Letters that no decomposition takes apart, and signs that people type in one another's place.
_ALIKE = str.maketrans(
    {
        **{"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ß": "ss"},
        **dict.fromkeys("’‘‛ʼ´`′", "'"),
        **dict.fromkeys("“”„‟«»″", '"'),
        "\N{MINUS SIGN}": "-",
    }
)
_DASH, _INVISIBLE = "Pd", "Cf"
_KNOWN = 5000  # characters kept in mind, whatever outsiders send
_FOREIGN = re.compile(r"([^\x00-\x7f]+)")
_USUAL = 4  # characters of a run that is kept in mind


def folded(text: str) -> str:
    """`text` as search sees it: `"Société Œuvre – L’Atelier"` gives `"societe oeuvre - l'atelier"`.

    Without case, accents and invisible characters; ligatures taken apart, apostrophes and dashes of one kind.
    Both sides of a search go through it, so a search finds the same on every database.
    """
    if text.isascii():  # Most texts: nothing to take apart, and only the backtick is typed for another sign.
        return _ascii_folded(text)
    # Piece by piece: of a French letter three signs in a hundred are to be taken apart, most of them the same ones.
    pieces = _FOREIGN.split(text)
    pieces[::2] = map(_ascii_folded, pieces[::2])
    pieces[1::2] = (_usual(run) if len(run) <= _USUAL else _taken_apart(run) for run in pieces[1::2])
    return "".join(pieces)


def _ascii_folded(text: str) -> str:
    return text.lower().replace("`", "'")


def _taken_apart(run: str) -> str:
    # Twice: what one of them makes is new to the other.
    for _turn in range(2):
        run = unicodedata.normalize("NFKD", run.translate(_ALIKE)).casefold().translate(_ALIKE)
    return unicodedata.normalize("NFKD", run).translate(_seen)


_usual = lru_cache(maxsize=_KNOWN)(_taken_apart)


class _Seen(dict[int, int | str | None]):
    """What becomes of each character, worked out when it comes first: whole letters go through it."""

    def __missing__(self, point: int) -> int | str | None:
        char = chr(point)
        category = unicodedata.category(char)
        is_seen = not unicodedata.combining(char) and category != _INVISIBLE
        told = ("-" if category == _DASH else point) if is_seen else None
        if len(self) < _KNOWN:
            self[point] = told
        return told


_seen = _Seen()


def searchable(*texts: str | None) -> str:
    """What a thing is found by: its texts, folded, each on a line of its own so that no match runs over two."""
    return "\n".join(folded(" ".join(text.split())) for text in texts if text)


def quotable(text: str, *, most: int = 40) -> str:
    """A name that outsiders wrote, as a letter of ours may quote it: one short line that nothing is made a link of.

    Quotation marks and brackets are dropped, so that it stays within ours. Addresses and telephone numbers (four digits
    and more) are cut out, the dot and the slash of a bare host are set apart:
    `"Pay at https://x.example/ – Shop.com"` gives `"Pay at … – Shop. com"`; nothing but addresses gives `""`.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_DOTS)
    cut = "".join(filter(_is_quotable, plain))
    for pattern in (_ADDRESS, _NUMERIC_HOST, _PHONE):
        cut = pattern.sub("…", cut)
    line = " ".join(_PATH_SLASH.sub(" / ", _HOST_DOT.sub(". ", cut)).split())
    if not line.strip(" …"):
        return ""
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def _is_quotable(char: str) -> bool:
    category = unicodedata.category(char)
    is_mark = category in _QUOTES and char not in _APOSTROPHES
    return char.isspace() or not (category[0] == "C" or is_mark or char in _BRACKETS)


def is_storable(text: str) -> bool:
    """False for text with a NUL or a lone surrogate, which PostgreSQL refuses."""
    if UNSTORABLE in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def storable(text: str) -> str:
    """`text` without what PostgreSQL refuses: for what strangers write and nobody is told to correct."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def xml_text(text: str) -> str:
    """`text` with a replacement character for each that XML, of which workbooks and e-invoices are, cannot hold."""
    return NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def like_pattern(term: str) -> str:
    """A LIKE pattern that finds `term` literally anywhere; for use with ESCAPE '\\'."""
    escaped = term.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
