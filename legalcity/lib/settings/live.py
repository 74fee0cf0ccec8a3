"""The system settings as code reads them: `live.MAX_PAGE_SIZE`.

django-constance asks the database for each value; a request needs several. So a process keeps a snapshot of all
of them for a few seconds: a change by staff is seen at once by the process that saved it and by the others when
their snapshot is older than MAX_AGE.
"""

import time
from typing import Any

from constance.signals import config_updated
from constance.utils import get_values

MAX_AGE = 5.0  # seconds


class LiveSettings:
    """Read-only view of the system settings; an unknown name raises AttributeError."""

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}
        self._read_at = float("-inf")

    def __getattr__(self, name: str) -> Any:
        if time.monotonic() - self._read_at > MAX_AGE:
            self._values = get_values()
            self._read_at = time.monotonic()
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(f"no system setting {name}") from None

    def forget(self, **_: Any) -> None:
        """Read everything again at the next look."""
        self._read_at = float("-inf")

    @property
    def editable_statuses(self) -> frozenset[int]:
        """Ids of the statuses in which clients may change a case."""
        return frozenset(int(part) for part in self.EDITABLE_STATUSES.split(","))

    @property
    def legal_forms(self) -> tuple[str, ...]:
        """Legal forms that a company may have."""
        return tuple(part.strip() for part in self.LEGAL_FORMS.split(","))


live = LiveSettings()
config_updated.connect(live.forget, dispatch_uid="live-settings")
