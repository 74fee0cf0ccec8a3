"""A case that is deleted takes its ledger along. The accounts of the firm do not forget that it was there.

What an accounting file of a past period needs is kept of each posting (art. A47 A-1 LPF: the file is the same whenever
it is made): numbers, days, accounts, amounts, and nothing of whom or what it was about.
"""

from django.utils.translation import gettext as _

from legalcity.lib.append_only import door
from legalcity.lib.clock import now
from legalcity.lib.codes import ErrorCode
from legalcity.lib.errors import Conflict
from recoveries.ledger.posting_models import DepartedPosting, Line, Posting
from recoveries.models.cases import Recovery

RECEIVED = (Posting.Kind.PAYMENT, Posting.Kind.DIRECT_PAYMENT, Posting.Kind.TRANSFER_IN)


def ledger_forget(*, recovery_id: int) -> None:
    """Take the ledger of a case away that is deleted after it, and keep what the accounts need of it.

    Raises Conflict when money was received on it. The caller holds the lock.
    """
    postings = Posting.objects.filter(recovery_id=recovery_id)
    if postings.filter(kind__in=RECEIVED).exists():
        raise Conflict(
            _("Money was received on this case: it cannot be deleted. Close it instead."), code=ErrorCode.MONEY_RECEIVED
        )
    case = Recovery.objects.only("recovery_reference").get(pk=recovery_id)
    rows = postings.select_related("reverses").prefetch_related("lines").order_by("id")
    DepartedPosting.objects.bulk_create(_departed(row, case.recovery_reference) for row in rows if row.lines.all())
    with door(Line, Posting, reason=f"recovery {recovery_id} deleted"):
        Line.objects.filter(posting__recovery_id=recovery_id).delete()
        postings.delete()


def _departed(row: Posting, reference: str) -> DepartedPosting:
    lines = sorted(row.lines.all(), key=lambda line: line.pk)
    return DepartedPosting(
        number=row.pk,
        piece=reference,
        client=row.owner_id,
        kind=row.kind,
        reversed_kind=row.reverses.kind if row.reverses else "",
        effective_on=row.effective_on,
        recorded_at=row.recorded_at,
        deleted_at=now(),
        lines=[[line.account, line.head, str(line.debit), str(line.credit)] for line in lines],
    )
