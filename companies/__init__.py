"""Creditors and debtors."""
