"""Reads of protected invoices, always those of one account."""

from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, F, QuerySet, Value
from django.db.models.functions import Cast, Collate

from accounts.models import User
from invoicing.models import ProtectedInvoice
from legalcity.lib.collation import TEXT_ORDER


def protected_of(owner: User) -> QuerySet[ProtectedInvoice]:
    """The invoices of an account.

    The cast keeps the id from being taken for a smaller integer, which the search index could not use.
    """
    return ProtectedInvoice.objects.filter(owner_id=Cast(Value(owner.pk), BigIntegerField()))


def has_identifier(*, owner: User, api_invoice_id: str) -> bool:
    """Whether the account has an invoice of this identifier."""
    return ProtectedInvoice.objects.owned_by(owner).filter(api_invoice_id=api_invoice_id).exists()


def protected_ordered(
    invoices: QuerySet[ProtectedInvoice], *, sort: str, descending: bool
) -> QuerySet[ProtectedInvoice]:
    """`invoices` by a column, closed by the id; text as a French reader expects it."""
    column: Any = Collate(F(sort), TEXT_ORDER[connection.vendor]) if sort == "invoice_number" else F(sort)
    order = [column.desc(), F("id").desc()] if descending else [column.asc(), F("id").asc()]
    return invoices.order_by(*order)
