"""Which companies stand where."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from companies.models import Company
from recoveries.models import Recovery

SIDES = ("customer", "debtor")


def parties_of(recovery: Recovery, side: str | None = None) -> QuerySet[Company]:
    """The companies of a case, or the one on `side`."""
    ids = [getattr(recovery, f"{each}_id") for each in SIDES if side in (None, each)]
    return Company.objects.filter(pk__in=[pk for pk in ids if pk is not None])


def parties_of_account(user: User, side: str) -> QuerySet[Company]:
    """The companies of an account that stand in a case as `customer`, as `debtor` or as either (`both`)."""
    sides = SIDES if side == "both" else (side,)
    stands = Q()
    for each in sides:
        stands |= Q(Exists(Recovery.objects.filter(**{f"{each}_id": OuterRef("pk")})))
    return Company.objects.owned_by(user).filter(stands).order_by("company_legalrep_lastname", "pk")
