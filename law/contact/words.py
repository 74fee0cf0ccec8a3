"""The words of messages: those that nobody may say to a debtor, and those that a letter may not do without."""

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

from legalcity.lib.text import folded

# Article L111-8 CPCE, paragraphs 2 and 3, as a letter has to reproduce them (R124-4 5°).
L111_8 = (
    "Les frais de recouvrement entrepris sans titre exécutoire restent à la charge du créancier, sauf s'ils concernent "
    "un acte dont l'accomplissement est prescrit par la loi au créancier. Toute stipulation contraire est réputée non "
    "écrite, sauf disposition législative contraire.",
    "Cependant, le créancier qui justifie du caractère nécessaire des démarches entreprises pour recouvrer sa créance "
    "peut demander au juge de l'exécution de laisser tout ou partie des frais ainsi exposés à la charge du débiteur de "
    "mauvaise foi.",
)
AMICABLE = ("recouvrement amiable", "amicable recovery", "amicable debt recovery")
# By which a letter asks for payment (R124-4 4° CPCE), as `plain` has it.
TO_PAY = re.compile(r"\b(?:payer|payez|paiement|regler|reglez|reglement|acquitter|verser|versez|pay|payment|settle)\b")
# What recovery costs without a title stays with the creditor, whatever it is called.
COSTS = (
    *("frais de recouvrement", "frais de dossier", "frais de relance", "frais de rappel", "frais de mise en demeure"),
    *("frais de gestion", "frais d'impayé", "honoraires de recouvrement", "frais administratifs"),
    *("frais d'intervention", "frais de procédure"),
    *("collection fee", "collection cost", "collection charge", "recovery fee", "recovery cost", "recovery charge"),
    *("reminder fee", "reminder charge", "file fee", "administration fee"),
)
# What people type in is no seizure, though French has one word for both; an order to pay may be announced, and how it
# goes on.
INNOCENT = (
    *("injonction de payer", "signification de l'ordonnance", "signification de cette ordonnance"),
    *("erreur de saisie", "faute de saisie", "saisie comptable", "saisie informatique", "saisie de données"),
    *("saisie des données", "saisie de facture", "saisie des factures", "saisie des écritures", "saisie manuelle"),
    *("agent de saisie", "opérateur de saisie", "opératrice de saisie", "masque de saisie"),
)
# The name that article L441-10 of the Code de commerce gives to what one business owes another.
_INDEMNITY = re.compile(r" indemnite forfaitaire (?:[\w€]+ ){0,6}?frai de recouvrement ")
# Costs of any name with an amount (`words_of`).
_PRICED = re.compile(
    r"(?<! san) (frai (?:[^\W\d]+ ){0,6}?\d+ (?:\d+ )*(?:€|eur|euro)|\d+ ?(?:€|eur|euro) (?:de )?frai) "
)
# What a letter says of reminders, folded; and how many there must have been.
_IN_SPITE = (
    r"\b(?:malgre|en depit de|suite a|a la suite de|apres|faisant suite a|despite|in spite of|following|after)"
    r" (?:\w+ ){0,3}?"
)
_IN_VAIN = (
    r"(?:\w+ ){0,6}?(?:sans (?:reponse|effet|suite|succes)|vains?|vaines?|unanswered|ignored|no (?:reply|answer))\b"
)
_OF_REMINDERS = {
    2: re.compile(
        rf"{_IN_SPITE}(?:nos|plusieurs|nombreu(?:x|ses)|our|several|many) (?:\w+ ){{0,3}}?"
        r"(?:rappels|relances|reminders)\b"
        rf"|\b(?:nos|plusieurs|our|several) (?:\w+ ){{0,3}}?(?:rappels|relances|reminders) {_IN_VAIN}"
    ),
    1: re.compile(
        rf"{_IN_SPITE}(?:notre|our) (?:\w+ ){{0,3}}?(?:rappel|relance|reminder)\b"
        rf"|\b(?:notre|our) (?:\w+ ){{0,3}}?(?:rappel|relance|reminder) {_IN_VAIN}"
    ),
}
_ANSWER = re.compile(r"[^\s@]+@[^\s@]+\.\w+|https?://\S+|(?<![\d,/])\+?\d(?:[ .-]?\d){8,13}(?![\d/,])")


def words_of(text: str) -> str:
    """The words of `text` in the singular, each between spaces: `" avi de saisie "`."""
    words = (re.sub(r"(?<=\w\w\w)[sx]$", "", word) for word in re.findall(r"[\w€]+", folded(text)))
    return f" {' '.join(words)} "


def found(said: str, forbidden: Iterable[str]) -> list[str]:
    """Those of `forbidden` that stand in `said` (`words_of`)."""
    return [words for words in forbidden if words.strip() and _forbidden(words) in said]


@lru_cache(maxsize=1000)
def _forbidden(words: str) -> str:
    return words_of(words)


def court_words_in(text: str, forbidden: Iterable[str]) -> list[str]:
    """Those of `forbidden` that `text` says, what is innocent aside."""
    said = words_of(text)
    for innocent in map(_forbidden, INNOCENT):
        said = said.replace(innocent, " ")
    return found(said, forbidden)


def costs_in(text: str, *, is_business: bool) -> list[str]:
    """Costs that nobody may ask for, any that have an amount among them; a business may owe the indemnity (L441-10)."""
    said = words_of(text)
    if is_business:
        return found(_INDEMNITY.sub(" ", said), COSTS)
    return found(said, COSTS) or _PRICED.findall(said)


@lru_cache(maxsize=1000)
def is_indemnity(name: str) -> bool:
    """Whether a claim is the indemnity, by its name."""
    return bool(_INDEMNITY.search(words_of(name)))


def without_indemnity(text: str) -> str:
    """The words of `text` (`words_of`) without the name of the indemnity."""
    return _INDEMNITY.sub(" ", words_of(text))


@lru_cache(maxsize=64)  # Several rows look at the same letter, and all at the same articles
def plain(text: str) -> str:
    """`text` without case, accents and breaks of lines, to look for what it has to hold."""
    return " ".join(folded(text).split())


def without(text: str, quoted: Iterable[str]) -> str:
    """`text` (`plain`) without what it quotes: the law, names and addresses are not its own words."""
    for part in sorted(filter(None, map(plain, quoted)), key=len, reverse=True):
        text = _cut(text, part)
    return text


def _cut(text: str, part: str) -> str:
    """`text` without `part` where no word goes on before or behind it; a pattern for each name would cost far more."""
    kept, begin, at = [], 0, text.find(part)
    while at >= 0:
        end = at + len(part)
        if _ends_word(text[at - 1 : at]) and _ends_word(text[end : end + 1]):
            kept.append(text[begin:at])
            begin, at = end, text.find(part, end)
        else:
            at = text.find(part, at + 1)
    return " ".join((*kept, text[begin:]))


def _ends_word(sign: str) -> bool:
    return not (sign.isalnum() or sign == "_")


def printed(amount: Decimal) -> tuple[str, ...]:
    """The ways in which a letter (`plain`) prints an amount: `1 234,50` and `1,234.50`."""
    english = f"{amount:,.2f}"
    return (english.translate(str.maketrans(",.", " ,")), english)


def reminders_told(text: str) -> int:
    """Of how many reminders a text speaks: two of “malgré nos rappels”, one of “malgré notre rappel”."""
    said = " ".join(re.findall(r"\w+", folded(text)))
    return next((count for count, pattern in _OF_REMINDERS.items() if pattern.search(said)), 0)


def has_answer(text: str) -> bool:
    """Whether a text names a phone, an e-mail address or a page, by which who reads it may answer."""
    return bool(_ANSWER.search(text))
