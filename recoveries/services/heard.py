"""Who else has to know that a case was opened, or moved to another status.

Scenarios stand above; the room of letters registers itself (`case_listeners.register`), and cases know nothing of it.
"""

from typing import Protocol

from recoveries.models.cases import Recovery


class CaseListener(Protocol):
    """Called in the transaction of the change, under the lock of the case."""

    def opened(self, case: Recovery) -> None:
        """A case was opened, with its parties and its invoices."""

    def moved(self, case: Recovery) -> None:
        """A case has another status, which the row has."""


class CaseListeners:
    """Where the listener is registered; there is one."""

    def __init__(self) -> None:
        self._listener: CaseListener | None = None

    def register(self, listener: CaseListener) -> None:
        """Name the listener; done by the room of scenarios, when it is loaded."""
        self._listener = listener

    @property
    def listener(self) -> CaseListener:
        """Who is told."""
        if self._listener is None:
            raise RuntimeError("no room has registered to hear of cases")
        return self._listener


case_listeners = CaseListeners()
