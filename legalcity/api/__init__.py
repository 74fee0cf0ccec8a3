"""Plumbing of the REST API: envelope, errors, fields, paging, limits, reference. Imports no room."""
