"""Outsiders that print, carry and deliver for us."""
