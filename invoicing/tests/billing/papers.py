"""What tests of the firm's invoices are made of."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.text import slugify

from accounts.models import User
from invoicing.billing.selectors import whole
from invoicing.billing.services.clients import client_of
from invoicing.billing.services.drafts import NewInvoice, NewItem, draft_write
from invoicing.billing.services.issuing import invoice_issue
from invoicing.models import BillingClient, Currency, FirmInvoice, ProductType, Tax
from tests.factories import ApiUserFactory

FIRM = {
    "FIRM_NAME": "Cabinet Exemple",
    "FIRM_LEGAL_FORM": "SELARL",
    "FIRM_CAPITAL": "10 000 EUR",
    "FIRM_ADDRESS": "12 rue de la Paix",
    "FIRM_POSTAL_CODE": "75002",
    "FIRM_CITY": "Paris",
    "FIRM_SIREN": "732829320",
    "FIRM_RCS": "Paris",
    "FIRM_VAT_NUMBER": "FR44732829320",
    "FIRM_EMAIL": "facturation@cabinet.example",
    "FIRM_PHONE": "+33142000000",
    "FIRM_IBAN": "FR7630006000011234567890189",
    "FIRM_BIC": "AGRIFRPP",
}


def client_user(email: str = "client@example.com", **fields: Any) -> User:
    """A user with a password and a whole profile."""
    profile = {
        "entreprise": "Acme & Fils SARL",
        "siren": "552100554",
        "address": "3 rue du Port",
        "postal": "69001",
        "city": "Lyon",
        "phone": "+33472000000",
        "password": "a long enough password",
    }
    return ApiUserFactory(email=email, **{**profile, **fields})


def tax(code: str = "vat-20") -> Tax:
    """A tax of the catalogue."""
    return Tax.objects.get(code=code)


def levy(name: str = "Contribution", *, percent: str = "0", units: str = "0") -> Tax:
    """A tax other than VAT."""
    code = slugify(f"levy-{name}-{percent}-{units}".replace(".", "-"))
    values = {"name": name, "kind": Tax.Kind.LEVY, "percent": Decimal(percent), "units": Decimal(units)}
    return Tax.objects.get_or_create(code=code, defaults=values)[0]


def item(price: str = "100", quantity: int = 1, *taxes: Tax, name: str = "Consultation", **fields: Any) -> NewItem:
    """A line; with 20 % of VAT unless said otherwise."""
    return NewItem(
        name=name,
        product_type=fields.pop("product_type", None) or ProductType.objects.get(code="service"),
        unit_price=Decimal(price),
        quantity=quantity,
        taxes=taxes or (tax(),),
        **fields,
    )


def draft(client: BillingClient | None = None, *items: NewItem, currency: str = "EUR", **fields: Any) -> FirmInvoice:
    """A draft for `client`."""
    return draft_write(
        NewInvoice(
            client=client or client_of(User.objects.filter(email="client@example.com").first() or client_user()),
            items=items or (item(),),
            currency=Currency.objects.get(name_short=currency),
            **fields,
        )
    )


def issued(client: BillingClient | None = None, *items: NewItem, **fields: Any) -> FirmInvoice:
    """An issued invoice, as the API and the paper read it."""
    return reread(invoice_issue(invoice_id=draft(client, *items, **fields).pk))


def reread(invoice: FirmInvoice) -> FirmInvoice:
    """The invoice as it is stored, with all that hangs on it."""
    return whole(FirmInvoice.objects.all()).get(pk=invoice.pk)


def item_ids(invoice: FirmInvoice) -> Sequence[Any]:
    """Ids of its items, in order."""
    return list(invoice.items.values_list("pk", flat=True))
