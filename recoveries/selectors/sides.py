"""Which companies stand where."""

from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from accounts.models import User
from companies.models import Company
from recoveries.models import Recovery

SIDES = ("customer", "debtor")


def parties_of(recovery: Recovery, side: str | None = None) -> QuerySet[Company]:
    """The companies of a case, or the one on `side`."""
    ids = [getattr(recovery, f"{each}_id") for each in SIDES if side in (None, each)]
    return Company.objects.filter(pk__in=[pk for pk in ids if pk is not None])


class Stands(NamedTuple):
    """A company, and the newest case in which it stands on a side."""

    company: Company
    side: str
    recovery_id: int


def parties_of_account(user: User, side: str) -> list[Stands]:
    """The companies of an account that stand in a case as `customer`, as `debtor` or as either (`both`), each once.

    Who stands on both sides is told as the debtor. One statement.
    """
    sides = SIDES if side == "both" else (side,)
    stands = Q()
    for each in sides:
        stands |= Q(Exists(_cases(each)))
    newest = {f"newest_{each}": Subquery(_cases(each).order_by("-pk").values("pk")[:1]) for each in sides}
    found = Company.objects.owned_by(user).filter(stands).annotate(**newest)
    return [_stands(company, sides) for company in found.order_by("company_legalrep_lastname", "pk")]


def _cases(side: str) -> QuerySet[Recovery]:
    """The cases in which a company, that of the query around, stands on a side."""
    return Recovery.objects.filter(**{f"{side}_id": OuterRef("pk")})


def _stands(company: Company, sides: Sequence[str]) -> Stands:
    side = next(each for each in reversed(sides) if getattr(company, f"newest_{each}"))
    return Stands(company, side, getattr(company, f"newest_{side}"))
