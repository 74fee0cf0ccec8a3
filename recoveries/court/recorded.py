"""Which fields of a procedure staff record: its court, its key dates, its fee."""

from law.procedure_dates import GRANTED

COURT = ("court_type", "court_name", "court_territory", "file_number")
DATES = (
    "filed_on",
    "court_fee_paid_on",
    "order_made_on",
    "granted_amount",
    *GRANTED,
    "served_on",
    "served_how",
    "reached_on",
    "opposed_on",
    "costs_invited_on",
    "costs_paid_on",
    "opposition_notified_on",
    "lawyer_appointed_on",
    "hearing_on",
    "enforceable_on",
    "ended_on",
)
FEE = ("fee_paid_on", "fee_payment_reference")
FIELDS = (*COURT, *DATES, *FEE)
