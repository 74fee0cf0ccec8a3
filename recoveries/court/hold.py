"""The hold that doubtful limitation lays on a case, and how a manager lifts it.

A claim that is time-barred unless its payments or its due date prolonged the time (articles 2240, 2233 C. civ.) goes
neither to a consumer in a letter nor to court, until a manager takes it on.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from law.limitation import is_in_doubt
from legalcity.lib.clock import today
from legalcity.lib.errors import Forbidden
from recoveries.models import HoldChange, Recovery
from recoveries.selectors.deadlines import deadlines_of
from recoveries.services.cases import recovery_lock


def is_doubtful(case: Recovery) -> bool:
    """Whether its limitation is in doubt today. No statement while its next legal date, as it is kept, is to come."""
    is_past = case.next_deadline is not None and case.next_deadline < today()
    return is_past and is_in_doubt(deadlines_of(case, today()), today())


@transaction.atomic
def hold_lift(*, recovery_id: int, reason: str, by: User | None) -> Recovery:
    """Let letters and a transfer go though a claim may be time-barred; `reason` says what speaks for the claim.

    Raises NotFound, Forbidden where nothing is in doubt or the hold was lifted already.
    """
    case = recovery_lock(recovery_id=recovery_id)
    if case.is_hold_lifted or not is_doubtful(case):
        raise Forbidden(_("No hold of limitation lies on this case."))
    return _changed(case, is_lifted=True, reason=reason, by=by)


@transaction.atomic
def hold_restore(*, recovery_id: int, reason: str, by: User | None) -> Recovery:
    """Lay the hold on again. Raises NotFound, Forbidden where it was not lifted."""
    case = recovery_lock(recovery_id=recovery_id)
    if not case.is_hold_lifted:
        raise Forbidden(_("The hold of limitation was not lifted on this case."))
    return _changed(case, is_lifted=False, reason=reason, by=by)


def _changed(case: Recovery, *, is_lifted: bool, reason: str, by: User | None) -> Recovery:
    HoldChange.objects.create(recovery=case, is_lifted=is_lifted, reason=reason, user=by)
    case.is_hold_lifted = is_lifted
    case.save(update_fields=["is_hold_lifted", "updated_at"])
    return case
