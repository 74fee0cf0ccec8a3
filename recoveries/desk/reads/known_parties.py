"""What is known already when a case is opened: clients, and the debtors of the cases of one of them.

A client's case is filled in with what that client gave, and never with what another one did.
"""

from django.db.models import QuerySet

from accounts.models import User
from companies.models import Company
from recoveries.desk.reads.finding import SHOWN, Term, rows_for
from recoveries.models import Recovery
from recoveries.selectors.creditors import LATEST, parties_once


def clients_lately(user: User) -> list[User]:
    """The clients of the newest cases that a member of staff sees."""
    cases = Recovery.objects.in_reach_of(user).select_related("owner").order_by("-created_at", "-id")[:LATEST]
    clients = {case.owner_id: case.owner for case in cases if case.owner.is_active and not case.owner.is_staff}
    return list(clients.values())[:SHOWN]


def debtors_found(owner: User, user: User, text: str) -> list[Company]:
    """The client's debtors that a text finds (SIREN, phone in any spelling, a part of the name), each once."""
    term = Term(text)
    return parties_once(rows_for(term, debtors_of(owner, user).order_by("-id"))) if term else []


def debtors_of(owner: User, user: User) -> QuerySet[Company]:
    """The debtors of the client's cases, as far as a member of staff sees these."""
    cases = Recovery.objects.owned_by(owner).in_reach_of(user)
    return Company.objects.owned_by(owner).filter(pk__in=cases.values("debtor"))
