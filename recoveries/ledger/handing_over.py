"""What was handed over to clients, as postings: on no case, since it is handed over for all of them at once.

Each row of the remittances has one posting that names it (`facts`), which the one that reverses it takes back. The
client is owed less, under the heads under which the money came; it leaves the bank, but for the fees that the firm
retains. So what is left on the bank is what is still held, what debtors are given back, and fees not yet taken out.
"""

from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum

from django.db import transaction
from django.db.models import Count, F, QuerySet, Sum

from law.account.facts import Head
from law.account.lines import LedgerAccount
from law.account.lines import Line as Told
from law.handing_over import ARTICLE
from law.interest import NOTHING
from legalcity.lib.money import rounded
from recoveries.ledger.held import heads_of
from recoveries.ledger.laying import lines_read, undone
from recoveries.ledger.line_writing import lines_write
from recoveries.ledger.posting import Source
from recoveries.ledger.posting_models import Line, Posting
from recoveries.ledger.remittance_models import Remittance, RemittanceLine

REMITTANCE = "remittance"  # its id, in the facts of its posting
Kind = Posting.Kind


def remittance_post(remittance: Remittance, *, source: Source) -> Posting:
    """Post a remittance, or the one that reverses another, with its own moment and author; its lines are saved already.

    A reversal counts on the day of what it takes back. The caller holds the lock of the client.
    """
    first = _postings(remittance.owner_id, remittance.reverses_id).get() if remittance.reverses_id else None
    posting = Posting.objects.create(
        owner_id=remittance.owner_id,
        kind=Kind.REVERSAL if first else Kind.REMITTANCE,
        effective_on=first.effective_on if first else remittance.paid_on,
        recorded_at=remittance.recorded_at,
        by_id=remittance.by_id,
        reason=remittance.reason,
        source=source.value,
        reverses=first,
        facts={REMITTANCE: remittance.pk},
    )
    told = map(undone, lines_read([first.pk])[first.pk]) if first else _lines(remittance)
    lines_write((posting.pk, line) for line in told)
    return posting


def _postings(owner_id: int, remittance_id: int) -> QuerySet[Posting]:
    """That of a remittance of the client, if it has one."""
    return Posting.objects.of_clients().filter(owner_id=owner_id, **{f"facts__{REMITTANCE}": remittance_id})


def _lines(remittance: Remittance) -> Iterator[Told]:
    for head, amount in heads_of(remittance.pk).items():
        yield _line(LedgerAccount.CREDITOR, Head(head), amount)
    for account, amount in ((LedgerAccount.BANK, remittance.amount), (LedgerAccount.FEES, remittance.fees)):
        if amount:
            yield _line(account, None, -amount)


def _line(account: LedgerAccount, head: Head | None, amount: Decimal) -> Told:
    """`amount` EUR as debit, as credit when it is negative: more was taken back under that head than came in."""
    return Told(account, head, None, max(amount, NOTHING), max(-amount, NOTHING), ARTICLE)


# --- what was recorded before it was posted, and what differs --------------------------------------------------------
class Amiss(StrEnum):
    """What of a remittance differs."""

    UNPOSTED = "not posted"
    OTHERWISE = "posted otherwise than recorded"
    TWICE = "handing over what another one did"


def unposted() -> list[int]:
    """The ids of remittances that have no posting, what is reversed first. Two statements, one where there is none."""
    ids = list(Remittance.objects.order_by("id").values_list("pk", flat=True))
    posted = set(Posting.objects.of_clients().values_list(f"facts__{REMITTANCE}", flat=True)) if ids else set()
    return [pk for pk in ids if pk not in posted]


def remittances_begin(*, source: Source = Source.BEFORE) -> int:
    """Post the remittances that have no posting, each in a transaction of its own; gives how many they were."""
    ids = unposted()
    for pk in ids:
        with transaction.atomic():
            row = Remittance.objects.select_for_update(of=("self",)).get(pk=pk)
            if not _postings(row.owner_id, pk).exists():  # Somebody else may have come first.
                remittance_post(row, source=source)
    return len(ids)


def remittances_amiss() -> dict[int, Amiss]:
    """What differs between remittances and their postings, by the id of the remittance. Five statements."""
    found = dict.fromkeys(unposted(), Amiss.UNPOSTED)
    told = dict(Posting.objects.of_clients().values_list("pk", f"facts__{REMITTANCE}"))
    sums: dict[tuple[int, str], Decimal] = {}
    lines = Line.objects.filter(posting__recovery=None).order_by().values_list("posting_id", "account")
    for pk, account, net in lines.annotate(net=Sum(F("debit") - F("credit"))):
        sums[told[pk], account] = rounded(Decimal(str(net)))
    for pk, amount, fees, reverses in Remittance.objects.values_list("pk", "amount", "fees", "reverses_id"):
        sign = 1 if reverses else -1
        posted = [sums.get((pk, account), NOTHING) for account in _MOVED]
        if pk not in found and posted != [sign * amount, sign * fees, -sign * (amount + fees)]:
            found[pk] = Amiss.OTHERWISE
    standing = RemittanceLine.objects.filter(remittance__reverses=None, remittance__reversal=None).order_by()
    twice = standing.values("posting_id").annotate(times=Count("pk")).filter(times__gt=1).values("posting_id")
    ids = standing.filter(posting_id__in=twice).values_list("remittance_id", flat=True)
    return {**found, **dict.fromkeys(ids, Amiss.TWICE)}


_MOVED = (LedgerAccount.BANK, LedgerAccount.FEES, LedgerAccount.CREDITOR)
