"""What the guard answers."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.text import format_lazy
from legalcity.lib.errors import Sentence

from law.contact.vocabulary import Code, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a message does not leave, or not now.

    until         the moment from which this speaks against it no more; None where that is not known
    is_liftable   whether a manager may lift it: a hold, but for what a fact alone ends (a rate that is entered)
    is_lifted     a manager has, for this message
    """

    code: Code
    outcome: Outcome
    sentence: Sentence
    article: str = ""
    until: datetime | None = None
    is_liftable: bool = False
    is_lifted: bool = False

    def __str__(self) -> str:
        sentence = str(self.sentence)
        return f"{sentence.removesuffix('.')} ({self.article})." if self.article else sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAsked:
    """A claim that a demand leaves out: its number, what is left of its principal (EUR), and why."""

    number: str
    amount: Decimal
    code: str
    sentence: Sentence
    article: str = ""


class Verdict(NamedTuple):
    """All that speaks against a message, and what a demand does not ask for."""

    reasons: tuple[Reason, ...] = ()
    not_asked: tuple[NotAsked, ...] = ()

    @property
    def standing(self) -> tuple[Reason, ...]:
        """The reasons that nobody has lifted."""
        return tuple([reason for reason in self.reasons if not reason.is_lifted]) if self.reasons else ()

    @property
    def outcome(self) -> Outcome:
        """Never where one reason says so, hold where one does, send where none stands."""
        outcome = Outcome.SEND
        for reason in self.standing:
            if reason.outcome == Outcome.NEVER:
                return reason.outcome
            outcome = reason.outcome
        return outcome

    @property
    def until(self) -> datetime | None:
        """When a held message may leave, if nothing else comes; None where one of its reasons has no day."""
        moments = [reason.until for reason in self.standing]
        if self.outcome != Outcome.HOLD or None in moments:
            return None
        return max(moment for moment in moments if moment)

    def without(self, code: Code) -> "Verdict":
        """The verdict where nobody asks for a row of the table."""
        return Verdict(tuple(reason for reason in self.reasons if reason.code != code), self.not_asked)

    def lifting(self, codes: Collection[str]) -> "Verdict":
        """The verdict where a manager has lifted the holds of these codes."""
        if not codes:
            return self
        reasons = (
            replace(reason, is_lifted=True) if reason.is_liftable and reason.code in codes else reason
            for reason in self.reasons
        )
        return Verdict(tuple(reasons), self.not_asked)


def never(code: Code, sentence: Any, article: str = "", **values: Any) -> Reason:
    """A reason that nobody lifts; `values` are what its sentence names, beside the article."""
    told = _told(sentence, {**values, "article": article} if values else values)
    return Reason(code=code, outcome=Outcome.NEVER, sentence=told, article=article)


def hold(
    code: Code,
    sentence: Any,
    article: str = "",
    *,
    until: datetime | None = None,
    is_liftable: bool = True,
    **values: Any,
) -> Reason:
    """A reason that holds a message, until a moment if there is one."""
    return Reason(
        code=code,
        outcome=Outcome.HOLD,
        sentence=_told(sentence, values),
        article=article,
        until=until,
        is_liftable=is_liftable,
    )


def _told(sentence: Any, values: dict[str, Any]) -> Sentence:
    return format_lazy(sentence, **values) if values else sentence
