"""The catalogue of statuses as code reads it: a few rows that change once a year, kept for some seconds."""

import time
from dataclasses import dataclass
from itertools import starmap
from typing import Any

from django.db.models.signals import post_delete, post_save

from recoveries.models import Status

MAX_AGE = 5.0  # seconds


@dataclass(frozen=True, slots=True)
class Entry:
    """One status."""

    id: int
    name: str
    description: str
    group: int
    is_closing: bool


class Catalogue:
    """All statuses, by id; read again when older than MAX_AGE or when this process changed one."""

    def __init__(self) -> None:
        self._entries: dict[int, Entry] = {}
        self._read_at = float("-inf")

    @property
    def entries(self) -> dict[int, Entry]:
        """Statuses by id."""
        if time.monotonic() - self._read_at > MAX_AGE:
            rows = Status.objects.order_by("id").values_list("id", "name", "description", "group_id", "is_closing")
            self._entries = {entry.id: entry for entry in starmap(Entry, rows)}
            self._read_at = time.monotonic()
        return self._entries

    def forget(self, **_: Any) -> None:
        """Read again at the next look."""
        self._read_at = float("-inf")

    @property
    def groups(self) -> frozenset[int]:
        """Ids of the groups that hold statuses."""
        return frozenset(entry.group for entry in self.entries.values())

    def of_group(self, group: int) -> list[int]:
        """Ids of the statuses of a group."""
        return [entry.id for entry in self.entries.values() if entry.group == group]

    def entry(self, status_id: int) -> Entry:
        """One status; the catalogue is read again for one that another process has just added."""
        if status_id not in self.entries:
            self.forget()
        return self.entries[status_id]

    def payload(self, status_id: int) -> dict[str, Any]:
        """A status as the API shows it."""
        entry = self.entry(status_id)
        return {"id": entry.id, "name": entry.name, "description": entry.description}

    def is_closing(self, status_id: int) -> bool:
        """True when a case in this status is closed."""
        return self.entry(status_id).is_closing


catalogue = Catalogue()
post_save.connect(catalogue.forget, sender=Status, dispatch_uid="catalogue-saved")
post_delete.connect(catalogue.forget, sender=Status, dispatch_uid="catalogue-deleted")
