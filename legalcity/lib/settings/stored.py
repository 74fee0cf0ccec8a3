"""Where django-constance keeps the system settings: its own table, written when staff change something only."""

from typing import Any

from constance import settings
from constance.backends.database import DatabaseBackend


class StoredSettings(DatabaseBackend):
    """Reading writes nothing.

    The stock backend stores the default of every setting at its first look: the history would show changes that
    nobody made, and a better default in a later release would reach nobody.
    """

    def get(self, key: str) -> Any:
        """The stored value, else the default."""
        value = super().get(key)
        return settings.CONFIG[key][0] if value is None else value
