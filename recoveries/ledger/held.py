"""Money that the firm received for its clients, and what of it is still to be handed over (art. R124-6 CPCE).

For the client is what met claims: what was paid beyond what was owed is the debtor's, and what waits for a rate is
nobody's yet. What the creditor received directly never was with the firm. A payment that was taken back after it was
handed over is held as a negative amount, until the next remittance takes it off.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Exists, F, Max, OuterRef, QuerySet, Sum

from accounts.models import User
from law.account.lines import LedgerAccount
from law.handing_over import hand_over_by
from legalcity.lib.money import rounded
from recoveries.ledger.money import TRANSFERS
from recoveries.ledger.posting_models import Line, Posting
from recoveries.ledger.remittance_models import Remittance, RemittanceLine

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Held:
    """The account of a client, EUR. `due_by`: the day by which the oldest money must be handed over; None for none."""

    client: User
    received: Decimal
    fees: Decimal
    handed_over: Decimal
    to_hand_over: Decimal
    due_by: date | None


def held_postings() -> QuerySet[Posting]:
    """Postings of cases that moved money of the firm's bank. A transfer from case to case moved none."""
    bank = Line.objects.filter(posting_id=OuterRef("pk"), head="", account=LedgerAccount.BANK)
    return Posting.objects.filter(Exists(bank), recovery__isnull=False).exclude(kind__in=TRANSFERS).order_by()


def to_be_covered(postings: QuerySet[Posting]) -> QuerySet[Posting]:
    """Those of `postings` that no remittance which stands covers."""
    lines = RemittanceLine.objects.filter(posting_id=OuterRef("pk"), remittance__reversal=None)
    return postings.filter(~Exists(lines))


class HeldPart(NamedTuple):
    """What a posting of the day `on` leaves to be handed over, EUR: negative where it took money back."""

    posting_id: int
    on: date
    amount: Decimal


def held_for(owner_id: int) -> list[HeldPart]:
    """What is still to be handed over to a client, posting by posting. One statement."""
    rows = _sums(to_be_covered(held_postings().filter(owner_id=owner_id)), "posting_id", "posting__effective_on")
    return sorted(HeldPart(pk, day, amount) for pk, day, net in rows if (amount := _money(net)))


class HeldOn(NamedTuple):
    """What came in on a case with effect on the day `on` and is still to be handed over, EUR; negative where it was
    taken back since it was handed over. `posting_id`: the last entry of that day."""

    on: date
    case_id: int
    posting_id: int
    amount: Decimal


def held_by_case(owner_id: int) -> list[HeldOn]:
    """What is still to be handed over to a client, by day and case, the most urgent first. One statement."""
    lines = _lines(to_be_covered(held_postings().filter(owner_id=owner_id)))
    rows = lines.values_list("posting__effective_on", "posting__recovery_id").annotate(
        last=Max("posting_id"), net=Sum(F("credit") - F("debit"))
    )
    return sorted(HeldOn(on, case, last, amount) for on, case, last, net in rows if (amount := _money(net)))


def last_came_on(parts: Iterable[HeldPart]) -> date | None:
    """The latest day of which money is held; on days on which as much was taken back none came."""
    days: defaultdict[date, Decimal] = defaultdict(Decimal)
    for part in parts:
        days[part.on] += part.amount
    return max((day for day, net in days.items() if net > 0), default=None)


def heads_of(remittance_id: int) -> dict[str, Decimal]:
    """Under which heads the money came that a remittance hands over, EUR; heads of nothing are left out."""
    covered = RemittanceLine.objects.filter(remittance=remittance_id).values("posting_id")
    rows = _sums(Posting.objects.filter(pk__in=covered).order_by(), "head")
    return {head: amount for head, net in sorted(rows) if (amount := _money(net))}


def held_by_client(*, owner_id: int | None = None) -> list[Held]:
    """The accounts of all clients for whom money was received, the most urgent first; four statements."""
    chosen = {"owner_id": owner_id} if owner_id is not None else {}
    received = _received(held_postings().filter(**chosen))
    left = _left(to_be_covered(held_postings().filter(**chosen)))
    handed = _handed_over(Remittance.objects.standing().filter(**chosen))
    clients = User.objects.in_bulk([*received])
    accounts = [
        Held(clients[pk], amount, *handed.get(pk, (ZERO, ZERO)), *left.get(pk, (ZERO, None)))
        for pk, amount in received.items()
    ]
    return sorted(accounts, key=lambda one: (one.due_by or date.max, -one.to_hand_over, one.client.pk))


def _received(postings: QuerySet[Posting]) -> dict[int, Decimal]:
    return {pk: _money(net) for pk, net in _sums(postings, "posting__owner_id")}


def _left(postings: QuerySet[Posting]) -> dict[int, tuple[Decimal, date | None]]:
    """By client: what is left, and by when. Days on which nothing is left (laid anew, taken back) ask for nothing."""
    days: defaultdict[int, dict[date, Decimal]] = defaultdict(dict)
    for pk, day, net in _sums(postings, "posting__owner_id", "posting__effective_on"):
        days[pk][day] = _money(net)
    totals = {pk: sum(of_client.values(), ZERO) for pk, of_client in days.items()}
    return {pk: (total, _due_by(days[pk]) if total > 0 else None) for pk, total in totals.items()}


def _due_by(days: dict[date, Decimal]) -> date | None:
    return min((hand_over_by(day) for day, net in days.items() if net > 0), default=None)


def _sums(postings: QuerySet[Posting], *keys: str) -> Iterable[tuple[Any, ...]]:
    """What the postings come to for the client, by `keys` of their lines."""
    return _lines(postings).values_list(*keys).annotate(net=Sum(F("credit") - F("debit")))


def _lines(postings: QuerySet[Posting]) -> QuerySet[Line]:
    return Line.objects.filter(posting__in=postings.values("pk"), account=LedgerAccount.DEBTOR).order_by()


def _handed_over(rows: QuerySet[Remittance]) -> dict[int, tuple[Decimal, Decimal]]:
    """Fees and amounts by client."""
    sums = rows.order_by().values_list("owner_id").annotate(fees=Sum("fees"), amount=Sum("amount"))
    return {pk: (_money(fees), _money(amount)) for pk, fees, amount in sums}


def _money(value: Any) -> Decimal:
    """A sum as drivers give it: None for no row, on SQLite a float."""
    return rounded(Decimal(str(value))) if value is not None else ZERO
