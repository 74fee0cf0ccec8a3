"""The parties of a claim, as far as the law looks at them."""

from dataclasses import dataclass
from enum import StrEnum

from law.vocabulary import CompanyType, FreelanceType


class Quality(StrEnum):
    """In which quality a party deals; of two parties, in which both do."""

    PROFESSIONAL = "professional"
    CONSUMER = "consumer"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Party:
    """A creditor or a debtor. `kind` and `freelance_kind` are `company_type` and `company_freelance_type`."""

    kind: str | None
    country: str | None  # as typed
    freelance_kind: str | None = None
    confirmed: Quality = Quality.UNKNOWN

    @property
    def is_consumer(self) -> bool:
        """A private person, or who is known not to act for a business (art. liminaire C. conso.)."""
        return self.kind == CompanyType.PARTICULAR or self.confirmed == Quality.CONSUMER

    @property
    def is_artisan(self) -> bool:
        """A sole trader of the crafts."""
        return self._is_sole_trader and self.freelance_kind == FreelanceType.ARTISAN

    @property
    def is_trader(self) -> bool:
        """Of those whom the commercial court judges: commercial companies, traders and artisans (L721-3 C. com.)."""
        is_sole = self._is_sole_trader and self.freelance_kind is not None and not self.is_consumer
        return self.kind == CompanyType.COMMERCIAL or is_sole

    @property
    def is_unclear(self) -> bool:
        """Not enough is known to say whether it is a trader."""
        is_sole = self._is_sole_trader and self.freelance_kind is None and not self.is_consumer
        return self.kind is None or is_sole

    @property
    def _is_sole_trader(self) -> bool:
        return self.kind == CompanyType.FREELANCE


def bears_a_persons_name(kind: str | None) -> bool:
    """Whether the name of such a party (`company_type`) may be a person's: also of those who trade in their own name.

    Of whom nothing is known it may be.
    """
    return kind in (None, "", CompanyType.PARTICULAR, CompanyType.FREELANCE, CompanyType.LIBERAL)


def acts_as(kind: str | None, confirmed: Quality, *, is_debtor: bool) -> Quality:
    """In which quality a party of this `company_type` deals; `confirmed` is what staff or the client confirmed.

    A commercial company always as a professional, a private person never. Sole traders and liberal professions do as
    creditors; as debtors, like civil companies, associations and parties of no known kind, once it is confirmed.
    """
    if kind == CompanyType.PARTICULAR:
        return Quality.CONSUMER
    if kind == CompanyType.COMMERCIAL:
        return Quality.PROFESSIONAL
    if confirmed == Quality.UNKNOWN and kind in (CompanyType.FREELANCE, CompanyType.LIBERAL) and not is_debtor:
        return Quality.PROFESSIONAL
    return confirmed


def between(creditor: Quality, debtor: Quality) -> Quality:
    """In which quality both deal with each other: one consumer is enough, one unknown leaves it open."""
    for quality in (Quality.CONSUMER, Quality.UNKNOWN):
        if quality in (creditor, debtor):
            return quality
    return Quality.PROFESSIONAL
