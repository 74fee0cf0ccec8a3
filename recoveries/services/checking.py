"""What is kept twice for speed, compared with what it is kept from: in sets and without locks, since nearly all agrees.

What a comparison finds may have changed while it looked. So each find is looked at once more, under its lock.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum

from invoicing.models import Invoice
from legalcity.lib.asking import rows_of
from legalcity.lib.audience import Audience
from recoveries.models import Acompte, CaseCount, Comment, Dette, Recovery
from recoveries.services import deadlines
from recoveries.services.copies import COPIED, copies_refresh, copies_set
from recoveries.services.totals import case_count_add, comments_count_refresh, totals_refresh

AT_ONCE = 5_000  # cases
SUMS = ("amount", "amount_torecover", "invoices_count", "comments_count")
KEPT = (*SUMS, *deadlines.KEPT)
PARTY = ("company_name", "company_legalrep_firstname", "company_legalrep_lastname", "company_country")
READ = (
    *("id", "recovery_reference", "external_id", "customer_id", "debtor_id", *SUMS, *COPIED),
    *(f"{side}__{name}" for side in ("customer", "debtor") for name in ("id", *PARTY)),
)

MISCOUNTED = """
    SELECT (SELECT count(*) FROM recoveries_recovery WHERE owner_id = %(owner_id)s AND status_id = %(status_id)s)
    - (SELECT coalesce(sum(n), 0) FROM recoveries_casecount WHERE owner_id = %(owner_id)s AND status_id = %(status_id)s)
"""


class Counter(NamedTuple):
    """Of which account and status a number of cases is kept."""

    owner_id: int
    status_id: int


# --- cases -----------------------------------------------------------------------------------------------------------
def cases_checked() -> Iterator[tuple[int, list[int]]]:
    """Goes through all cases: how many were compared, and the ids of those that seemed to differ."""
    after = 0
    while ids := list(Recovery.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        yield len(ids), _differing(ids[0], ids[-1])
        after = ids[-1]


def cases_differing(ids: Sequence[int]) -> list[int]:
    """Those of a few cases, in ascending order, that may differ: in sets where they stand close together."""
    if not ids or ids[-1] - ids[0] >= AT_ONCE:
        return list(ids)
    return sorted(set(ids).intersection(_differing(ids[0], ids[-1])))


def case_check(*, recovery_id: int, repair: bool) -> bool:
    """Whether a case differs, told under its lock; mended with `repair`, which is no change of the case."""
    with transaction.atomic():
        case = Recovery.objects.select_for_update(of=("self",)).filter(pk=recovery_id).first()
        if case is None:
            return False
        before, updated_at = [getattr(case, name) for name in KEPT], case.updated_at
        copies_differ = copies_refresh(recovery_id=recovery_id)
        totals_refresh(recovery_id=recovery_id)
        deadlines.next_deadlines_refresh(recovery_ids=[recovery_id])
        comments_count_refresh(recovery_id=recovery_id)
        case.refresh_from_db(fields=KEPT)
        differs = copies_differ or before != [getattr(case, name) for name in KEPT]
        if differs and repair:
            Recovery.objects.filter(pk=recovery_id).update(updated_at=updated_at)
        else:
            transaction.set_rollback(True)
    return differs


def _differing(first: int, last: int) -> list[int]:
    cases = Recovery.objects.filter(pk__range=(first, last)).select_related("customer", "debtor").only(*READ)
    sums = _sums(first, last)
    differing = {case.pk for case in cases.order_by("pk") if _differs(case, sums)}
    return sorted(differing.union(deadlines.stale_deadlines(within=Q(pk__range=(first, last)))))


class _Sums(NamedTuple):
    """By case: what its rows add up to. A case without rows of a kind is not there."""

    invoices: Mapping[int, tuple[Decimal, Decimal, int]]  # amount, remaining, how many
    debts: Mapping[int, tuple[Decimal, Decimal]]  # all, those that the debtor owes
    payments: Mapping[int, Decimal]
    comments: Mapping[int, int]
    numbers: Mapping[int, list[str]]


def _sums(first: int, last: int) -> _Sums:
    def told(rows: QuerySet[Any], **sums: Any) -> Any:
        grouped = rows.filter(recovery_id__gte=first, recovery_id__lte=last).order_by().values("recovery_id")
        return grouped.annotate(**sums).values_list("recovery_id", *sums)

    billed = told(Invoice.objects.all(), sum=Sum("invoice_amount"), left=Sum("remaining_amount"), n=Count("pk"))
    is_demanded = ~Q(head=Dette.Head.KEPT_BY_CREDITOR)
    debts = told(Dette.objects.standing(), sum=Sum("amount"), demanded=Sum("amount", filter=is_demanded))
    return _Sums(
        {pk: tuple(sums) for pk, *sums in billed},
        {pk: (whole, demanded or Decimal(0)) for pk, whole, demanded in debts},
        dict(told(Acompte.objects.standing(), sum=Sum("amount"))),
        dict(told(Comment.objects.seen_by(Audience.CLIENT), n=Count("pk"))),
        _numbers(first, last),
    )


def _numbers(first: int, last: int) -> dict[int, list[str]]:
    """By case: the numbers of its invoices."""
    numbers: dict[int, list[str]] = {}
    invoices = Invoice.objects.filter(recovery_id__gte=first, recovery_id__lte=last).order_by("recovery_id", "id")
    for recovery_id, number in invoices.values_list("recovery_id", "invoice_number").iterator():
        numbers.setdefault(recovery_id, []).append(number)
    return numbers


def _differs(case: Recovery, sums: _Sums) -> bool:
    kept = [getattr(case, name) for name in (*SUMS, *COPIED)]
    billed, left, invoices = sums.invoices.get(case.pk, (Decimal(0), Decimal(0), 0))
    debts, demanded = sums.debts.get(case.pk, (Decimal(0), Decimal(0)))
    case.amount = billed + debts
    case.amount_torecover = max(Decimal(0), left + demanded - sums.payments.get(case.pk, Decimal(0)))
    case.invoices_count, case.comments_count = invoices, sums.comments.get(case.pk, 0)
    copies_set(case, customer=case.customer, debtor=case.debtor, numbers=sums.numbers.get(case.pk, ()))
    return kept != [getattr(case, name) for name in (*SUMS, *COPIED)]


# --- numbers of cases ------------------------------------------------------------------------------------------------
def counters_differing() -> list[Counter]:
    """The kept numbers of cases that seem wrong; one that is missing is kept as 0."""
    counted = Recovery.objects.order_by().values_list("owner_id", "status_id").annotate(n=Count("pk"))
    real = {Counter(owner, status): n for owner, status, n in counted}
    summed = CaseCount.objects.order_by().values_list("owner", "status").annotate(sum=Sum("n"))
    kept = {Counter(owner, status): n for owner, status, n in summed}
    return sorted(counter for counter in real | kept if real.get(counter, 0) != kept.get(counter, 0))


def counter_check(*, counter: Counter, repair: bool) -> bool:
    """Whether a kept number of cases is wrong; mended with `repair`.

    Cases are counted in the transaction that writes them, so one statement sees both as they belong together, whoever
    files meanwhile. What is wrong is added, behind a lock for others who mend.
    """
    with transaction.atomic():
        case_count_add(**counter._asdict(), by=0)
        ((missing,),) = rows_of(MISCOUNTED, counter._asdict())
        if missing and repair:
            case_count_add(**counter._asdict(), by=missing)
        else:
            transaction.set_rollback(True)
    return bool(missing)
