"""Payments received and further debts, as staff enter them; the case's totals follow at once.

Neither row has a column for its author: who wrote it down stands in the audit, as who added it.
"""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Value

from accounts.models import User
from backoffice.audit import ADDED, audit_record
from legalcity.lib.copying import rows_copy
from recoveries.models import Acompte, Dette, Recovery
from recoveries.services.totals import totals_refresh


def _lock(recovery_id: int) -> None:
    Recovery.objects.select_for_update(of=("self",)).get(pk=recovery_id)


@transaction.atomic
def acompte_record(
    *,
    recovery_id: int,
    amount: Decimal,
    day: date,
    method: str = "",
    reference: str = "",
    comment: str = "",
    by: User | None,
) -> Acompte:
    """A payment of `amount` EUR (more than 0) received on `day`."""
    _lock(recovery_id)
    acompte = Acompte.objects.create(
        recovery_id=recovery_id, amount=amount, date=day, method=method, reference=reference, comment=comment
    )
    totals_refresh(recovery_id=recovery_id)
    audit_record(action=ADDED, target=acompte, actor=by)
    return acompte


@transaction.atomic
def dette_record(
    *, recovery_id: int, label: str, amount: Decimal, day: date, comment: str = "", by: User | None
) -> Dette:
    """A debt of `amount` EUR (more than 0) beside the invoices."""
    _lock(recovery_id)
    dette = Dette.objects.create(recovery_id=recovery_id, label=label, amount=amount, date=day, comment=comment)
    totals_refresh(recovery_id=recovery_id)
    audit_record(action=ADDED, target=dette, actor=by)
    return dette


def dettes_copy(*, from_case: int, to_case: int) -> None:
    """Copy the debts of a case to another one."""
    rows_copy(Dette.objects.filter(recovery_id=from_case).order_by("id"), instead={"recovery_id": Value(to_case)})
