"""Writes of cases, one module a story. Always lock the case before its children."""
