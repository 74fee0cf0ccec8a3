"""Which invoice a payment names in its label (art. 1342-10 par. 1 C. civ.)."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—−"), "-")


def folded(text: str) -> str:
    """`text` as labels are compared: without accents, capitals, kinds of dashes and doubled spaces."""
    if text.isascii():
        return " ".join(text.casefold().split())
    plain = unicodedata.normalize("NFKD", text.translate(_DASHES))
    return " ".join("".join(mark for mark in plain if not unicodedata.combining(mark)).casefold().split())


def named_in(label: str, numbers: Sequence[str]) -> Iterator[int]:
    """The places of those of `numbers` that are a whole word of `label`: not beside a letter, digit or hyphen.

    Both are folded. Where numbers come oldest due first, the first of several is the one that is meant.
    """
    found = [place for place, number in enumerate(numbers) if number in label]
    return (place for place in found if _is_word(numbers[place], label))


def _is_word(number: str, label: str) -> bool:
    return bool(number and re.search(rf"(?<![^\W_])(?<!-){re.escape(number)}(?![^\W_]|-)", label))
