"""Widgets of the forms around the list."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect

from recoveries.models import Recovery

MOST_ID = 2**63 - 1


class ClientSelect(AutocompleteSelect):
    """A client's account, looked up while one types: clients are many."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Recovery._meta.get_field("owner"), admin.site, **options)

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        """Only ids are looked up: what a hostile address holds in their place is left out."""
        ids = [each for each in value if each.isascii() and each.isdecimal() and int(each[:20]) <= MOST_ID]
        return super().optgroups(name, ids, attr)
