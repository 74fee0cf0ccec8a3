"""Unpaid invoices."""
