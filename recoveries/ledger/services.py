"""Payments received and further debts, as staff enter them; the case's totals follow at once.

Neither row has a column for its author: who wrote it down stands in the audit, as who added it.
"""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Min, Value
from django.utils.translation import gettext as _

from accounts.models import User
from backoffice.audit import ADDED, audit_record
from invoicing.models import Invoice
from legalcity.lib.copying import rows_copy
from legalcity.lib.errors import Invalid
from recoveries.models import Acompte, Dette, Recovery
from recoveries.services.totals import totals_refresh


def _lock(recovery_id: int) -> None:
    Recovery.objects.select_for_update(of=("self",)).get(pk=recovery_id)


def _first_claim(recovery_id: int) -> date | None:
    """The day of the first invoice or debt of a case."""
    days = [
        Invoice.objects.filter(recovery_id=recovery_id).aggregate(day=Min("invoice_date"))["day"],
        Dette.objects.filter(recovery_id=recovery_id).aggregate(day=Min("date"))["day"],
    ]
    return min((day for day in days if day), default=None)


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
    """A payment of `amount` EUR (more than 0) received on `day`. Raises Invalid for a day before there was a claim."""
    _lock(recovery_id)
    first = _first_claim(recovery_id)
    if first and day < first:
        sentence = _("This day is before the first invoice or debt of the case ({day}).")
        raise Invalid({"day": [sentence.format(day=first.strftime("%d/%m/%Y"))]})
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
