"""One case as staff see it: what hangs on it, in a number of statements that does not grow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from documents.models import Document
from invoicing.models import Invoice
from law.deadlines import Deadline
from legalcity.lib.errors import Sentence
from recoveries.models import Acknowledgement, Acompte, Dette, FormalNotice, Message, Recovery

ROWS = 50  # of each table at once
SOON = timedelta(days=30)
JOINED = (
    "owner",
    "user",
    "status",
    "customer",
    "debtor",
    "injunction",
    "balance",
    "follow_up",
    "follow_up__by",
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
class NextDate:
    """The next legal date of a case, what hangs on it, its source; `is_past` and `is_soon` as seen from today."""

    day: date
    what: Sentence
    consequence: Sentence
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
    """Payments received, reversed since or not, newest first; `receipt_id`: the receipt that is to be sent by post."""
    waiting = Message.objects.receipts().filter(payment=OuterRef("pk"), state=Message.State.TO_POST)
    rows = Acompte.objects.entered().filter(recovery=case).select_related("reversal")
    return rows.annotate(receipt_id=Subquery(waiting.values("pk")[:1])).order_by("-date", "-id")


def dettes_of(case: Recovery) -> QuerySet[Dette]:
    """Debts beside the invoices, reversed since or not, newest first."""
    return Dette.objects.entered().filter(recovery=case).select_related("reversal").order_by("-date", "-id")


def acknowledgements_of(case: Recovery) -> QuerySet[Acknowledgement]:
    """Acknowledgements of the debt, reversed since or not, newest first."""
    rows = Acknowledgement.objects.entered().filter(recovery=case).select_related("reversal", "document")
    return rows.order_by("-date", "-id")


def notices_of(case: Recovery) -> QuerySet[FormalNotice]:
    """Formal notices, newest first."""
    return FormalNotice.objects.filter(recovery=case).select_related("proof").order_by("-created_at", "-id")


def earlier_letters_of(case: Recovery) -> QuerySet[Message]:
    """What a case that is before a court sent to the debtor while it was amicable, newest first; none of another."""
    if not case.is_in_court:
        return Message.objects.none()
    sent = Message.objects.filter(recovery__transferred_to=case, sent_at__isnull=False).select_related("recovery")
    return sent.defer("text", "html", "guard", "decompte", "extra").order_by("-sent_at", "-id")


def next_date(deadlines: Sequence[Deadline], today: date) -> NextDate | None:
    """The first of a case's legal dates, as seen from today."""
    if not deadlines:
        return None
    first = deadlines[0]
    return NextDate(
        first.date,
        first.what,
        first.consequence,
        first.article,
        is_past=first.date < today,
        is_soon=first.date <= today + SOON,
    )
