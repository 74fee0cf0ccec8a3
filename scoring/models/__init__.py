"""The tables of the room: tokens, the orders that they pay for, and the surveillance of companies."""

from scoring.models.accounts import TokenAccount
from scoring.models.orders import OrderYear, ScoringOrder
from scoring.models.surveillance import Alert, Surveillance
from scoring.models.token_ledger import TokenBalance, TokenEntry

__all__ = ["Alert", "OrderYear", "ScoringOrder", "Surveillance", "TokenAccount", "TokenBalance", "TokenEntry"]
