"""The catalogue of statuses as code reads it: a few rows that change once a year, kept for some seconds."""

from dataclasses import dataclass
from typing import Any

from django.db.models.signals import post_delete, post_save

from legalcity.lib.snapshot import Snapshot
from recoveries.models import Status


@dataclass(frozen=True, slots=True)
class Entry:
    """One status."""

    id: int
    name: str
    description: str
    group: int
    is_closing: bool


class Catalogue:
    """All statuses, by id: a snapshot, taken again at once when this process changed one."""

    def __init__(self) -> None:
        self._snapshot = Snapshot(_read)
        self.forget = self._snapshot.forget

    @property
    def entries(self) -> dict[int, Entry]:
        """Statuses by id."""
        return self._snapshot.value

    @property
    def groups(self) -> frozenset[int]:
        """Ids of the groups that hold statuses."""
        return frozenset(entry.group for entry in self.entries.values())

    def of_group(self, group: int) -> list[int]:
        """Ids of the statuses of a group."""
        return [entry.id for entry in self.entries.values() if entry.group == group]

    def entry(self, status_id: int) -> Entry:
        """One status; the catalogue is read again for one that another process has just added."""
        entry = self.entries.get(status_id)
        if entry is None:
            self.forget()
            entry = self.entries[status_id]
        return entry

    def payload(self, status_id: int) -> dict[str, Any]:
        """A status as the API shows it."""
        entry = self.entry(status_id)
        return {"id": entry.id, "name": entry.name, "description": entry.description}

    def is_closing(self, status_id: int) -> bool:
        """True when a case in this status is closed."""
        return self.entry(status_id).is_closing


def _read() -> dict[int, Entry]:
    rows = Status.objects.order_by("id").values_list("id", "name", "description", "group_id", "is_closing")
    return {row[0]: Entry(*row) for row in rows}


catalogue = Catalogue()
post_save.connect(catalogue.forget, sender=Status, dispatch_uid="catalogue-saved")
post_delete.connect(catalogue.forget, sender=Status, dispatch_uid="catalogue-deleted")
