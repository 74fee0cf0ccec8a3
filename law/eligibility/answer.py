"""What the rule says: reasons that stand in the way, warnings that do not."""

from dataclasses import dataclass
from typing import Any

from django.utils.text import format_lazy
from legalcity.lib.errors import Sentence


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence for people, a code for programs, and the article behind it, if there is one."""

    code: str
    sentence: Sentence
    article: str = ""

    def __str__(self) -> str:
        sentence = str(self.sentence)
        return f"{sentence.removesuffix('.')} ({self.article})." if self.article else sentence


def limited(code: str, sentence: Any, article: str = "", **values: Any) -> Reason:
    """A reason whose sentence names a figure or a day."""
    return Reason(code, format_lazy(sentence, **values), article)
