"""Who else has to know that a payment was recorded, or taken back.

Letters stand above the ledger: the room that writes them registers itself (`payment_listeners.register`), and the
ledger knows nothing of receipts.
"""

from collections.abc import Callable
from dataclasses import dataclass

from accounts.models import User
from law.account.decompte import Decompte
from law.interest import RateMissing
from recoveries.ledger.posting_models import Posting
from recoveries.models import Acompte, Recovery


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentTold:
    """A payment that was recorded just now, or taken back: `reversal` is the row that says so.

    `posting`: what was posted for it. `account`: what is owed after it.
    """

    case: Recovery
    payment: Acompte
    posting: Posting
    account: Decompte | RateMissing
    by: User | None
    reversal: Acompte | None = None


Listener = Callable[[PaymentTold], None]


class PaymentListeners:
    """Where the listener is registered; there is one. It is called in the transaction, under the lock of the case."""

    def __init__(self) -> None:
        self._listener: Listener | None = None

    def register(self, listener: Listener) -> None:
        """Name the listener; done by the room that writes letters, when it is loaded."""
        self._listener = listener

    def tell(self, told: PaymentTold) -> None:
        """Let it know."""
        if self._listener is None:
            raise RuntimeError("no room has registered to hear of payments")
        self._listener(told)


payment_listeners = PaymentListeners()
