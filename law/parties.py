"""The parties of a claim, as far as the law looks at them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Party:
    """A creditor or a debtor. `kind` and `freelance_kind` are `company_type` and `company_freelance_type`."""

    kind: str | None
    country: str | None  # as typed
    freelance_kind: str | None = None

    @property
    def is_consumer(self) -> bool:
        """A private person, who does not act for a business."""
        return self.kind == "particular"

    @property
    def is_artisan(self) -> bool:
        """A sole trader of the crafts."""
        return self.kind == "freelance" and self.freelance_kind == "artisan"

    @property
    def is_trader(self) -> bool:
        """Of those whom the commercial court judges: commercial companies, traders and artisans (L721-3 C. com.)."""
        return self.kind == "commercial" or (self.kind == "freelance" and self.freelance_kind is not None)

    @property
    def is_unclear(self) -> bool:
        """Not enough is known to say whether it is a trader."""
        return self.kind is None or (self.kind == "freelance" and self.freelance_kind is None)
