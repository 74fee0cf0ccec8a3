"""Facts as a posting keeps them: JSON values and back, by the names of the law's own records. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum
from operator import attrgetter
from typing import Any, TypeVar

from law.account.facts import Claim, ClaimKey, ClaimKind, CreditNote, DebtHead, Head, Payment, Refund, Waiver

Fact = TypeVar("Fact", Claim, CreditNote, Waiver, Payment, Refund)
Told = dict[str, Any]


def claim_key_told(key: ClaimKey) -> list[Any]:
    """`["invoice", 41]`."""
    return [str(key[0]), key[1]]


def claim_key_read(told: list[Any] | None) -> ClaimKey | None:
    """The key that `claim_key_told` told; None for None."""
    return (ClaimKind(told[0]), int(told[1])) if told else None


_DAYS = ("on", "issued_on", "due_on", "performed_on")
_AMOUNTS = ("amount", "part_paid")
_READ: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(_DAYS, date.fromisoformat),
    **dict.fromkeys(_AMOUNTS, Decimal),
    "claim": claim_key_read,
    "kind": ClaimKind,
}
_AS_JSON: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(_DAYS, date.isoformat),
    **dict.fromkeys((*_AMOUNTS, "kind", "head"), str),
    "claim": claim_key_told,
}
_HEADS: dict[type, type[StrEnum]] = {Claim: DebtHead, Waiver: Head}
_LEFT_OUT = ("state",)  # Which the postings after it tell
_MODELS: tuple[Any, ...] = (Claim, CreditNote, Waiver, Payment, Refund)
# By model: its fields with their defaults, and by what each is told and read (None: as it is). Found once, not at each
# posting.
_COLUMNS: dict[Any, list[tuple[str, Any, Callable[[Any], Any] | None]]] = {
    model: [
        (field.name, field.default, _AS_JSON.get(field.name)) for field in fields(model) if field.name not in _LEFT_OUT
    ]
    for model in _MODELS
}
_VALUES: dict[Any, Callable[[Any], tuple[Any, ...]]] = {
    model: attrgetter(*(name for name, *_unused in columns)) for model, columns in _COLUMNS.items()
}
_READERS: dict[Any, dict[str, Callable[[Any], Any] | None]] = {
    model: {name: _HEADS.get(model) if name == "head" else _READ.get(name) for name, *_unused in _COLUMNS[model]}
    for model in _MODELS
}


def told(fact: Fact) -> Told:
    """A fact as JSON values; what has its default is left out."""
    return {
        name: value if shown is None or value is None else shown(value)
        for (name, default, shown), value in zip(_COLUMNS[type(fact)], _VALUES[type(fact)](fact), strict=True)
        if default is MISSING or value != default  # To compare an amount with MISSING is dear.
    }


def read(model: type[Fact], values: Mapping[str, Any], **more: Any) -> Fact:
    """The fact that `told` told; `more` are fields that it could not know. Names that are not its fields are left."""
    readers, known = _READERS[model], {}
    for name, value in values.items():
        if name in readers:
            reader = readers[name]
            known[name] = value if reader is None or value is None else reader(value)
    return model(**known, **more)
