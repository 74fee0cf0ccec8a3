"""Ids of rows as people and programs send them."""

MOST_ID = 2**63 - 1  # what a column of ids holds


def is_id(text: str) -> bool:
    """Whether it can be the id of a row: ASCII digits, and no more than a column holds."""
    return text.isascii() and text.isdecimal() and int(text[:20]) <= MOST_ID
