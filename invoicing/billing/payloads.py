"""The firm's invoices as the API shows them: keys and their order are the published response's.

Ids are UUIDs; where the product has no UUID of its own (users, countries, languages, roles) one is derived from what
the thing is, the same for ever. A missing text is an empty string, since the published types know no null.
"""

import uuid
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from babel import Locale

from accounts.models import User
from invoicing.billing import rules
from invoicing.models import (
    BillingAddress,
    BillingClient,
    Currency,
    FirmInvoice,
    FirmInvoiceItem,
    FirmPayment,
    InvoiceType,
    ProductType,
    Tax,
)
from legalcity.lib.dates import PARIS, moment_text

_DERIVED = uuid.UUID("6f0c2f5e-5a0b-4c55-9d4e-3c1d1e1f6f2a")
_ADDRESS = ("line1", "line2", "line3", "building", "floor_level", "postal_code", "city", "state_province", "region")


def derived_id(kind: str, name: object) -> str:
    """The UUID of something that has none stored: the same for the same `kind` and `name`."""
    return str(uuid.uuid5(_DERIVED, f"{kind}:{name}"))


def number(value: Decimal) -> int | float:
    """A JSON number: whole ones without a fraction. Up to fourteen digits a float shows every cent."""
    return int(value) if value == value.to_integral_value() else float(value)


def _country_name(code: str) -> str:
    return str(Locale("en").territories.get(code, code))


def address_payload(address: BillingAddress) -> dict[str, Any]:
    """An address."""
    return {
        "id": str(address.pk),
        **{name: getattr(address, name) for name in _ADDRESS},
        "country_id": derived_id("country", address.country),
        "country_name": _country_name(address.country),
    }


def client_payload(client: BillingClient) -> dict[str, Any]:
    """A client as it is now. An issued invoice keeps this, with what the paper needs besides (`paper`)."""
    return {
        "id": str(client.pk),
        "name": client.name,
        "company_registration_number": client.company_registration_number,
        "contact_name": client.contact_name,
        "contact_email": client.contact_email,
        "contact_number": client.contact_number,
        "contact_address": address_payload(client.contact_address),
        "billing_address": address_payload(client.billing_address),
        "client_type": {
            "id": str(client.client_type.pk),
            "code": client.client_type.code,
            "name": client.client_type.name,
        },
    }


def buyer_details(client: BillingClient) -> dict[str, Any]:
    """What an issued invoice keeps of its client: the API's form, and beside it what only the paper shows."""
    return {
        "api": client_payload(client),
        "vat_number": client.vat_number,
        "country": client.billing_address.country,
        "contact_country": client.contact_address.country,
    }


def _type_payload(kind: InvoiceType) -> dict[str, Any]:
    return {
        "id": str(kind.pk),
        "name": kind.name,
        "code": kind.code,
        "description": kind.description,
        "leading_zeros": kind.leading_zeros,
        "prefix": kind.prefix,
    }


def _product_payload(product: ProductType) -> dict[str, Any]:
    return {"enable": product.enable, "id": str(product.pk), "name": product.name}


def _currency_payload(currency: Currency) -> dict[str, Any]:
    return {
        "id": str(currency.pk),
        "name": currency.name,
        "name_short": currency.name_short,
        "symbol": currency.symbol,
    }


def _tax_payload(tax: Tax) -> dict[str, Any]:
    return {
        "id": str(tax.pk),
        "name": tax.name,
        "description": tax.description,
        "units": number(tax.units),
        "percent": number(tax.percent),
    }


def _item_payload(item: FirmInvoiceItem, currency: dict[str, Any], *, paid_out: bool) -> dict[str, Any]:
    return {
        "id": str(item.pk),
        "code": item.code,
        "name": item.name,
        "product_type": _product_payload(item.product_type),
        "currency": currency,
        "currency_units": number(item.currency_units),
        "quantity": item.quantity,
        "taxes": [_tax_payload(tax) for tax in item.taxes.all()],
        "details": item.details,
        "paid_out": paid_out,
        "invoice_entity_type": item.invoice_entity_type,
        "invoice_entity_id": item.invoice_entity_id,
    }


def _payment_payload(payment: FirmPayment) -> dict[str, Any]:
    return {
        "id": str(payment.pk),
        "amount": number(payment.amount),
        "date": payment.paid_on.isoformat(),
        "method": payment.method,
        "reference": payment.reference,
    }


def _user_payload(user: User | None) -> dict[str, Any]:
    """The creator; an empty object when the invoice made itself."""
    if user is None:
        return {}
    role = "staff" if user.is_staff else "client"
    return {
        "id": derived_id("user", user.pk),
        "first_name": user.first_name,
        "last_name": user.last_name,
        "user_name": user.email,
        "email": user.email,
        "phone_number": user.phone,
        "language_id": derived_id("language", "fr"),
        "language_name": "French",
        "country_id": derived_id("country", "FR"),
        "country_name": _country_name("FR"),
        "user_role": role,
        "last_login_date": moment_text(user.last_login) or "",
        "is_yoti": False,
        "is_locked_out": not user.is_active,
        "yoti_id": None,
        "user_settings": None,
        "claims": [],
        "user_type_id": derived_id("user_type", role),
        "user_type_name": role,
    }


def invoice_payload(invoice: FirmInvoice) -> dict[str, Any]:
    """An issued invoice as `selectors.whole` reads it: the published response."""
    assert invoice.due_on is not None  # noqa: S101 - an issued invoice has one, by constraint
    end_of_day = datetime.combine(invoice.due_on, time(23, 59, 59), PARIS)
    currency = _currency_payload(invoice.currency)
    paid_out = rules.is_settled(invoice.total, paid=invoice.paid, credited=invoice.credited)
    return {
        "id": str(invoice.pk),
        "date_time": moment_text(invoice.date_time),
        "date_time_due": moment_text(end_of_day),
        "invoice_type": _type_payload(invoice.invoice_type),
        "invoice_number": invoice.invoice_number,
        "client": invoice.buyer["api"],
        "invoice_items": [_item_payload(item, currency, paid_out=paid_out) for item in invoice.items.all()],
        "payments": [_payment_payload(payment) for payment in invoice.payments.all()],
        "user": _user_payload(invoice.user),
        "observations": invoice.observations,
    }
