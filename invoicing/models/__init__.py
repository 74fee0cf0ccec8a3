"""The tables of the room: what debtors owe clients, what clients have protected, what clients owe the firm."""

from invoicing.models.billing import Charge, FirmInvoice, FirmInvoiceItem, FirmPayment
from invoicing.models.billing_catalogue import Currency, InvoiceType, ProductType, Tax, TokenPack, VatRule
from invoicing.models.billing_clients import BillingAddress, BillingClient, ClientType, ClientUser, SubscriptionKey
from invoicing.models.case import Invoice
from invoicing.models.protected import ProtectedInvoice, ProtectedInvoiceChange

__all__ = [
    "BillingAddress",
    "BillingClient",
    "Charge",
    "ClientType",
    "ClientUser",
    "Currency",
    "FirmInvoice",
    "FirmInvoiceItem",
    "FirmPayment",
    "Invoice",
    "InvoiceType",
    "ProductType",
    "ProtectedInvoice",
    "ProtectedInvoiceChange",
    "SubscriptionKey",
    "Tax",
    "TokenPack",
    "VatRule",
]
