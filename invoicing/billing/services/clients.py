"""Billed clients."""

from django.db import IntegrityError, transaction

from accounts.models import User
from invoicing.billing.selectors import PRIVATE_PERSON
from invoicing.models import BillingAddress, BillingClient, ClientType, ClientUser

COMPANY = 1  # code of the catalogue


def client_of(user: User) -> BillingClient:
    """The client that `user` belongs to; made from the user's profile where there is none yet.

    Of two that make it at once one wins, and both get that one.
    """
    member = _member(user)
    if member is None:
        try:
            with transaction.atomic():
                return _made(user)
        except IntegrityError:
            member = _member(user)
            if member is None:
                raise
    return member.client


def _member(user: User) -> ClientUser | None:
    related = ("client__billing_address", "client__contact_address", "client__client_type")
    return ClientUser.objects.select_related(*related).filter(user=user).first()


def _made(user: User) -> BillingClient:
    name = f"{user.first_name} {user.last_name}".strip()
    address = BillingAddress.objects.create(line1=user.address, postal_code=user.postal, city=user.city)
    client = BillingClient.objects.create(
        client_type=ClientType.objects.get(code=COMPANY if user.entreprise else PRIVATE_PERSON),
        name=user.entreprise or name or user.email,
        company_registration_number=user.siren,
        contact_name=name,
        contact_email=user.email,
        contact_number=user.phone,
        contact_address=address,
        billing_address=address,
    )
    ClientUser.objects.create(user=user, client=client)
    return client
