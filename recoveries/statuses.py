"""The life of a case: its statuses and the moves between them, in one table for each kind of case.

Names and descriptions are what the catalogue begins with; staff may change them there. Ids, groups, who may cause a
status and the moves are code. `docs/life-cycle.md` is drawn from this table (`manage.py draw_life_cycle`).
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from law.vocabulary import CaseType, Step


class Actor(StrEnum):
    """Who causes a status: a client by the API, a member of staff, or a task on a fact that leaves no choice."""

    CLIENT = "client"
    STAFF = "staff"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Group:
    """What the list filter of the API takes. Groups 1, 2 and 3 are part of the contract."""

    id: int
    name: str


GROUPS = {
    group.id: group
    for group in (
        Group(1, "Dossier Créé"),
        Group(2, "Relance 1"),
        Group(3, "Relance 2"),
        Group(4, "Mise en demeure"),
        Group(5, "Échéancier"),
        Group(6, "Litige"),
        Group(7, "Terminé"),
        Group(8, "Transféré"),
        Group(11, "Requête"),
        Group(12, "Ordonnance"),
        Group(13, "Opposition"),
        Group(14, "Exécution"),
        Group(15, "Procédure terminée"),
    )
}


class Phase(StrEnum):
    """Where a case stands, in the seven words that programs of clients ask for."""

    AMICABLE = "amicable"
    FORMAL = "formal"
    PLAN = "plan"
    DISPUTE = "dispute"
    COURT = "court"
    ENFORCEMENT = "enforcement"
    ENDED = "ended"


PHASES = {
    1: Phase.AMICABLE,
    2: Phase.AMICABLE,
    3: Phase.AMICABLE,
    4: Phase.FORMAL,
    5: Phase.PLAN,
    6: Phase.DISPUTE,
    7: Phase.ENDED,
    8: Phase.ENDED,
    11: Phase.COURT,
    12: Phase.COURT,
    13: Phase.COURT,
    14: Phase.ENFORCEMENT,
    15: Phase.ENDED,
}


def phase_of(group: int, *, is_closing: bool) -> Phase:
    """The phase of a status of this group. A group that staff added is one more step of an open amicable case."""
    return PHASES.get(group, Phase.ENDED if is_closing else Phase.AMICABLE)


@dataclass(frozen=True, slots=True)
class Status:
    """One status. `id` is also its place in lists; `by` says who may cause it."""

    id: Step
    name: str
    description: str
    group: Group
    by: frozenset[Actor]
    is_closing: bool = False

    @property
    def position(self) -> int:
        """Its place among the statuses."""
        return int(self.id)

    @property
    def case_type(self) -> CaseType:
        """The kind of case that has it."""
        return CaseType.INJUNCTION if self.id > Step.TRANSFERRED else CaseType.AMICABLE


STAFF = frozenset({Actor.STAFF})
STAFF_OR_SYSTEM = STAFF | {Actor.SYSTEM}
STAFF_OR_CLIENT = STAFF | {Actor.CLIENT}

STATUSES: dict[int, Status] = {
    status.id: status
    for status in (
        Status(
            Step.CREATED,
            "Dossier Créé",
            "Recovery case created and awaiting processing",
            GROUPS[1],
            STAFF_OR_CLIENT,
        ),
        Status(Step.REMINDER_1, "Relance 1", "First reminder sent to the debtor", GROUPS[2], STAFF_OR_SYSTEM),
        Status(Step.REMINDER_2, "Relance 2", "Second reminder sent to the debtor", GROUPS[3], STAFF_OR_SYSTEM),
        Status(
            Step.FORMAL_NOTICE,
            "Mise en demeure",
            "Formal notice to pay sent to the debtor",
            GROUPS[4],
            STAFF_OR_SYSTEM,
        ),
        Status(
            Step.PRE_LITIGATION,
            "Pré-contentieux",
            "Last amicable steps by a handler, proceedings being prepared",
            GROUPS[4],
            STAFF,
        ),
        Status(Step.PAYMENT_PLAN, "Échéancier", "Payment plan agreed with the debtor", GROUPS[5], STAFF),
        Status(Step.DISPUTE, "Litige", "Claim disputed by the debtor", GROUPS[6], STAFF),
        Status(Step.PAID, "Payé", "Claim paid in full", GROUPS[7], STAFF_OR_SYSTEM, is_closing=True),
        Status(Step.CLOSED, "Clôturé", "Case closed without full payment", GROUPS[7], STAFF, is_closing=True),
        Status(
            Step.TRANSFERRED,
            "Transféré en injonction",
            "Transferred to an injunction procedure, where the case goes on",
            GROUPS[8],
            STAFF_OR_CLIENT,
            is_closing=True,
        ),
        Status(
            Step.REQUEST_DRAFT,
            "Requête en préparation",
            "Request for an order for payment being prepared",
            GROUPS[11],
            STAFF_OR_SYSTEM,
        ),
        Status(Step.REQUEST_FILED, "Requête déposée", "Request filed with the court", GROUPS[11], STAFF),
        Status(Step.ORDER_MADE, "Ordonnance rendue", "Order for payment made for the whole claim", GROUPS[12], STAFF),
        Status(
            Step.ORDER_IN_PART,
            "Ordonnance partielle",
            "Order for payment made for a part of the claim",
            GROUPS[12],
            STAFF,
        ),
        Status(
            Step.REJECTED,
            "Rejetée",
            "Request rejected by the judge, or claim dismissed after an opposition",
            GROUPS[15],
            STAFF,
            is_closing=True,
        ),
        Status(Step.SERVED, "Signifiée", "Order served on the debtor", GROUPS[12], STAFF),
        Status(Step.OPPOSED, "Opposition", "Order opposed by the debtor, court to hear the parties", GROUPS[13], STAFF),
        Status(Step.ENFORCEABLE, "Exécutoire", "Order, or judgment in its place, enforceable", GROUPS[14], STAFF),
        Status(Step.ENFORCEMENT, "Exécution", "Enforcement in the hands of a bailiff", GROUPS[14], STAFF),
        Status(
            Step.PAID_IN_COURT,
            "Payée",
            "Claim paid in full during the procedure",
            GROUPS[15],
            STAFF_OR_SYSTEM,
            is_closing=True,
        ),
        Status(Step.LAPSED, "Caduque", "Request or order lapsed by law", GROUPS[15], STAFF, is_closing=True),
        Status(
            Step.WITHDRAWN,
            "Désistement",
            "Procedure given up by the creditor",
            GROUPS[15],
            STAFF,
            is_closing=True,
        ),
    )
}

STARTS = {CaseType.AMICABLE: Step.CREATED, CaseType.INJUNCTION: Step.REQUEST_DRAFT}

OPEN = {
    kind: frozenset(status.id for status in STATUSES.values() if status.case_type == kind and not status.is_closing)
    for kind in CaseType
}

IN_COURT = frozenset(status.id for status in STATUSES.values() if status.case_type == CaseType.INJUNCTION)

# From any open status: a debtor may pay at any time, a creditor may give up at any time, and the court may be asked
# whatever came before (the order for payment needs no reminder first).
_AMICABLE_ENDS = frozenset({Step.PAID, Step.CLOSED, Step.TRANSFERRED})
_PROCEDURE_ENDS = frozenset({Step.PAID_IN_COURT, Step.WITHDRAWN})

MOVES: dict[int, frozenset[Step]] = {
    # A client may have sent reminders before: the first letter can be the formal notice. But there is one, with what
    # article R124-4 of the CPCE asks for, before a handler takes over.
    Step.CREATED: _AMICABLE_ENDS | {Step.REMINDER_1, Step.FORMAL_NOTICE, Step.PAYMENT_PLAN, Step.DISPUTE},
    Step.REMINDER_1: _AMICABLE_ENDS
    | {Step.REMINDER_2, Step.FORMAL_NOTICE, Step.PRE_LITIGATION, Step.PAYMENT_PLAN, Step.DISPUTE},
    Step.REMINDER_2: _AMICABLE_ENDS | {Step.FORMAL_NOTICE, Step.PRE_LITIGATION, Step.PAYMENT_PLAN, Step.DISPUTE},
    Step.FORMAL_NOTICE: _AMICABLE_ENDS | {Step.PRE_LITIGATION, Step.PAYMENT_PLAN, Step.DISPUTE},
    # Back to a formal notice: the first one came back undelivered, or the file was reopened.
    Step.PRE_LITIGATION: _AMICABLE_ENDS | {Step.FORMAL_NOTICE, Step.PAYMENT_PLAN, Step.DISPUTE},
    # A missed instalment ends the plan: the whole becomes due again by a formal notice, or goes to a handler.
    Step.PAYMENT_PLAN: _AMICABLE_ENDS | {Step.FORMAL_NOTICE, Step.PRE_LITIGATION, Step.DISPUTE},
    # A dispute that is answered goes on where dunning was; one that is settled ends in a plan, a payment or a closure.
    Step.DISPUTE: _AMICABLE_ENDS | {Step.REMINDER_2, Step.FORMAL_NOTICE, Step.PRE_LITIGATION, Step.PAYMENT_PLAN},
    # A cheque or a debit may bounce, a closed file may be opened again: to a handler, never to a status in which the
    # client may change the case.
    Step.PAID: frozenset({Step.PRE_LITIGATION}),
    Step.CLOSED: frozenset({Step.PRE_LITIGATION}),
    # The claim lives in one case at a time: what follows, follows in the injunction case.
    Step.TRANSFERRED: frozenset(),
    Step.REQUEST_DRAFT: _PROCEDURE_ENDS | {Step.REQUEST_FILED},
    # Lapse: court fees not deposited in time (article 1425, first paragraph).
    Step.REQUEST_FILED: _PROCEDURE_ENDS | {Step.ORDER_MADE, Step.ORDER_IN_PART, Step.REJECTED, Step.LAPSED},
    # Lapse: order not served in time (article 1411).
    Step.ORDER_MADE: _PROCEDURE_ENDS | {Step.SERVED, Step.LAPSED},
    # Serving it gives up the rest; not serving it leaves the ordinary courts (article 1409).
    Step.ORDER_IN_PART: _PROCEDURE_ENDS | {Step.SERVED, Step.LAPSED},
    # No appeal, only the ordinary courts (article 1409).
    Step.REJECTED: frozenset(),
    Step.SERVED: _PROCEDURE_ENDS | {Step.OPPOSED, Step.ENFORCEABLE},
    # The judgment takes the order's place (article 1420). Lapse: costs not deposited (1425), no lawyer appointed or
    # nobody at the hearing (1419).
    Step.OPPOSED: _PROCEDURE_ENDS | {Step.ENFORCEABLE, Step.REJECTED, Step.LAPSED},
    # Served on somebody else than the debtor, an order can still be opposed after the first act or seizure that
    # reaches the debtor (article 1416, second paragraph).
    Step.ENFORCEABLE: _PROCEDURE_ENDS | {Step.ENFORCEMENT, Step.OPPOSED},
    # A measure that yields nothing leaves the title.
    Step.ENFORCEMENT: _PROCEDURE_ENDS | {Step.ENFORCEABLE, Step.OPPOSED},
    # A payment may bounce: staff put the procedure back where the court has it.
    Step.PAID_IN_COURT: OPEN[CaseType.INJUNCTION],
    # The request or the order is gone, the claim is not: it may be asked for anew while it is not time-barred.
    Step.LAPSED: frozenset({Step.REQUEST_DRAFT}),
    # Who withdraws gives up the proceedings, not the claim (article 398).
    Step.WITHDRAWN: frozenset({Step.REQUEST_DRAFT}),
}


# A payment that came back is no longer there: the ledger takes the case out of what it was moved to by the ledger.
_REOPEN: dict[int, frozenset[Actor]] = {Step.PAID: STAFF_OR_SYSTEM, Step.PAID_IN_COURT: STAFF_OR_SYSTEM}


def is_in_court(status_id: int) -> bool:
    """Whether a case in this status has a procedure, whatever its client wished for when it was filed."""
    return status_id in IN_COURT


def allowed_moves(status_id: int, *, by: Actor | None = None, added: Collection[int] = ()) -> frozenset[int]:
    """Ids of the statuses that a case in `status_id` may get next; those that `by` may cause, when given.

    Whatever leads there, staff alone take a case out of a closing status; out of a paid one the ledger does too.
    `added`: ids of statuses that staff added to the catalogue. Each is one more step of an open amicable case, which
    staff alone give. An id that neither the table nor `added` knows goes nowhere.
    """
    steps, extra = OPEN[CaseType.AMICABLE], frozenset(added)
    targets: frozenset[int] = MOVES.get(status_id, frozenset())
    if status_id in extra:
        targets = steps - {Step.CREATED} | _AMICABLE_ENDS | extra - {status_id}
    elif status_id in steps:
        targets = targets | extra
    reopens = status_id in STATUSES and STATUSES[status_id].is_closing
    causes = _REOPEN.get(status_id, STAFF) if reopens else None
    return frozenset(target for target in targets if by is None or by in (causes or _causes(target)))


def is_allowed(
    from_status: int | None, to_status: int, *, by: Actor | None = None, added: Collection[int] = ()
) -> bool:
    """True when a case may go from one status to the other; None stands for a case that has none yet."""
    if from_status is None:
        return to_status in STARTS.values() and (by is None or by in _causes(to_status))
    return to_status in allowed_moves(from_status, by=by, added=added)


def _causes(status_id: int) -> frozenset[Actor]:
    return STATUSES[status_id].by if status_id in STATUSES else STAFF
