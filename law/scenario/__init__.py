"""Scenarios: which step of an escalation is due for a case, on which day, and what is done then. Pure.

`plan` is asked by the clock and by the rehearsal, so that both say the same. docs/letters.md tells the rules.
"""

from law.scenario.conditions import PREDICATES, Condition, Unreadable, condition_read, first_unmet
from law.scenario.facts import CaseFacts, Debtor, Done, Held, Step, Version, after_message
from law.scenario.grouping import WITHIN, Going, Together, together
from law.scenario.planning import Decision, Reason, next_look, plan, plan_elsewhere, why
from law.scenario.vocabulary import OPEN, Act, Base, Fate, IfImpossible, Result, Standing, Unit, Way, Why

__all__ = [
    "OPEN",
    "PREDICATES",
    "WITHIN",
    "Act",
    "Base",
    "CaseFacts",
    "Condition",
    "Debtor",
    "Decision",
    "Done",
    "Fate",
    "Going",
    "Held",
    "IfImpossible",
    "Reason",
    "Result",
    "Standing",
    "Step",
    "Together",
    "Unit",
    "Unreadable",
    "Version",
    "Way",
    "Why",
    "after_message",
    "condition_read",
    "first_unmet",
    "next_look",
    "plan",
    "plan_elsewhere",
    "together",
    "why",
]
