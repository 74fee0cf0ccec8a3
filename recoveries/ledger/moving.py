"""The account of a case goes along to court: what is owed is the same before and after, on any day."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Case, DecimalField, F, Value, When
from django.db.models.expressions import Combinable

from invoicing.services import invoices_copy
from legalcity.lib.clock import today
from legalcity.lib.copying import rows_copy
from legalcity.lib.errors import BadRequest
from recoveries.ledger.services import dettes_copy
from recoveries.ledger.statement import Line, case_statement
from recoveries.models import Acompte, Recovery


@dataclass(frozen=True, slots=True)
class Staying:
    """Ids of the invoices and debts that do not go along; what each payment, by its id, met of them in EUR.

    `spent`: ids of the payments of which nothing goes along.
    """

    invoices: Collection[int] = ()
    debts: Collection[int] = ()
    met: Mapping[int, Decimal] = field(default_factory=dict)
    spent: Collection[int] = ()


def claims_copy(
    *, from_case: int, to_case: int, left_behind: Collection[int] = (), debts_left_behind: Collection[int] = ()
) -> None:
    """Copy invoices, debts and payments of a case to another one.

    The invoices and debts left behind, by their ids, and the invoices that payments have settled stay, with what
    payments met of them.
    The caller holds the lock.
    """
    staying = _staying(from_case, left_behind, debts_left_behind)
    invoices_copy(from_case=from_case, to_case=to_case, left_behind=staying.invoices)
    dettes_copy(from_case=from_case, to_case=to_case, left_behind=staying.debts)
    _payments_copy(from_case, to_case, staying)


def _staying(case_id: int, left_behind: Collection[int], debts: Collection[int]) -> Staying:
    """What stays: the invoices `left_behind`, the `debts`, and what is settled today.

    Where no rate is known nothing can be told settled.
    """
    case = Recovery.objects.select_related("customer", "debtor").get(pk=case_id)
    try:
        account = case_statement(case, today())
    except BadRequest:
        return Staying(left_behind, debts)
    staying = [line for line in account.lines if _stays(line, left_behind, debts)]
    met: dict[int, Decimal] = defaultdict(Decimal)
    for line in staying:
        for part in line.account.imputations:
            met[part.payment] += part.amount
    spent = [payment.pk for payment in account.payments if payment.amount == met.get(payment.pk)]
    settled = (line.claim.id for line in staying if line.claim.is_invoice)
    return Staying({*left_behind, *settled}, debts, met, spent)


def _stays(line: Line, left_behind: Collection[int], debts: Collection[int]) -> bool:
    if line.claim.is_invoice:
        return line.claim.id in left_behind or not line.account.total
    return line.claim.id in debts


def _payments_copy(from_case: int, to_case: int, staying: Staying) -> None:
    """Copy what each payment has left for what goes along; each copy names the one that it comes from."""
    payments = Acompte.objects.standing().filter(recovery_id=from_case).exclude(pk__in=staying.spent)
    rest = Case(
        *(When(pk=pk, then=F("amount") - Value(met)) for pk, met in staying.met.items()),
        default=F("amount"),
        output_field=DecimalField(max_digits=14, decimal_places=2),
    )
    instead: dict[str, Combinable] = {"recovery_id": Value(to_case), "moved_from_id": F("pk"), "amount": rest}
    rows_copy(payments.order_by("id"), instead=instead)
