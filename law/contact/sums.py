"""The sums in words: those that they say are owed in all (“reste dû”, “vous devez”), and those of no account."""

import re
from collections.abc import Collection, Iterator
from decimal import Decimal

from legalcity.lib.text import folded

from law.interest import NOTHING

_DATE = re.compile(r"\b\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b")
_CURRENCY = r"(?:€|eur\b|euros?\b)"
_NUMBER = r"(?<!\d)(\d{1,3}(?:[ .,'’]\d{3}){1,6}(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d{1,2})?(?!\d))"
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
# What proposes to pay so, and tells of no payment that came.
_PROPOSED = re.compile(r"mensualit|echeances|echelonn|fois\b|versements|instal|monthly")
_PART_BEHIND = re.compile(r"\s(?:par|chaque|per|each|a) (?:mois|semaine|quinzaine|trimestre|month|week|quarter)\b")
_NEAR = 40  # signs before an amount that may say that it is a part
# An amount may do without its currency: behind “la somme de”, or with cents.
_BARE = (
    rf"(?<=\b)(?:sommes?|montants?|sum|amount)(?: \w+){{0,2}}? (?:de|of|:) ?{_NUMBER}(?![ .,]?\d| ?(?:{_CURRENCY}|%))"
    r"|(?<![\d.,/-])(\d{3,}[.,]\d\d)(?![\d.,/-]| ?%)"
)
# Or be written in words, in thousands, or in another money than that of the account.
_WORD = (
    r"(?:une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingts?|trente"
    r"|quarante|cinquante|soixante|cents?|mille|millions?|one|two|three|four|five|six|seven|eight|nine|ten|twenty|thirty"
    r"|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand)"
)
_UNREAD = re.compile(
    rf"\b{_WORD}(?:[ -](?:et |and )?{_WORD}){{0,9}}[ -](?:(?:d'|of )?euros?\b|€)"
    r"|[$£]\s?\d[\d.,]*|(?<![\d.,])\d[\d.,]*\s?(?:\$|£|(?:dollars?|livres?|francs?|chf|usd|gbp)\b|k\s?(?:€|eur\b|euros?\b))"
)
_NAMED = re.compile(rf"{_AMOUNT}|{_BARE}")


def sums_told(text: str) -> list[Decimal]:
    """The amounts, EUR, that `text` names as all that is owed, in their order."""
    return list(dict.fromkeys(_sums(text)))


def sums_beside(text: str, account: Collection[Decimal], owed: Decimal | None) -> list[str]:
    """The amounts that `text` names and `account` (EUR) does not hold, as they are written; nothing is no amount.

    Whatever words stand around them: “la somme de 500” asks for it as well. A part of what is `owed` may be proposed
    (“en trois fois 50 €”). One in words, in thousands or in another money is in no account.
    """
    said = _without_dates(text)
    known = {NOTHING, *account}
    numbers = (found for found in _NAMED.finditer(said) if amount_read(_number(found)) not in known)
    beside = [found[0].strip() for found in numbers if not _is_part(said, found, owed)]
    return list(dict.fromkeys((*beside, *_UNREAD.findall(said))))


def amount_read(number: str) -> Decimal:
    """An amount as people print it: `1 234,50`, `1.234,50`, `1,234.50`, `999`."""
    whole, cents = re.fullmatch(r"(.*?)(?:[.,](\d{1,2}))?", "".join(number.split()), re.DOTALL).groups()  # type: ignore[union-attr]
    return Decimal(f"{re.sub(r'[^0-9]', '', _ascii(whole)) or '0'}.{_ascii(cents or '0')}")


def _sums(text: str) -> Iterator[Decimal]:
    said = _without_dates(text)
    for between, first, second in _FORWARD.findall(said):
        if not _IN_PARTS.search(between):
            yield amount_read(first or second)
    for first, second in (*_OWED.findall(said), *_BACKWARD.findall(said)):
        yield amount_read(first or second)


def _without_dates(text: str) -> str:
    return _DATE.sub(" ", " ".join(folded(text).split()))


def _number(found: re.Match[str]) -> str:
    return next(group for group in found.groups() if group)


def _is_part(said: str, found: re.Match[str], owed: Decimal | None) -> bool:
    """Whether an amount is a part of what is owed, by the words beside it."""
    near = said[max(found.start() - _NEAR, 0) : found.start()]
    is_told = _PROPOSED.search(near) or _PART_BEHIND.match(said, found.end())
    return bool(is_told) and owed is not None and amount_read(_number(found)) < owed


def _ascii(digits: str) -> str:
    """Digits of any writing as those of ASCII."""
    return "".join(str(int(one)) if one.isdecimal() else one for one in digits)
