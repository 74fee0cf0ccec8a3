"""The invoice calls, mounted under a case."""

from collections.abc import Iterator
from contextlib import contextmanager

from invoicing.views import InvoiceView
from recoveries.catalogue import catalogue
from recoveries.models import Recovery
from recoveries.services.totals import totals_refresh
from recoveries.views.under import UnderCase


class CaseInvoiceView(UnderCase, InvoiceView):
    """The invoices of a case; its totals follow every change, in the same transaction."""

    def parent(self) -> Recovery:
        """The case, with the word that the calls tell of its status."""
        recovery = super().parent()
        recovery.case_status = "closed" if catalogue.is_closing(recovery.status_id) else "active"  # type: ignore[attr-defined]
        return recovery

    @contextmanager
    def changing(self) -> Iterator[Recovery]:
        """The case, locked, its totals recomputed at the end."""
        with super().changing() as recovery:
            yield recovery
            totals_refresh(recovery_id=recovery.pk)
