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

    def case_status(self, parent: Recovery) -> str:
        """Closed, or active until then."""
        return "closed" if catalogue.is_closing(parent.status_id) else "active"

    @contextmanager
    def changing(self) -> Iterator[Recovery]:
        """The case, locked, its totals recomputed at the end."""
        with super().changing() as recovery:
            yield recovery
            totals_refresh(recovery_id=recovery.pk)
