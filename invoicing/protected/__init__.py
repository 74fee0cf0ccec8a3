"""Protected invoices: the client's own invoices, kept under a tracking code."""
