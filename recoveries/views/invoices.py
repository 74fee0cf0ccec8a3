"""The invoice calls, mounted under a case."""

from collections.abc import Iterator
from contextlib import contextmanager

from accounts.authentication import caller
from invoicing.views import InvoiceView
from recoveries.catalogue import catalogue
from recoveries.ledger.posting import Source, ledger_follow
from recoveries.ledger.reductions import require_within_claims
from recoveries.ledger.settling import case_settle
from recoveries.models import Recovery
from recoveries.services.copies import copies_refresh
from recoveries.views.under import UnderCase


class CaseInvoiceView(UnderCase, InvoiceView):
    """The invoices of a case; its totals follow every change, in the same transaction."""

    def case_status(self, parent: Recovery) -> str:
        """Closed, or active until then."""
        return "closed" if catalogue.is_closing(parent.status_id) else "active"

    @contextmanager
    def changing(self) -> Iterator[Recovery]:
        """The case, locked, its totals recomputed at the end, and what it is found by."""
        with super().changing() as recovery:
            yield recovery
            if self.changes_nothing:
                return
            posted = ledger_follow(recovery_id=recovery.pk, by=caller(self.request), source=Source.API)
            require_within_claims(posted)
            case_settle(recovery_id=recovery.pk, posted=posted)
            copies_refresh(recovery_id=recovery.pk)
