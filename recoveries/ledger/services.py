"""Payments received and further debts, as staff enter them; the case's totals follow at once.

Neither row has a column for its author: who wrote it down stands in the audit, as who added it.
"""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Min, Value
from django.utils.translation import gettext as _

from accounts.models import User
from backoffice.amounts import euros
from backoffice.audit import ADDED, audit_record
from invoicing.models import Invoice
from law.account.facts import DebtHead
from legalcity.lib.clock import today
from legalcity.lib.copying import rows_copy
from legalcity.lib.errors import BadRequest, Forbidden, Invalid
from recoveries.ledger.statement import case_statement
from recoveries.models import Acompte, Dette, Recovery
from recoveries.services.totals import totals_refresh


def account_lock(*, recovery_id: int) -> Recovery:
    """Lock a case whose account is to change. Raises Forbidden when its claim goes on in another case."""
    case = Recovery.objects.select_for_update(of=("self",)).get(pk=recovery_id)
    if case.transferred_to_id is not None:
        sentence = _("The claim goes on as {reference}: its account is kept there.")
        raise Forbidden(sentence.format(reference=case.transferred_to))
    return case


# --- payments --------------------------------------------------------------------------------------------------------
@transaction.atomic
def acompte_record(
    *,
    recovery_id: int,
    amount: Decimal,
    day: date,
    method: str = "",
    reference: str = "",
    comment: str = "",
    confirmed: bool = False,
    by: User | None,
) -> Acompte:
    """A payment of `amount` EUR (more than 0) received on `day`.

    Raises Invalid for a day to come or before there was a claim and, unless it is `confirmed`, for a payment that
    looks like a mistake: more than is owed, or one that stands there already. Forbidden after a transfer.
    """
    case = account_lock(recovery_id=recovery_id)
    require_plausible(day, recovery_id)
    doubts = [] if confirmed else _doubts(case, amount, day, reference)
    if doubts:
        raise Invalid({"confirmed": doubts})
    acompte = Acompte.objects.create(
        recovery_id=recovery_id, amount=amount, date=day, method=method, reference=reference, comment=comment
    )
    totals_refresh(recovery_id=recovery_id)
    audit_record(action=ADDED, target=acompte, actor=by)
    return acompte


def _first_claim(recovery_id: int) -> date | None:
    """The day of the first invoice or debt of a case."""
    days = [
        Invoice.objects.filter(recovery_id=recovery_id).aggregate(day=Min("invoice_date"))["day"],
        Dette.objects.demanded().filter(recovery_id=recovery_id).aggregate(day=Min("date"))["day"],
    ]
    return min((day for day in days if day), default=None)


def require_plausible(day: date, recovery_id: int) -> None:
    """Raises Invalid for a day to come, or one before there was a claim: nothing was paid or recognised on it."""
    if day > today():
        raise Invalid({"day": [_("This day is still to come.")]})
    first = _first_claim(recovery_id)
    if first and day < first:
        sentence = _("This day is before the first invoice or debt of the case ({day}).")
        raise Invalid({"day": [sentence.format(day=first.strftime("%d/%m/%Y"))]})


def _doubts(case: Recovery, amount: Decimal, day: date, reference: str) -> list[str]:
    """Why a payment may be a mistake."""
    doubts = []
    if amount > (owed := _owed(case)):
        doubts.append(_("This is more than is owed today ({amount}).").format(amount=euros(owed)))
    if Acompte.objects.standing().filter(recovery=case, amount=amount, date=day, reference=reference).exists():
        doubts.append(_("A payment of this amount, day and reference stands on the case already."))
    return doubts


def _owed(case: Recovery) -> Decimal:
    """What is owed today; without the interest while no rate is known for it."""
    try:
        return case_statement(case, today()).total
    except BadRequest:
        return case.amount_torecover


# --- debts -----------------------------------------------------------------------------------------------------------
@transaction.atomic
def dette_record(
    *,
    recovery_id: int,
    label: str,
    amount: Decimal,
    day: date,
    head: str = DebtHead.PRINCIPAL,
    comment: str = "",
    by: User | None,
) -> Dette:
    """A debt of `amount` EUR (more than 0) beside the invoices, under a `DebtHead`.

    Raises Forbidden after a transfer.
    """
    account_lock(recovery_id=recovery_id)
    dette = Dette.objects.create(
        recovery_id=recovery_id, label=label, head=DebtHead(head).value, amount=amount, date=day, comment=comment
    )
    totals_refresh(recovery_id=recovery_id)
    audit_record(action=ADDED, target=dette, actor=by)
    return dette


def dettes_copy(*, from_case: int, to_case: int, left_behind: Collection[int] = ()) -> None:
    """Copy the debts that the debtor owes on a case to another one, but those `left_behind`, by their ids.

    What stays with the creditor stays there.
    """
    demanded = Dette.objects.demanded().filter(recovery_id=from_case).exclude(pk__in=left_behind)
    rows_copy(demanded.order_by("id"), instead={"recovery_id": Value(to_case)})
