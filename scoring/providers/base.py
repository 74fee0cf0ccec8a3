"""The interface of providers: given a company, what they know of it."""

from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Protocol

from scoring.facts import Band, Claim, Insolvency, Notice, Registration


class Answered(StrEnum):
    """What came of asking a source."""

    ANSWERED = "answered"
    NOT_FOUND = "not_found"  # it does not know the company
    UNAVAILABLE = "unavailable"
    OFF = "off"
    NOT_ASKED = "not_asked"  # nothing to ask by: the company has no SIREN


@dataclass(frozen=True, slots=True)
class Subject:
    """The company that a report is about, and the client (`owner_id`) who asks."""

    owner_id: int
    company_id: int
    siren: str
    siret: str
    legal_form: str
    country: str


@dataclass(frozen=True, slots=True)
class Findings:
    """What one provider found; what it does not know of is None."""

    answered: Answered = Answered.ANSWERED
    own: tuple[Claim, ...] | None = None
    others: Band | None = None
    registration: Registration | None = None
    insolvency: Insolvency | None = None
    notices: tuple[Notice, ...] | None = None
    problem: str = ""

    @property
    def told(self) -> dict[str, object]:
        """What was found, by name."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            name: value for name, value in values.items() if value is not None and name not in ("answered", "problem")
        }


class Provider(Protocol):
    """Something that knows companies. An outside failure is told in the findings, it is not raised."""

    name: str

    def find(self, subject: Subject, today: date) -> Findings:
        """What there is to know of `subject` on the day `today` (Paris)."""
        ...
