"""Where django-constance keeps the system settings: its own table, written when staff change something only."""

from collections.abc import Iterable
from typing import Any

from constance import settings
from constance.backends.database import DatabaseBackend
from constance.codecs import loads


class StoredSettings(DatabaseBackend):
    """Reading writes nothing, and makes nothing up.

    The stock backend stores the default of every setting at its first look: the history would show changes that
    nobody made, and a better default in a later release would reach nobody. And it takes a database that is away for
    one in which nothing is set, so that limits and rules which staff have set would lapse.
    """

    def get(self, key: str) -> Any:
        """The stored value, else the default."""
        value = super().get(key)
        return settings.CONFIG[key][0] if value is None else value

    def mget(self, keys: Iterable[str]) -> dict[str, Any]:
        """The stored ones among `keys`. The errors of the database are the caller's."""
        names = {self.add_prefix(key): key for key in keys}
        stored = self._model._default_manager.filter(key__in=names).values_list("key", "value")
        return {names[key]: loads(value) for key, value in stored}
