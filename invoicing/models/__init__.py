"""The tables of the room: what debtors owe clients, what clients have protected, what clients owe the firm."""

from invoicing.models.case import Invoice

__all__ = ["Invoice"]
