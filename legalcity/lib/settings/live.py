"""The system settings as code reads them: `live.MAX_PAGE_SIZE`.

django-constance asks the database for each value; a request needs several. So a process keeps a snapshot of all of
them (legalcity/lib/snapshot.py): a change by staff is seen at once by the process that saved it and within seconds by
the others. While the database is away the last values stand; the defaults never step in for what staff set.
"""

from typing import Any

from constance.signals import config_updated
from constance.utils import get_values

from legalcity.lib.snapshot import Snapshot


class LiveSettings:
    """Read-only view of the system settings; an unknown name raises AttributeError."""

    def __init__(self) -> None:
        self._snapshot: Snapshot[dict[str, Any]] = Snapshot(get_values)
        self.forget, self.held = self._snapshot.forget, self._snapshot.held

    def __getattr__(self, name: str) -> Any:
        try:
            return self._snapshot.value[name]
        except KeyError:
            raise AttributeError(f"no system setting {name}") from None

    @property
    def editable_statuses(self) -> frozenset[int]:
        """Ids of the statuses in which clients may change a case."""
        return frozenset(int(part) for part in self.EDITABLE_STATUSES.split(","))

    @property
    def legal_forms(self) -> tuple[str, ...]:
        """Legal forms that a company may have."""
        return tuple(part.strip() for part in self.LEGAL_FORMS.split(","))

    @property
    def look_words(self) -> tuple[str, ...]:
        """Words of acts of a court that a debtor does not read before there is a title."""
        return tuple(part.strip() for part in self.LOOK_WORDS.split(","))

    @property
    def contact_days(self) -> frozenset[int]:
        """Days of the week on which debtors are asked for money; Monday is 1."""
        return frozenset(int(part) for part in self.CONTACT_DAYS.split(","))


live = LiveSettings()
config_updated.connect(live.forget, dispatch_uid="live-settings")
