"""Verdicts as they are kept with a message, and as people read them: each sentence in both languages."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import translation
from django.utils.translation import get_language

from law.contact import Outcome, Verdict
from legalcity.lib.dates import moment_text
from legalcity.lib.errors import Sentence
from legalcity.lib.money import money_text
from recoveries.models import Message

LANGUAGES = ("fr", "en")


class Told(NamedTuple):
    """A reason, or a claim that is not asked for, as a page shows it."""

    sentence: str
    article: str
    is_lifted: bool = False

    def __str__(self) -> str:
        return f"{self.sentence.removesuffix('.')} ({self.article})." if self.article else self.sentence


def verdict_kept(verdict: Verdict, moment: datetime) -> dict[str, Any]:
    """A verdict as JSON: what it says, until when, every reason with its article, what is not asked for."""
    return {
        "verdict": verdict.outcome.value,
        "until": moment_text(verdict.until),
        "judged_at": moment_text(moment),
        "reasons": [
            {
                "code": reason.code.value,
                "verdict": reason.outcome.value,
                "article": reason.article,
                **in_both("sentence", reason.sentence),
                "until": moment_text(reason.until),
                "is_liftable": reason.is_liftable,
                "is_lifted": reason.is_lifted,
            }
            for reason in verdict.reasons
        ],
        "not_asked": [
            {
                "number": claim.number,
                "amount": money_text(claim.amount),
                "code": str(claim.code),
                "article": claim.article,
                **in_both("sentence", claim.sentence),
            }
            for claim in verdict.not_asked
        ],
    }


def values_of(verdict: Verdict, moment: datetime) -> dict[str, Any]:
    """The columns of a message that say how it was judged; `error` is for who reads the case."""
    return {"guard": verdict_kept(verdict, moment), "judged_at": moment, "error": standing_told(verdict)[:1000]}


def standing_told(verdict: Verdict) -> str:
    """All that stands against a message, in the language of the house."""
    with translation.override(settings.LANGUAGE_CODE):
        return " ".join(map(str, verdict.standing))


def reasons_of(email: Message) -> list[Told]:
    """What spoke against a message when it was judged last, in the reader's language."""
    kept = email.guard or {"reasons": []}
    return [Told(one[_sentence()], one["article"], one["is_lifted"]) for one in kept["reasons"]]


def not_asked_of(email: Message) -> list[tuple[str, str, Told]]:
    """The claims that a message does not ask for: number, amount (EUR) and why."""
    kept = email.guard or {"not_asked": []}
    return [(one["number"], one["amount"], Told(one[_sentence()], one["article"])) for one in kept["not_asked"]]


def liftable_of(email: Message) -> list[str]:
    """The codes of what a manager may lift of a message that is held."""
    kept = email.guard or {}
    if kept.get("verdict") != Outcome.HOLD:
        return []
    return [one["code"] for one in kept["reasons"] if one["is_liftable"] and not one["is_lifted"]]


def in_language(kept: Mapping[str, str]) -> str:
    """A sentence that is kept in each language, in the reader's."""
    return kept[_sentence()]


def _sentence() -> str:
    return "sentence_fr" if (get_language() or "").startswith("fr") else "sentence_en"


def in_both(name: str, sentence: Sentence) -> dict[str, str]:
    """A sentence as it is kept, in each language."""
    told = {}
    for language in LANGUAGES:
        with translation.override(language):
            told[f"{name}_{language}"] = str(sentence)
    return told
