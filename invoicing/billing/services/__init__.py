"""Writes of the firm's invoices."""
