"""What may be said to a debtor: words that would look like an act of a court, and costs that nobody may ask for.

An order for payment may be announced: its name is no word of an act that does not exist.
"""

import re
from collections.abc import Iterable

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from legalcity.lib.errors import Sentence
from legalcity.lib.text import folded

LOOK_ARTICLE = "art. 433-13 C. pén."
COSTS_ARTICLE = "art. L111-8 CPCE"
# What recovery costs without a title stays with the creditor, whatever it is called.
COSTS = (
    *("frais de recouvrement", "frais de dossier", "frais de relance", "frais de rappel", "frais de mise en demeure"),
    *("frais de gestion", "frais d'impayé", "honoraires de recouvrement"),
    *("collection fee", "collection cost", "collection charge", "recovery fee", "recovery cost", "recovery charge"),
    *("reminder fee", "reminder charge", "file fee", "administration fee"),
)
# The name that article L441-10 of the Code de commerce gives to what one business owes another.
_INDEMNITY = re.compile(r" indemnite forfaitaire (?:[\w€]+ ){0,6}?frai de recouvrement ")
_SENTENCES = {
    "look": _("The comment must not look like an act of a court ({article}): “{words}”."),
    "costs": _("The comment must not ask for costs that stay with the creditor ({article}): “{words}”."),
}


def contact_errors(text: str, *, look_words: Iterable[str], has_title: bool, is_business: bool) -> list[Sentence]:
    """A sentence for each rule that plain `text` breaks, to be read by a debtor; empty when it may be said.

    `look_words`: words of acts of a court (article 433-13 of the Code pénal), which may stand where there is a title.
    `is_business`: the debtor is known to act as one, and may owe the indemnity of 40 EUR (L441-10 C. com.). Costs of
    recovery without a title stay with the creditor (L111-8 of the Code des procédures civiles d'exécution).
    """
    said = _words(text)
    errors = []
    if not has_title and (found := _found(said, look_words)):
        errors.append(_told("look", LOOK_ARTICLE, found))
    if found := _found(_INDEMNITY.sub(" ", said) if is_business else said, COSTS):
        errors.append(_told("costs", COSTS_ARTICLE, found))
    return errors


def _words(text: str) -> str:
    """The words of `text` in the singular, each between spaces: `" avi de saisie "`."""
    words = (re.sub(r"(?<=\w\w\w)[sx]$", "", word) for word in re.findall(r"[\w€]+", folded(text)))
    return f" {' '.join(words)} "


def _found(said: str, forbidden: Iterable[str]) -> list[str]:
    return [words for words in forbidden if words.strip() and _words(words) in said]


def _told(code: str, article: str, found: list[str]) -> Sentence:
    return format_lazy(_SENTENCES[code], article=article, words=", ".join(found))
