"""What forms about money let people choose from."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy

from backoffice.amounts import euros
from backoffice.fields import OFFERED, ChildField
from law.account.facts import ClaimKey, ClaimKind, Head
from recoveries.ledger.reductions import OwedPart
from recoveries.ledger.sheet import HEADS
from recoveries.models import Acompte

REASON_LENGTH = 255  # of a posting
PENALTY = "penalty"  # in the place of a claim


class InvoiceChoice(ChildField):
    """An invoice by its number and its amount."""

    def label_from_instance(self, obj: Any) -> str:
        """What tells invoices from one another."""
        return f"{obj.invoice_number} · {euros(obj.invoice_amount)}"


class StandingChoice(ChildField):
    """Something that was recorded and stands; a colleague may have been faster."""

    default_error_messages = {
        "invalid_choice": gettext_lazy("This was reversed meanwhile, or is not of this case: look at the case again.")
    }


class EntryChoice(StandingChoice):
    """A payment or a debt by its day, its amount and its own words."""

    def label_from_instance(self, obj: Any) -> str:
        """What tells them from one another."""
        words = obj.reference if isinstance(obj, Acompte) else obj.label
        told = (date_format(obj.date, "SHORT_DATE_FORMAT"), euros(obj.amount), words)
        return " · ".join(str(part) for part in told if part)


class OwedChoice(forms.ChoiceField):
    """One head of a claim that is owed; the first `OFFERED` are shown, any is taken."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.parts: dict[str, OwedPart] = {}

    def among(self, parts: Sequence[OwedPart]) -> None:
        """Take one of `parts`."""
        self.parts = {_slug(part): part for part in parts}
        shown = list(self.parts.items())[:OFFERED]
        self.choices = [("", "—"), *((slug, _told(part)) for slug, part in shown)]

    def valid_value(self, value: str) -> bool:
        """Whether it is owed."""
        return value in self.parts


def part_read(value: str) -> tuple[ClaimKey | None, Head]:
    """The claim (None: the penalty) and the head of a part that was chosen."""
    kind, number, head = value.split("-")
    return ((ClaimKind(kind), int(number)) if kind != PENALTY else None), Head(head)


def _slug(part: OwedPart) -> str:
    kind, number = part.key or (PENALTY, 0)
    return f"{kind}-{number}-{part.head}"


def _told(part: OwedPart) -> str:
    label, _article = HEADS[part.head]
    told = (part.claim.number if part.claim else "", label, euros(part.amount))
    return " · ".join(str(each) for each in told if each)
