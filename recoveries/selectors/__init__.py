"""Reads of cases: the list, one case, what stands in it."""
