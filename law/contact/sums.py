"""The sums that words say are owed in all: “total”, “reste dû”, “vous devez” and the like, with their amount."""

import re
from collections.abc import Iterator
from decimal import Decimal

from legalcity.lib.text import folded

_DATE = re.compile(r"\b\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b")
_CURRENCY = r"(?:€|eur\b|euros?\b)"
_NUMBER = r"(\d{1,3}(?:[ .,'’]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d{1,2})?(?!\d))"
_AMOUNT = rf"(?:{_CURRENCY}\s?{_NUMBER}|{_NUMBER}\s?{_CURRENCY})"
_OF_ALL = (
    r"\b(?:total|totale|totaux|a payer|a regler|solde|reliquat|restes? du|reste a (?:payer|regler)|restant du"
    r"|(?:montants?|sommes?) dus?|sommes? dues?|amount due|sum due|balance|outstanding|to pay|to be paid|still owed)\b"
)
_BEHIND = (
    r"(?:restent? (?:dus?|dues?|a payer|a regler)|a payer|au total|en tout|in total|outstanding|to pay"
    r"|(?:is|are) due)\b"
)
# Who owes it, with nothing but such words before the amount: "vous nous devez encore la somme de".
_OF_WHO_OWES = (
    r"\b(?:devez|redevables?|dette|owe|debt)(?:[\s:]+(?:nous|lui|leur|encore|toujours|donc|la|une?|somme|montant|de|est|a"
    r"|d'un|d'une|s'eleve|payer|regler|verser|us|still|the|sum|of|is|amounts|to|pay))*[\s:]+"
)
_EACH = r"(?!\s(?:par|chaque|per|each|a)\b)"
_FORWARD = re.compile(rf"{_OF_ALL}((?:(?!\. )[^;!?]){{0,60}}?){_AMOUNT}")
_OWED = re.compile(rf"{_OF_WHO_OWES}{_AMOUNT}{_EACH}")
_BACKWARD = re.compile(rf"{_AMOUNT}\s{_BEHIND}")
# Parts of what is owed are no sum of it.
_IN_PARTS = re.compile(r"mensualit|echeance|echelonn|fois\b|acompte|versement|instal|monthly|deposit")


def sums_told(text: str) -> list[Decimal]:
    """The amounts, EUR, that `text` names as all that is owed, in their order."""
    return list(dict.fromkeys(_sums(text)))


def amount_read(number: str) -> Decimal:
    """An amount as people print it: `1 234,50`, `1.234,50`, `1,234.50`, `999`."""
    whole, cents = re.fullmatch(r"(.*?)(?:[.,](\d{1,2}))?", "".join(number.split()), re.DOTALL).groups()  # type: ignore[union-attr]
    return Decimal(f"{re.sub(r'[^0-9]', '', _ascii(whole)) or '0'}.{_ascii(cents or '0')}")


def _sums(text: str) -> Iterator[Decimal]:
    said = _DATE.sub(" ", " ".join(folded(text).split()))
    for between, first, second in _FORWARD.findall(said):
        if not _IN_PARTS.search(between):
            yield amount_read(first or second)
    for first, second in (*_OWED.findall(said), *_BACKWARD.findall(said)):
        yield amount_read(first or second)


def _ascii(digits: str) -> str:
    """Digits of any writing as those of ASCII."""
    return "".join(str(int(one)) if one.isdecimal() else one for one in digits)
