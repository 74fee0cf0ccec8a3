"""When a case was changed last, as clients see it: with whatever its detail shows of it."""

from django.db.models import Q

from legalcity.lib.clock import now
from recoveries.models import Recovery


def cases_touch(*recovery_ids: int) -> None:
    """Say that something was changed that the detail of these cases shows. The caller holds their locks."""
    Recovery.objects.filter(pk__in=recovery_ids).update(updated_at=now())


def procedure_touch(recovery_id: int) -> None:
    """Likewise for the procedure of a case in court, which the case that it came from shows too."""
    Recovery.objects.filter(Q(pk=recovery_id) | Q(transferred_to=recovery_id)).update(updated_at=now())
