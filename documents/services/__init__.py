"""Writes of documents, one module a story."""
