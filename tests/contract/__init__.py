"""The published reference, response by response."""
