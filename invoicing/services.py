"""Writes of invoices. The case that holds them is locked, and its totals recomputed, by the caller."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Value
from django.utils.translation import gettext as _

from accounts.models import User
from events.schemas import differences, plain, sides
from events.services import Ref, changes_of, event_record, story
from events.types import Changes, EventType
from invoicing import rules
from invoicing.events import INVOICE_CREATED, INVOICE_DELETED, INVOICE_UPDATED, TOLD, invoice_object
from invoicing.models import Invoice
from invoicing.selectors import InvoiceRow
from legalcity.lib.clock import now, today
from legalcity.lib.codes import Coded, FieldCode
from legalcity.lib.copying import rows_copy
from legalcity.lib.errors import Invalid
from legalcity.lib.many_rows import rows_insert
from legalcity.lib.settings.live import live
from legalcity.lib.text import searchable

FIELDS = (
    "invoice_number",
    "invoice_date",
    "invoice_due_date",
    "invoice_amount",
    "invoice_part_paid",
    "invoice_part_paid_amount",
    "api_invoice_id",
    "performed_on",
    "is_disputed",
)
NOT_SENT = {**dict.fromkeys(FIELDS), "is_disputed": False}


def invoice_errors(values: Mapping[str, Any]) -> rules.Errors:
    """Sentences of the rules that a whole invoice breaks, under the present system settings."""
    return _errors(values, live.INAPPLICABLE_FIELDS == "reject")


def _errors(values: Mapping[str, Any], reject_inapplicable: bool) -> rules.Errors:
    errors = rules.invoice_errors(values, reject_inapplicable=reject_inapplicable)
    performed_on = values.get("performed_on")
    if isinstance(performed_on, date) and performed_on > today():  # Limitation would seem to run from then
        errors["performed_on"] = [_("The performed on field must not be in the future.")]
    return errors


def duplicate_errors(numbers: Sequence[Any]) -> rules.Errors:
    """Sentences for invoice numbers that come twice in one request: `{"1.invoice_number": [...]}`."""
    seen: set[Any] = set()
    errors: rules.Errors = {}
    for index, number in enumerate(numbers):
        if number is not None and number in seen:
            errors[f"{index}.invoice_number"] = [
                Coded(_("The invoice number field has a duplicate value."), FieldCode.DUPLICATE)
            ]
        seen.add(number)
    return errors


def invoice_build(*, recovery_id: int, owner_id: int, values: Mapping[str, Any]) -> Invoice:
    """An unsaved invoice of a case of `owner_id`. Raises Invalid."""
    if errors := invoice_errors(values):
        raise Invalid(errors)
    return Invoice(recovery_id=recovery_id, owner_id=owner_id, **rules.invoice_settled(values))


def invoices_create(*, recovery_id: int, owner_id: int, items: Sequence[Mapping[str, Any]]) -> list[InvoiceRow]:
    """The invoices of a case that is being opened, which tells of them itself. One statement. Raises Invalid.

    No model is made of an invoice: of a case of 500 that took a fifth of the time.
    """
    moment, reject_inapplicable = now(), live.INAPPLICABLE_FIELDS == "reject"
    for values in items:
        if errors := _errors(values, reject_inapplicable):
            raise Invalid(errors)
    rows = [_opened(values) for values in items]
    of_all = {"recovery_id": recovery_id, "owner_id": owner_id, "created_at": moment, "updated_at": moment}
    keys = rows_insert(Invoice, rows, of_all)
    return [_shown(key, recovery_id, row) for key, row in zip(keys, rows, strict=True)]


def _opened(values: Mapping[str, Any]) -> dict[str, Any]:
    """A whole invoice as it is stored."""
    whole = {**NOT_SENT, **rules.invoice_settled(values)}
    whole["search_text"] = searchable(whole["invoice_number"], whole["api_invoice_id"])
    return whole


def _shown(key: int, recovery_id: int, row: Mapping[str, Any]) -> InvoiceRow:
    return InvoiceRow(
        id=key,
        recovery_id=recovery_id,
        invoice_amount=row["invoice_amount"],
        invoice_number=row["invoice_number"],
        invoice_date=row["invoice_date"],
        invoice_due_date=row["invoice_due_date"],
        invoice_part_paid=row["invoice_part_paid"],
        invoice_part_paid_amount=row["invoice_part_paid_amount"],
        remaining_amount=rules.remaining(row["invoice_amount"], row["invoice_part_paid_amount"]),
        api_invoice_id=row["api_invoice_id"],
        performed_on=row["performed_on"],
        is_disputed=row["is_disputed"],
    )


@story()
def invoice_create(*, recovery_id: int, owner_id: int, values: Mapping[str, Any], by: User | None) -> Invoice:
    """A further invoice of a case of `owner_id`. Raises Invalid, also when the case has one of that number."""
    invoice = _saved(invoice_build(recovery_id=recovery_id, owner_id=owner_id, values=values))
    stored = invoice_values(invoice)
    _tell(INVOICE_CREATED, invoice, owner_id, by=by, current={name: plain(stored[name]) for name in TOLD})
    return invoice


def invoice_values(invoice: Invoice) -> dict[str, Any]:
    """What is stored, by field, to be merged with what is sent."""
    return {name: getattr(invoice, name) for name in FIELDS}


@story()
def invoice_update(*, invoice: Invoice, owner_id: int, values: Mapping[str, Any], by: User | None) -> Invoice:
    """Change what `values` name; rules hold for the merged state. Raises Invalid."""
    before = invoice_values(invoice)
    whole = {**before, **values}
    if errors := invoice_errors(whole):
        raise Invalid(errors)
    for name, value in rules.invoice_settled(whole).items():
        setattr(invoice, name, value)
    if changed := differences(before, invoice_values(invoice)):
        _saved(invoice).refresh_from_db(fields=["remaining_amount"])
        changes = changes_of(invoice, changed)
        _tell(INVOICE_UPDATED, invoice, owner_id, by=by, changes=changes, **sides(changed, TOLD))
    return invoice


@story()
def invoice_delete(*, invoice: Invoice, owner_id: int, by: User | None) -> None:
    """Delete an invoice for good. Documents that were filed with it stay."""
    _tell(INVOICE_DELETED, invoice, owner_id, by=by)
    invoice.delete()


def _tell(
    declared: EventType,
    invoice: Invoice,
    owner_id: int,
    *,
    by: User | None,
    changes: Changes | None = None,
    **more: Any,
) -> None:
    event_record(
        type=declared,
        owner_id=owner_id,
        obj=Ref("invoice", invoice.pk),
        recovery_id=invoice.recovery_id,
        data={"object": invoice_object(invoice), **more},
        changes=changes,
        by=by,
    )


def invoices_copy(*, from_case: int, to_case: int, left_behind: Collection[int] = ()) -> None:
    """Copy the invoices of a case on which something remains to another one, but for the ids `left_behind`."""
    unpaid = Invoice.objects.filter(recovery_id=from_case, remaining_amount__gt=0)
    rows_copy(unpaid.exclude(pk__in=left_behind).order_by("id"), instead={"recovery_id": Value(to_case)})


@story()
def invoices_relist(*, ids: Collection[int], to_case: int) -> None:
    """List invoices of another case, by their ids, on this one too: they went there and are owed again."""
    rows_copy(Invoice.objects.filter(pk__in=ids).order_by("id"), instead={"recovery_id": Value(to_case)})
    numbers = Invoice.objects.filter(pk__in=ids).values("invoice_number")
    for invoice in Invoice.objects.filter(recovery_id=to_case, invoice_number__in=numbers).order_by("id"):
        stored = invoice_values(invoice)
        _tell(INVOICE_CREATED, invoice, invoice.owner_id, by=None, current={name: plain(stored[name]) for name in TOLD})


def _saved(invoice: Invoice) -> Invoice:
    try:
        with transaction.atomic():
            invoice.save()
    except IntegrityError as error:
        raise Invalid(
            {"invoice_number": [Coded(_("The invoice number has already been taken."), FieldCode.TAKEN)]}
        ) from error
    return invoice
