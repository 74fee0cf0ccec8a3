"""May a case go to court for an order for payment? A rule over values, with the article behind each answer.

Pure: facts, limits and the day come in as arguments; what comes out says everything that stands in the way, not only
the first thing. CPC is the Code de procédure civile.
"""

from datetime import date

from law.eligibility.answer import Eligibility, Reason
from law.eligibility.facts import Claim, Facts, Limits
from law.eligibility.place import court_for, procedure_for
from law.eligibility.reasons import reasons_of
from law.eligibility.warnings import warnings_of

__all__ = [
    "Claim",
    "Eligibility",
    "Facts",
    "Limits",
    "Reason",
    "assess",
    "court_for",
]


def assess(facts: Facts, limits: Limits, today: date) -> Eligibility:
    """Whether the case may be transferred, to which procedure and court, and everything that speaks against it."""
    procedure = procedure_for(facts.customer, facts.debtor)
    return Eligibility(
        procedure=procedure,
        court_type=court_for(facts.customer, facts.debtor, facts.matter),
        reasons=tuple(reasons_of(facts, limits, today)),
        warnings=tuple(warnings_of(facts, limits, procedure, today)),
    )
