"""What came along to court settled, and is owed again: the case in court lists it, as its account asks for it."""

from collections.abc import Iterator

from invoicing.models import Invoice
from invoicing.services import invoices_relist
from law.account.decompte import Decompte
from law.account.facts import ClaimKind
from recoveries.ledger.posting import Source, ledger_follow
from recoveries.services.copies import copies_refresh


def relist(*, recovery_id: int, account: Decompte) -> None:
    """Give the invoices of a case in court that its account asks for, and that it does not list, rows of their own.

    A payment that was taken back, or a credit note, may have settled them before the transfer. The ledger calls them
    by the new rows from then on. One statement where there are none; the caller holds the lock.
    """
    owed = set(_owed(account))
    missing = owed - set(Invoice.objects.filter(recovery_id=recovery_id, pk__in=owed).values_list("pk", flat=True))
    if missing:
        invoices_relist(ids=missing, to_case=recovery_id)
        ledger_follow(recovery_id=recovery_id, by=None, source=Source.SYSTEM)
        copies_refresh(recovery_id=recovery_id)


def _owed(account: Decompte) -> Iterator[int]:
    """The invoices of which something is left."""
    for row in account.claims:
        if row.claim.kind == ClaimKind.INVOICE and any(row.left):
            yield row.claim.id
    for waiting in account.not_due:
        if waiting.claim.kind == ClaimKind.INVOICE and waiting.principal:
            yield waiting.claim.id
