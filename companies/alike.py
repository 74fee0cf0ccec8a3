"""Whether names and addresses of two parties are nearly the same: written by different hands, or mistyped. Pure."""

import re
from difflib import SequenceMatcher

from legalcity.lib.text import folded

NAMES, STREETS = 0.85, 0.7  # how much of both is the same, from 0 to 1
BLOCK = 5  # letters by which rows are looked for that may be alike
_WORDS = re.compile(r"[a-z0-9]+")
_NUMBER = re.compile(r"\d+")
# What says nothing of who it is.
_FORMS = frozenset(
    {
        *("sarl", "eurl", "sa", "sas", "sasu", "snc", "sci", "scp", "sca", "gie", "selarl", "selas", "ei", "eirl"),
        *("societe", "ste", "ets", "etablissements", "association", "cie", "groupe", "france"),
        *("monsieur", "madame", "mme", "mlle", "mr", "et", "de", "du", "des", "la", "le", "les", "au", "aux"),
    }
)


def name_words(name: str) -> list[str]:
    """The words of a name that tell it from others, in the order of the alphabet: `SARL Durand & Fils` gives
    `["durand", "fils"]`. All of them where none is left.
    """
    words = _WORDS.findall(folded(name))
    return sorted([word for word in words if word not in _FORMS] or words)


def blocks(name: str) -> list[str]:
    """With what rows that may be alike are looked for: the beginnings of the two longest words."""
    longest = sorted(name_words(name), key=len, reverse=True)[:2]
    return list(dict.fromkeys(word[:BLOCK] for word in longest if len(word) >= BLOCK - 1))


def names_alike(one: str, other: str) -> bool:
    """Whether the words are nearly the same, in any order, whatever the legal form: `Dupont Jean`, `Jean DUPOND`."""
    return _alike(" ".join(name_words(one)), " ".join(name_words(other)), NAMES)


def streets_alike(one: str, other: str) -> bool:
    """Whether it is nearly the same street, and the same number of it: `12, r. de la Paix`, `12 rue de la Paix`."""
    here, there = (" ".join(_WORDS.findall(folded(text))) for text in (one, other))
    return _NUMBER.findall(here)[:1] == _NUMBER.findall(there)[:1] and _alike(here, there, STREETS)


def _alike(one: str, other: str, least: float) -> bool:
    return bool(one and other) and SequenceMatcher(None, one, other, autojunk=False).ratio() >= least
