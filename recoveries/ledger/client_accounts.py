"""The account of a client for a month, read from the ledger: what was recorded in it, whatever day it took effect.

So each entry is in one month, and what a month leaves is what the next one begins with.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import F, QuerySet, Sum

from law.account.lines import LedgerAccount
from law.interest import NOTHING
from legalcity.lib.dates import PARIS, add_months
from legalcity.lib.money import rounded
from recoveries.ledger.held import held_postings
from recoveries.ledger.posting_models import Line, Posting
from recoveries.ledger.remittance_models import Remittance


class Came(NamedTuple):
    """What an entry of a case left for the client, EUR; negative where it took money back. `on`: its day of effect."""

    on: date
    reference: str
    debtor: str
    kind: str
    amount: Decimal


class Went(NamedTuple):
    """What was handed over to the client, and what the firm retained, EUR; negative where a remittance was reversed."""

    on: date
    reference: str
    amount: Decimal
    fees: Decimal


@dataclass(frozen=True, slots=True)
class ClientAccount:
    """A month of a client."""

    month: date
    opening: Decimal
    came: list[Came]
    went: list[Went]

    @property
    def received(self) -> Decimal:
        """All that came, EUR."""
        return sum((one.amount for one in self.came), NOTHING)

    @property
    def handed_over(self) -> Decimal:
        """All that was handed over, EUR."""
        return sum((one.amount for one in self.went), NOTHING)

    @property
    def fees(self) -> Decimal:
        """All that was retained, EUR."""
        return sum((one.fees for one in self.went), NOTHING)

    @property
    def closing(self) -> Decimal:
        """What is still held when the month ends, EUR."""
        return self.opening + self.received - self.handed_over - self.fees

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.opening or self.came or self.went)


def client_account(owner_id: int, month: date) -> ClientAccount:
    """The account of the month that begins on `month`. Four statements."""
    start, end = month_begins(month), month_begins(add_months(month, 1))
    came, went = held_postings().filter(owner_id=owner_id), Remittance.objects.filter(owner_id=owner_id)
    before = _met(came.filter(recorded_at__lt=start)).aggregate(sum=Sum(F("credit") - F("debit")))["sum"]
    gone = sum((one.amount + one.fees for one in _went(went.filter(recorded_at__lt=start))), NOTHING)
    within = {"recorded_at__gte": start, "recorded_at__lt": end}
    return ClientAccount(
        month, _money(before) - gone, list(_came(came.filter(**within))), list(_went(went.filter(**within)))
    )


def clients_with_accounts(month: date) -> list[int]:
    """Ids of the clients for whom money ever came in until the end of the month. One statement."""
    owners = (
        held_postings().filter(recorded_at__lt=month_begins(add_months(month, 1))).values_list("owner_id", flat=True)
    )
    return sorted(set(owners.distinct()))


def month_begins(month: date) -> datetime:
    """The moment at which the month of that first day begins in Paris."""
    return datetime.combine(month, datetime.min.time(), PARIS)


def _met(postings: QuerySet[Posting]) -> QuerySet[Line]:
    """The lines that say what of the money met claims: that is the client's."""
    return Line.objects.filter(posting__in=postings.values("pk"), account=LedgerAccount.DEBTOR).order_by()


def _came(postings: QuerySet[Posting]) -> Iterable[Came]:
    case = "posting__recovery__"
    columns = (
        *("posting_id", "posting__effective_on", f"{case}recovery_reference"),
        *(f"{case}debtor_company", f"{case}debtor_name", "posting__kind"),
    )
    rows = _met(postings).values_list(*columns).annotate(net=Sum(F("credit") - F("debit")))
    for _pk, on, reference, company, name, kind, net in sorted(rows, key=lambda row: (row[1], row[0])):
        if amount := _money(net):
            yield Came(on, reference, company or name, str(Posting.Kind(kind).label), amount)


def _went(rows: QuerySet[Remittance]) -> Iterable[Went]:
    for row in rows.order_by("paid_on", "id"):
        sign = 1 if row.reverses_id is None else -1
        yield Went(row.paid_on, row.reference, sign * row.amount, sign * row.fees)


def _money(value: Any) -> Decimal:
    """A sum as drivers give it: None for no row, on SQLite a float."""
    return rounded(Decimal(str(value))) if value is not None else NOTHING
