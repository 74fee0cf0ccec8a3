"""Who hears that keys were issued or revoked. Accounts know no room above them, so the one that hears registers."""

from collections.abc import Callable, Sequence
from enum import StrEnum

from accounts.models import ApiKey, User


class KeyFact(StrEnum):
    """What has happened to a key."""

    ISSUED = "issued"
    REVOKED = "revoked"


Hear = Callable[[KeyFact, Sequence[ApiKey], User | None], None]


class KeyListeners:
    """Where the listener is registered; there is one. It is called in the transaction of the change."""

    def __init__(self) -> None:
        self._hear: Hear | None = None

    def register(self, hear: Hear) -> None:
        """Name the listener; done by its room, when it is loaded."""
        self._hear = hear

    def tell(self, fact: KeyFact, keys: Sequence[ApiKey], *, by: User | None = None) -> None:
        """Let it know. Without `by` it is who is behind the request that is being answered."""
        if self._hear is None:
            raise RuntimeError("no room has registered to hear of keys")
        if keys:
            self._hear(fact, keys, by)


key_listeners = KeyListeners()
