"""The legal dates that run on cases: those of a procedure, and limitation until its order is served."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter

import structlog
from django.db.models import DateField, QuerySet, Value

from companies.parties import party_of
from invoicing.models import Invoice
from law.deadlines import Deadline, KeyDates, is_court_known, is_opposed_too_late, lawyer_needed, next_deadlines
from law.limitation import (
    Starts,
    is_interrupted,
    last_days,
    limitation_deadlines,
    limitation_for,
    most_pressing,
    starts_of,
)
from law.vocabulary import Court, Matter, Procedure
from legalcity.lib.countries import country_code
from recoveries.catalogue import catalogue
from recoveries.legal_facts import fact, lengths
from recoveries.models import Acknowledgement, Acompte, CaseBalance, Dette, Injunction, Recovery

log = structlog.get_logger("recoveries")

AT_ONCE = 200  # cases
# The columns of an invoice that say when limitation starts, as `starts_of` takes them.
STARTED_BY = ("performed_on", "invoice_date", "invoice_due_date")
NO_DAY = Value(None, DateField())


@dataclass(frozen=True, slots=True)
class ClockDays:
    """What limitation of a case hangs on.

    starts        the days from which it may run against each invoice not paid, and each debt beside them
    payments      the days of the payments received
    acknowledged  those on which the debtor recognised the debt
    """

    starts: set[Starts] = field(default_factory=set)
    payments: set[date] = field(default_factory=set)
    acknowledged: set[date] = field(default_factory=set)


def clock_days_told(invoices: Iterable[Invoice], debts: Iterable[Dette], payments: Iterable[Acompte]) -> ClockDays:
    """What limitation of a case hangs on, from rows that are about to be written; none of them is reversed."""
    owed = [row for row in invoices if row.invoice_amount > (row.invoice_part_paid_amount or 0)]
    days = [*map(attrgetter(*STARTED_BY), owed), *((row.date, None, None) for row in debts)]
    starts = {found for each in days if (found := starts_of(*each)) is not None}
    return ClockDays(starts=starts, payments={row.date for row in payments})


def with_clocks(cases: QuerySet[Recovery]) -> QuerySet[Recovery]:
    """Cases with what their clocks hang on."""
    return cases.select_related("customer", "debtor", "injunction", "balance")


def in_pieces(cases: QuerySet[Recovery]) -> Iterator[list[Recovery]]:
    """All of `cases` by their ids, AT_ONCE at a time: no cursor stays open meanwhile."""
    last = 0
    while piece := list(cases.filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
        yield piece
        last = piece[-1].pk


def procedure_of(case: Recovery) -> Injunction | None:
    """The procedure of a case; None before a transfer, and on the case that was transferred."""
    return getattr(case, "injunction", None)


def key_dates(case: Recovery) -> KeyDates:
    """The dates of a case's procedure as the deadline engine takes them; none without one.

    An unknown country counts as the mainland.
    """
    procedure = procedure_of(case)
    if procedure is None:
        return KeyDates(lengths=lengths())
    country = country_code(case.debtor.company_country) if case.debtor else None
    served_how = procedure.served_how
    return KeyDates(
        lengths=lengths(),
        procedure=Procedure(procedure.procedure),
        court=Court(procedure.court_type or Court.JUDICIAL),
        court_territory=procedure.court_territory,
        debtor_country=country or "FR",
        needs_lawyer=lawyer_needed(case.amount, over=fact("lawyer_over").value),
        filed=procedure.filed_on,
        court_fee_paid=procedure.court_fee_paid_on,
        order_made=procedure.order_made_on,
        served=procedure.served_on,
        served_in_person=served_how == Injunction.ServedHow.PERSON if served_how else None,
        reached=procedure.reached_on,
        opposed=procedure.opposed_on,
        costs_invited=procedure.costs_invited_on,
        costs_paid=procedure.costs_paid_on,
        opposition_notified=procedure.opposition_notified_on,
        lawyer_appointed=procedure.lawyer_appointed_on,
        hearing=procedure.hearing_on,
        enforceable=procedure.enforceable_on,
        ended=procedure.ended_on,
    )


def opposed_too_late(case: Recovery) -> bool:
    """Whether the order of a case was opposed after its time; no before a court whose law the engine does not know."""
    dates = key_dates(case)
    return is_court_known(dates.court_territory) and is_opposed_too_late(dates)


def deadlines_reckoned(case: Recovery, days: ClockDays, today: date, *, is_owed: bool) -> tuple[Deadline, ...]:
    """The legal dates that run on a case, soonest first; past ones included, none once it is closed.

    `is_owed`: something is still owed, so that limitation runs against it.
    """
    if catalogue.is_closing(case.status_id):
        return ()
    dates = key_dates(case) if procedure_of(case) else None
    found = list(_of_procedure(case, dates)) if dates else []
    if is_owed and not (dates and is_interrupted(dates)):
        found += _of_limitation(case, days, today)
    return tuple(sorted(found, key=lambda deadline: (deadline.date, deadline.kind)))


def _of_procedure(case: Recovery, dates: KeyDates) -> tuple[Deadline, ...]:
    """None for a court whose law the engine does not know: that must not hide the other deadlines."""
    try:
        return next_deadlines(dates)
    except ValueError:
        log.error("deadlines_not_reckoned", recovery_id=case.pk, court=dates.court_territory)
        return ()


def _of_limitation(case: Recovery, days: ClockDays, today: date) -> tuple[Deadline, ...]:
    limitation = limitation_for(party_of(case.customer), party_of(case.debtor), Matter(case.matter))
    restarts = {"payments": days.payments, "acknowledged": days.acknowledged}
    pressing = most_pressing([last_days(starts, limitation, **restarts) for starts in days.starts], today)
    return limitation_deadlines(pressing, limitation, today) if pressing else ()


def deadlines_by_case(cases: Sequence[Recovery], today: date) -> dict[int, tuple[Deadline, ...]]:
    """`deadlines_reckoned` of each of `cases` (read by `with_clocks`), by its id. One statement."""
    ids = [case.pk for case in cases if not catalogue.is_closing(case.status_id)]
    days = clock_days(ids)
    return {case.pk: deadlines_reckoned(case, days[case.pk], today, is_owed=is_owed(case)) for case in cases}


def is_owed(case: Recovery) -> bool:
    """Whether something is still owed on a case (read by `with_clocks`), by its account.

    Where a rate is missing the account is silent: what was asked and not paid counts.
    """
    balance: CaseBalance | None = getattr(case, "balance", None)
    if balance is None or balance.due is None or balance.not_due is None:
        return case.amount_torecover > 0
    return balance.due + balance.not_due > 0


def deadlines_of(case: Recovery, today: date) -> tuple[Deadline, ...]:
    """`deadlines_reckoned` of one case, read by `with_clocks`. One statement, none once it is closed."""
    return deadlines_by_case([case], today)[case.pk]


def clock_days(ids: Collection[int]) -> defaultdict[int, ClockDays]:
    """What limitation of these cases hangs on, by case. One statement."""
    found: defaultdict[int, ClockDays] = defaultdict(ClockDays)
    owed = Invoice.objects.filter(recovery_id__in=ids, remaining_amount__gt=0).order_by()
    rows = owed.values_list("recovery_id", *STARTED_BY, Value("starts")).union(
        *(
            model.objects.standing()
            .filter(recovery_id__in=ids)
            .order_by()
            .values_list("recovery_id", "date", NO_DAY, NO_DAY, Value(what))
            for model, what in ((Dette, "starts"), (Acompte, "payments"), (Acknowledgement, "acknowledged"))
        )
    )
    for pk, *days, what in rows:
        if (starts := starts_of(*days)) is not None:
            getattr(found[pk], what).add(starts if what == "starts" else starts.first)
    return found
