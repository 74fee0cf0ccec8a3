"""Invoices: the unpaid ones of cases, protected ones, and those by which the firm bills its clients."""
