"""Writes of protected invoices."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from events.services import events_record, story
from invoicing.events import PROTECTED_CREATED, PROTECTED_STATUS_CHANGED, protected_event
from invoicing.models import ProtectedInvoice, ProtectedInvoiceChange
from invoicing.protected.rules import tracking_code, with_tail
from invoicing.protected.selectors import has_identifier
from invoicing.rules import Errors
from legalcity.lib.codes import Coded, FieldCode
from legalcity.lib.errors import Invalid
from legalcity.lib.reading.identifiers import is_real_siren
from legalcity.lib.settings.live import live
from legalcity.lib.text import searchable

TRIES = 8


def protected_errors(*, owner: User, values: Mapping[str, Any]) -> Errors:
    """Sentences of the rules that a new invoice of `owner` breaks, under the present system settings."""
    errors: Errors = {}
    identifier, siren = values.get("api_invoice_id"), values.get("siren")
    if identifier is not None and has_identifier(owner=owner, api_invoice_id=identifier):
        errors.update(_taken())
    if live.STRICT_SIREN and siren is not None and not is_real_siren(siren):
        errors["siren"] = [_("The siren is not a valid SIREN.")]
    return errors


def protected_build(*, owner_id: int, values: Mapping[str, Any]) -> ProtectedInvoice:
    """An unsaved invoice with its tracking code and its search text; null is the default of a field that has one."""
    given = {name: value for name, value in values.items() if value is not None}
    return ProtectedInvoice(
        owner_id=owner_id,
        tracking_code=tracking_code(given["api_invoice_id"]),
        search_text=searchable(given["invoice_number"], given.get("description", "")),
        **given,
    )


@story()
def protected_create(*, owner: User, values: Mapping[str, Any], by: User | None) -> ProtectedInvoice:
    """Put an invoice of `owner` under protection. Raises Invalid, also when another request was faster.

    The code has a tail where another account has the same one: only the database knows, whoever comes at once.
    """
    invoice = protected_build(owner_id=owner.pk, values=values)
    code = invoice.tracking_code
    for left in reversed(range(TRIES)):
        try:
            with transaction.atomic():
                invoice.save(force_insert=True)
        except IntegrityError as error:
            if has_identifier(owner=owner, api_invoice_id=invoice.api_invoice_id):
                raise Invalid(_taken()) from error
            if not left:
                raise
            invoice.tracking_code = with_tail(code)
        else:
            break
    events_record([protected_event(PROTECTED_CREATED, invoice, by=by)])
    return invoice


@story()
def protected_status_change(*, invoice_id: int, to_status: str, by: User | None) -> ProtectedInvoice:
    """Give an invoice another status: lock, compare, change, one row of history. Nothing happens when it has it."""
    invoice = ProtectedInvoice.objects.select_for_update().get(pk=invoice_id)
    if invoice.status == to_status:
        return invoice
    ProtectedInvoiceChange.objects.create(invoice=invoice, from_status=invoice.status, to_status=to_status, user=by)
    before, invoice.status = invoice.status, to_status
    invoice.save(update_fields=["status", "updated_at"])
    events_record([protected_event(PROTECTED_STATUS_CHANGED, invoice, by=by, before=before)])
    return invoice


def _taken() -> Errors:
    sentence = _("An invoice with this API ID already exists for your account.")
    return {"api_invoice_id": [Coded(sentence, FieldCode.TAKEN)]}
