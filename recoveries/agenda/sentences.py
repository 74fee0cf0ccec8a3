"""Sentences that are made of facts when they are read, in the language of who reads. The facts are kept as JSON."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.utils.formats import date_format

from backoffice.amounts import euros
from legalcity.lib.errors import Sentence

Facts = Mapping[str, Any]


class Fact(StrEnum):
    """What a fact of a sentence is, so how it is written: a text as it is, a day `2026-11-04`, an amount `12.50`."""

    TEXT = "text"
    DAY = "day"
    MONEY = "money"


Known = Mapping[str, Fact]


def said(sentences: Sequence[Sentence], known: Known, facts: Facts) -> str:
    """The first of `sentences` that `facts` fill; empty where there is none."""
    told = {name: _shown(known[name], value) for name, value in facts.items() if value not in (None, "")}
    return next((str(one).format(**told) for one in sentences if _names_in(str(one)) <= told.keys()), "")


def require_facts(known: Known, facts: Facts) -> None:
    """Raises ValueError for facts that are not known, or that are not what they should be."""
    if unknown := facts.keys() - known.keys():
        raise ValueError(f"there are no facts {sorted(unknown)}")
    for name, value in facts.items():
        if value not in (None, ""):
            _shown(known[name], value)


def plain(facts: Facts) -> dict[str, Any]:
    """As JSON keeps them."""
    return {
        name: value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, Decimal) else value
        for name, value in facts.items()
    }


def _names_in(sentence: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", sentence))


def _shown(fact: Fact, value: Any) -> str:
    match fact:
        case Fact.DAY:
            return date_format(date.fromisoformat(str(value)), "SHORT_DATE_FORMAT")
        case Fact.MONEY:
            return euros(Decimal(str(value)))
        case _:
            return str(value)
