"""Staff's doors of the room: a file for each kind of invoice."""

from invoicing.billing.backoffice import catalogues, firm_needs, invoices, panels, vat  # noqa: F401 - importing registers them
from invoicing.case_admin import InvoiceAdmin
from invoicing.protected.admin import ProtectedInvoiceAdmin

__all__ = ["InvoiceAdmin", "ProtectedInvoiceAdmin"]
