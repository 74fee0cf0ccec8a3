"""The facts of the law as rules take them: a few rows that change once a year, kept for some seconds."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models.signals import post_delete, post_save

from law.deadlines import Length, Lengths
from legalcity.lib.snapshot import Snapshot
from recoveries.models import LegalFact
from recoveries.shipped import shipped_facts

LONGEST = 1200  # months or days: nothing in the law of procedure is longer, and calendars end


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure (0 where the fact is a text) or a text, its article, and whether it was compared with the text."""

    value: Decimal
    text: str
    article: str
    is_confirmed: bool

    @property
    def length(self) -> Length:
        """As a length of time, in whole months or days."""
        return Length(min(int(self.value), LONGEST), self.is_confirmed)


def _read() -> dict[str, Fact]:
    """The rows; for one that is missing, or has lost its figure, what the product ships with, unconfirmed."""
    stored = {
        row.code: Fact(row.value or Decimal(0), row.text, row.article, row.is_confirmed)
        for row in LegalFact.objects.all()
        if row.value is not None or row.text
    }
    shipped = {} if len(stored) >= len(CODES) else {row["code"]: row for row in shipped_facts()}
    fallen_back = {
        code: Fact(row["value"] or Decimal(0), row["text"], row["article"], False) for code, row in shipped.items()
    }
    return {**fallen_back, **stored}


CODES = frozenset(row["code"] for row in shipped_facts())
facts_book = Snapshot(_read)
for _signal in (post_save, post_delete):
    _signal.connect(facts_book.forget, sender=LegalFact, dispatch_uid=f"legal-facts-{id(_signal)}")


def fact(code: str) -> Fact:
    """One fact. Raises KeyError for a code that the product does not ship."""
    return facts_book.value[code]


def lengths() -> Lengths:
    """The times of a procedure whose length is a row."""
    return Lengths(
        service=fact("order_service_months").length,
        service_before_reform=fact("order_service_months_before").length,
        enforceable=fact("order_enforceable_months").length,
        lawyer=fact("lawyer_days").length,
    )
