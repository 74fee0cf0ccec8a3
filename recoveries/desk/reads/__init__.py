"""Reads behind the pages of staff."""
