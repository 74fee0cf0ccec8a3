"""Numbers of invoices after the database was brought back to an earlier moment.

Those that were given since are on papers that clients hold, and nobody knows here how many they were. None may be
given twice, and a series has no holes (CGI, annexe II, article 242 nonies A, I, 7°, which allows several series where
they are told apart). So each series that has begun is closed, and one under a prefix of its own takes its place. One
that has not begun here may have begun in what is lost: it takes another prefix itself.
"""

import re
from datetime import datetime
from itertools import chain, count

from django.db.models import Max

from backoffice.audit import ADDED, CHANGED, audit_record
from events.services import story
from invoicing.models import FirmInvoice, InvoiceType
from legalcity.lib.dates import PARIS

MARK = "R%y%m%d%H%M-"  # a moment of Paris
FORMER = re.compile(r"R\d{10}-$")
LENGTH = 20  # of a prefix


@story()
def series_branch(*, moment: datetime) -> list[tuple[str, str]]:
    """Have each open series go on under another prefix; the prefixes of before and after. Drafts go along."""
    still_open = InvoiceType.objects.select_for_update().filter(closed_at=None).order_by("code")
    return [(kind.prefix, _branched(kind, moment)) for kind in still_open]


def _branched(kind: InvoiceType, moment: datetime) -> str:
    prefix = _not_taken(FORMER.sub("", kind.prefix), moment.astimezone(PARIS).strftime(MARK))
    if kind.last_number:
        _succeeded(kind, prefix, moment)
    else:
        InvoiceType.objects.filter(pk=kind.pk).update(prefix=prefix)
        audit_record(action=CHANGED, target=kind, before={"prefix": kind.prefix}, after={"prefix": prefix})
    return prefix


def _not_taken(prefix: str, mark: str) -> str:
    """Both together. Where others begin with the same letters, the end of what fits gives way to a number."""
    room = LENGTH - len(mark)
    ends = chain([""], map(str, count(2)))
    tried = (prefix[: room - len(end)] + end + mark for end in ends)
    return next(each for each in tried if not InvoiceType.objects.filter(prefix=each).exists())


def _succeeded(kind: InvoiceType, prefix: str, moment: datetime) -> None:
    successor = InvoiceType.objects.create(
        code=InvoiceType.objects.aggregate(last=Max("code"))["last"] + 1,
        name=kind.name,
        description=kind.description,
        series=kind.series,
        prefix=prefix,
        leading_zeros=kind.leading_zeros,
    )
    InvoiceType.objects.filter(pk=kind.pk).update(closed_at=moment)
    FirmInvoice.objects.filter(invoice_type=kind, status=FirmInvoice.Status.DRAFT).update(invoice_type=successor)
    audit_record(action=ADDED, target=successor, details={"succeeds": kind.prefix})
