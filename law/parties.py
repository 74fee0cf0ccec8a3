"""The parties of a claim, as far as the law looks at them."""

from dataclasses import dataclass

from law.vocabulary import CompanyType, FreelanceType


@dataclass(frozen=True, slots=True)
class Party:
    """A creditor or a debtor. `kind` and `freelance_kind` are `company_type` and `company_freelance_type`."""

    kind: str | None
    country: str | None  # as typed
    freelance_kind: str | None = None

    @property
    def is_consumer(self) -> bool:
        """A private person, who does not act for a business."""
        return self.kind == CompanyType.PARTICULAR

    @property
    def is_artisan(self) -> bool:
        """A sole trader of the crafts."""
        return self._is_sole_trader and self.freelance_kind == FreelanceType.ARTISAN

    @property
    def is_trader(self) -> bool:
        """Of those whom the commercial court judges: commercial companies, traders and artisans (L721-3 C. com.)."""
        return self.kind == CompanyType.COMMERCIAL or (self._is_sole_trader and self.freelance_kind is not None)

    @property
    def is_unclear(self) -> bool:
        """Not enough is known to say whether it is a trader."""
        return self.kind is None or (self._is_sole_trader and self.freelance_kind is None)

    @property
    def _is_sole_trader(self) -> bool:
        return self.kind == CompanyType.FREELANCE
