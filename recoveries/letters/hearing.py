"""What letters do when the ledger says that a payment was recorded, or taken back."""

from recoveries.ledger.listeners import PaymentTold
from recoveries.letters.creditor_notices import creditor_notices_queue
from recoveries.letters.receipts import receipt_queue, receipt_take_back
from recoveries.letters.scenarios.hearing import payment_heard as scenario_restart


def payment_heard(told: PaymentTold) -> None:
    """Tell the debtor and the creditor. In the transaction of the payment, under the lock of its case."""
    if told.reversal is None:
        receipt_queue(told)
    else:
        receipt_take_back(told)
    creditor_notices_queue(told)
    scenario_restart(told)
