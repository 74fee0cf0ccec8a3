"""Money that came in, as the ledger has it: the lines that name no head, on the bank or with the creditor."""

from django.db.models import QuerySet

from law.account.lines import LedgerAccount
from recoveries.ledger.posting_models import Line, Posting

ACCOUNTS = (LedgerAccount.BANK, LedgerAccount.CREDITOR)
TRANSFERS = (Posting.Kind.TRANSFER_IN, Posting.Kind.TRANSFER_OUT)
# The same as SQL, of the table that stands for "{}"; what the creditor is owed has a head.
MONEY = "{0}.head = '' AND {0}.account IN ('bank', 'creditor')"


def money_lines() -> QuerySet[Line]:
    """Lines of money that was received, taken back or refunded, over all cases.

    What a transfer moves from case to case is none: it came in once, on the case that it left. Nor is what is handed
    over to clients, which is on no case.
    """
    received = Line.objects.filter(head="", account__in=ACCOUNTS, posting__recovery__isnull=False)
    return received.exclude(posting__kind__in=TRANSFERS).order_by()
