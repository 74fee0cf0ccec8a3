"""What a case adds up to, and how many cases an account has: kept exact with every change."""

from decimal import Decimal

from django.db import connection
from django.db.models import Count, DecimalField, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Greatest

from invoicing.models import Invoice
from legalcity.lib.audience import Audience
from legalcity.lib.clock import now
from legalcity.lib.one_statement import write
from recoveries.models import Acompte, Comment, Dette, Recovery

MONEY = DecimalField(max_digits=20, decimal_places=2)
ZERO = Value(Decimal(0), output_field=MONEY)
# A session has its slot, one of sixteen: if each write drew one, two transactions that file several cases could wait
# for each other. Whoever reads `recoveries_casecount` reads the slots too (migration 0089).
FILED = """
    INSERT INTO recoveries_casecount_slot (owner_id, status_id, slot, n) VALUES (%s, %s, pg_backend_pid() & 15, 1)
    ON CONFLICT (owner_id, status_id, slot) DO UPDATE SET n = recoveries_casecount_slot.n + 1
"""


def _summed(rows: QuerySet[Invoice] | QuerySet[Acompte] | QuerySet[Dette], column: str) -> Coalesce:
    """The sum of a column over those of `rows` that a case has, as a subquery."""
    sums = rows.filter(recovery_id=OuterRef("pk")).order_by().values("recovery_id")
    return Coalesce(Subquery(sums.annotate(total=Sum(column)).values("total"), output_field=MONEY), ZERO)


def _counted(rows: QuerySet[Invoice] | QuerySet[Comment]) -> Coalesce:
    """How many of `rows` a case has, as a subquery."""
    found = rows.filter(recovery_id=OuterRef("pk")).order_by().values("recovery_id")
    return Coalesce(Subquery(found.annotate(n=Count("pk")).values("n")), 0)


def totals_refresh(*, recovery_id: int) -> None:
    """Recompute amount, what remains to recover and the number of invoices of a case.

    amount = invoices + dettes; to recover = what remains of them after part payments and acomptes, never below
    zero, without the dettes that stay with the creditor. What was reversed is in none of them. The caller holds the
    lock on the case.
    """
    debts = _summed(Dette.objects.standing(), "amount")
    demanded = _summed(Dette.objects.demanded(), "amount")
    payments = _summed(Acompte.objects.standing(), "amount")
    remaining = _summed(Invoice.objects.all(), "remaining_amount") + demanded - payments
    Recovery.objects.filter(pk=recovery_id).update(
        amount=_summed(Invoice.objects.all(), "invoice_amount") + debts,
        amount_torecover=Greatest(remaining, ZERO, output_field=MONEY),
        invoices_count=_counted(Invoice.objects.all()),
        updated_at=now(),
    )


def comments_count_refresh(*, recovery_id: int) -> None:
    """Recount the comments that the client sees, after a change of one. One statement."""
    seen = Comment.objects.seen_by(Audience.CLIENT)
    Recovery.objects.filter(pk=recovery_id).update(comments_count=_counted(seen), updated_at=now())


def case_count_add(*, owner_id: int, status_id: int, by: int = 1) -> None:
    """Count a case in (by=1) or out (by=-1).

    The last statement of a story but that of its events, since it serialises an account.
    """
    write(
        "INSERT INTO recoveries_casecount (owner_id, status_id, n) VALUES (%s, %s, %s) "
        "ON CONFLICT (owner_id, status_id) DO UPDATE SET n = recoveries_casecount.n + excluded.n",
        [owner_id, status_id, by],
    )


def case_count_filed(*, owner_id: int, status_id: int) -> None:
    """Count a new case in. On PostgreSQL in a slot, so that those who file at once do not wait for each other's commit.

    Moves are not counted in slots: each list of the account would add up sixteen rows of every status.
    """
    if connection.vendor == "postgresql":
        write(FILED, [owner_id, status_id])
    else:
        case_count_add(owner_id=owner_id, status_id=status_id)


def case_count_move(*, owner_id: int, from_status: int, to_status: int) -> None:
    """Count a case that changes status; in the order of the ids, so that two moves cannot wait for each other."""
    if from_status == to_status:
        return
    for status_id in sorted((from_status, to_status)):
        case_count_add(owner_id=owner_id, status_id=status_id, by=1 if status_id == to_status else -1)
