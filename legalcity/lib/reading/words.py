"""The sentence of a refusal, its figures in the form of the language that is spoken."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import number_format

from legalcity.lib.errors import Sentence
from legalcity.lib.reading import Unreadable


def sentence_of(error: Unreadable, template: Sentence, *, day: Callable[[date], str], **more: Any) -> str:
    """`template` with the values of `error` filled in; `day` writes the days."""

    def word(value: Any) -> Any:
        if isinstance(value, Decimal):
            return number_format(value, use_l10n=True, force_grouping=False)
        return day(value) if isinstance(value, date) else value

    return str(template).format(**{name: word(value) for name, value in error.values.items()}, **more)
