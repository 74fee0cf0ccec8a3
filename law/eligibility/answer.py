"""What the rule says: reasons that stand in the way, warnings that do not."""

from dataclasses import dataclass
from typing import Any

from django.utils.text import format_lazy
from legalcity.lib.errors import Sentence

from law.vocabulary import Court, Procedure


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence for people, a code for programs, and the article behind it, if there is one."""

    code: str
    sentence: Sentence
    article: str = ""

    def __str__(self) -> str:
        sentence = str(self.sentence)
        return f"{sentence.removesuffix('.')} ({self.article})." if self.article else sentence


@dataclass(frozen=True, slots=True)
class Eligibility:
    """The answer. `procedure` and `court_type` are None when the parties or their countries leave them open."""

    procedure: Procedure | None
    court_type: Court | None
    reasons: tuple[Reason, ...]
    warnings: tuple[Reason, ...]

    @property
    def eligible(self) -> bool:
        """Nothing stands in the way."""
        return not self.reasons


def limited(code: str, sentence: Any, article: str = "", **values: Any) -> Reason:
    """A reason whose sentence names a figure or a day."""
    return Reason(code, format_lazy(sentence, **values), article)
