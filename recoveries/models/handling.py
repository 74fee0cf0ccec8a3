"""Whose cases are whose, among staff."""

from django.db.models import F, Q

from backoffice.reach import Person


def without_handler(path: str = "") -> Q:
    """Cases that no member of staff works on: under nobody's name, or under that of the client who filed them.

    `path` leads from a thing to its case (`"recovery"`); empty for cases themselves.
    """
    way = f"{path}__" if path else ""
    return Q((f"{way}user__isnull", True)) | Q((f"{way}user", F(f"{way}owner")))


def own_or_nobodys(user: Person, path: str = "") -> Q:
    """What a handler sees: the own cases, and those that nobody works on. `path` as above."""
    return Q((f"{path}__user" if path else "user", user.pk)) | without_handler(path)
