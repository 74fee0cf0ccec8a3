"""Text messages: how many segments one takes, and the word that ends them. Pure."""

import unicodedata

from legalcity.lib.text import folded

MOST_SEGMENTS = 3
# The alphabet of GSM 03.38, and the signs that take two places in it.
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_DOUBLE = frozenset("\f^{}\\[~]|€")
# Characters of one segment, and of each where there are several (some go for how they are put together).
_GSM_SIZES, _UCS2_SIZES = (160, 153), (70, 67)
# Typographic signs that networks would spend a whole alphabet on.
_PLAIN = str.maketrans(
    {**dict.fromkeys("’‘", "'"), **dict.fromkeys("“”«»", '"'), **dict.fromkeys("–—", "-"), "…": "...", "\u00a0": " "}
    | {"\u202f": " ", "œ": "oe", "Œ": "OE"}
)
_STOP = ("stop", "arret", "stopsms", "unsubscribe")


def plain_signs(text: str) -> str:
    """`text` without typographic signs, so that it fits the short alphabet where it can: `« l’œuvre »` → `"l'oeuvre"`.

    Accents of the alphabet stay; letters that it lacks (`ê`, `ç`) lose theirs.
    """
    plain = unicodedata.normalize("NFC", text).translate(_PLAIN)
    return "".join(char if char in _GSM or char in _GSM_DOUBLE else _bare(char) for char in plain)


def segments_of(text: str) -> int:
    """How many segments a text message takes, each of which is paid for."""
    if all(char in _GSM or char in _GSM_DOUBLE for char in text):
        return _counted([2 if char in _GSM_DOUBLE else 1 for char in text], *_GSM_SIZES)
    return _counted([len(char.encode("utf-16-be")) // 2 for char in text], *_UCS2_SIZES)


def is_stop(text: str) -> bool:
    """Whether who answers a text message wants no further ones: `STOP`, by itself or with a word behind it."""
    words = folded(text).replace("'", " ").split()
    return bool(words) and words[0].strip('.!,:;"') in _STOP


def _counted(widths: list[int], one: int, several: int) -> int:
    """Segments for characters of these widths; a sign of two places is not torn apart."""
    if sum(widths) <= one:
        return 1
    segments, left = 1, several
    for width in widths:
        if width > left:
            segments, left = segments + 1, several
        left -= width
    return segments


def _bare(char: str) -> str:
    """A letter without its accent, where the short alphabet has that one; else itself."""
    bare = "".join(part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part))
    return bare if bare and all(part in _GSM for part in bare) else char
