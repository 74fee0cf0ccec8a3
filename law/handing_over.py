"""By when money that a firm has received for a creditor must be with him. Pure."""

from datetime import date

from legalcity.lib.dates import add_months

ARTICLE = "art. R124-6 CPCE"
MONTHS = 1  # From the day on which the money came in, unless another time was agreed


def hand_over_by(received_on: date) -> date:
    """The last day on which money received on `received_on` is handed over in time."""
    return add_months(received_on, MONTHS)
