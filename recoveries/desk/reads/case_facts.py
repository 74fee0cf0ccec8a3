"""One case as staff see it: its money and what it hangs on, in a number of statements that does not grow."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from companies.parties import party_of
from documents.models import Document
from invoicing.models import Invoice
from law.deadlines import Deadline
from law.limitation import last_day_to_sue, limitation_for
from law.vocabulary import Matter
from legalcity.lib.errors import Sentence
from recoveries.catalogue import catalogue
from recoveries.court.selectors import deadlines_of
from recoveries.models import Acompte, Dette, Injunction, Recovery

ROWS = 50  # of each table at once
SOON = timedelta(days=30)
LAST_DAY = _("Last day to go to court (prescription)")
JOINED = (
    "owner",
    "user",
    "status",
    "customer",
    "debtor",
    "injunction",
    "transferred_to",
    "transferred_from",
)


@dataclass(frozen=True, slots=True)
class Rows:
    """One page of a table: its rows, its number, and whether there is another one."""

    rows: list[Any]
    number: int
    has_next: bool

    @property
    def is_alone(self) -> bool:
        """Whether there is nothing to leaf through."""
        return self.number == 1 and not self.has_next


@dataclass(frozen=True, slots=True)
class Money:
    """What was asked, what came in and what remains, in EUR. `overpaid`: what came in beyond what was asked."""

    total: Decimal
    paid: Decimal
    remaining: Decimal
    overpaid: Decimal


@dataclass(frozen=True, slots=True)
class NextDate:
    """The next legal date of a case, with its source; `is_past` and `is_soon` as seen from today."""

    day: date
    what: Sentence
    article: str
    is_past: bool
    is_soon: bool


def rows_of(rows: QuerySet, number: int) -> Rows:
    """The page `number` (from 1) of `rows`."""
    start = (number - 1) * ROWS
    found = list(rows[start : start + ROWS + 1])
    return Rows(found[:ROWS], number, len(found) > ROWS)


def invoices_of(case: Recovery) -> QuerySet[Invoice]:
    """The invoices of a case, oldest due first."""
    return Invoice.objects.filter(recovery=case).order_by("invoice_due_date", "id")


def documents_of_case(case: Recovery) -> QuerySet[Document]:
    """Every document of a case, newest first."""
    rows = Document.objects.filter(recovery=case).select_related("file", "file_type", "invoice", "author")
    return rows.order_by("-created_at", "-id")


def acomptes_of(case: Recovery) -> QuerySet[Acompte]:
    """Payments received, newest first."""
    return Acompte.objects.filter(recovery=case).order_by("-date", "-id")


def dettes_of(case: Recovery) -> QuerySet[Dette]:
    """Debts beside the invoices, newest first."""
    return Dette.objects.filter(recovery=case).order_by("-date", "-id")


def open_deadlines(procedure: Injunction) -> tuple[Deadline, ...] | None:
    """The legal dates before a procedure; None for a court whose law the engine does not know."""
    if catalogue.is_closing(procedure.recovery.status_id):
        return ()
    try:
        return deadlines_of(procedure)
    except ValueError:
        return None


def money_and_next_date(case: Recovery, deadlines: tuple[Deadline, ...], today: date) -> tuple[Money, NextDate | None]:
    """What a case adds up to, and its next legal date: of its procedure, else the last day to go to court.

    Two statements.
    """
    due = Coalesce("invoice_due_date", "invoice_date")
    told = Invoice.objects.filter(recovery=case).aggregate(
        part_paid=Sum("invoice_part_paid_amount"), oldest=Min(due, filter=Q(remaining_amount__gt=0))
    )
    received = list(Acompte.objects.filter(recovery=case).order_by("date").values_list("date", "amount"))
    paid = (told["part_paid"] or Decimal(0)) + sum((amount for _paid_on, amount in received), Decimal(0))
    money = Money(case.amount, paid, case.amount_torecover, max(Decimal(0), paid - case.amount))
    if deadlines:
        first = deadlines[0]
        return money, _seen(first.date, first.what, first.article, today)
    is_open = not case.is_in_court and not catalogue.is_closing(case.status_id)
    if not is_open or told["oldest"] is None:
        return money, None
    return money, _last_day(case, told["oldest"], tuple(day for day, _paid in received), today)


def _last_day(case: Recovery, oldest: date, restarts: tuple[date, ...], today: date) -> NextDate:
    limitation = limitation_for(party_of(case.customer), party_of(case.debtor), Matter.ORDINARY)
    return _seen(last_day_to_sue(oldest, limitation, restarts), LAST_DAY, limitation.article, today)


def _seen(day: date, what: Sentence, article: str, today: date) -> NextDate:
    return NextDate(day, what, article, is_past=day < today, is_soon=day <= today + SOON)
