"""May a case go to court for an order for payment? A rule over values, with the article behind each answer.

Pure: facts, limits and the day come in as arguments; what comes out says everything that stands in the way, not only
the first thing. CPC is the Code de procédure civile.
"""

from dataclasses import dataclass
from datetime import date

from law.eligibility.answer import Reason
from law.eligibility.claims import ClaimAnswer, claims_judged, doubtful, going, staying
from law.eligibility.costs import Contribution, Costs
from law.eligibility.facts import Claim, Facts, Limits
from law.eligibility.place import court_for, procedure_for
from law.eligibility.reasons import reasons_of
from law.eligibility.warnings import warnings_of
from law.vocabulary import Court, Procedure

__all__ = [
    "Claim",
    "ClaimAnswer",
    "Contribution",
    "Costs",
    "Eligibility",
    "Facts",
    "Limits",
    "Reason",
    "assess",
    "court_for",
]


@dataclass(frozen=True, slots=True)
class Eligibility:
    """The answer. `procedure` and `court_type` are None when the parties or their countries leave them open.

    `claims` has an answer for each invoice, in their order, `debts` for each debt beside them.
    """

    procedure: Procedure | None
    court_type: Court | None
    reasons: tuple[Reason, ...]
    warnings: tuple[Reason, ...]
    claims: tuple[ClaimAnswer, ...]
    debts: tuple[ClaimAnswer, ...] = ()

    @property
    def eligible(self) -> bool:
        """Nothing stands in the way."""
        return not self.reasons

    @property
    def going(self) -> list[ClaimAnswer]:
        """The claims that a transfer takes along."""
        return going(self.claims)

    @property
    def staying(self) -> list[ClaimAnswer]:
        """Those that it leaves behind, each with its reason."""
        return staying(self.claims)

    @property
    def debts_staying(self) -> list[ClaimAnswer]:
        """The debts that it leaves behind, each with its reason."""
        return staying(self.debts)

    @property
    def doubtful(self) -> list[ClaimAnswer]:
        """The invoices and debts among those that go that may be time-barred already."""
        return doubtful((*self.claims, *self.debts))


def assess(facts: Facts, limits: Limits, today: date) -> Eligibility:
    """Whether the case may be transferred, to which procedure and court, and everything that speaks against it."""
    procedure = procedure_for(facts.customer, facts.debtor)
    claims = claims_judged(facts, facts.invoices, today)
    debts = claims_judged(facts, facts.debts, today)
    return Eligibility(
        procedure=procedure,
        court_type=court_for(facts.customer, facts.debtor, facts.matter),
        reasons=tuple(reasons_of(facts, claims, debts, limits, today)),
        warnings=tuple(warnings_of(facts, claims, debts, limits, procedure, today)),
        claims=claims,
        debts=debts,
    )
