"""What staff correct of an open case in the client's place: the claim itself, its invoices.

The client does it by the API as long as the status of the case lets him; staff until it is closed.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from events.services import story
from invoicing.models import Invoice
from invoicing.services import invoice_create, invoice_delete, invoice_update, invoice_values
from legalcity.lib.codes import ErrorCode
from legalcity.lib.errors import Conflict, NotFound
from legalcity.lib.seen import require_as_seen
from recoveries.catalogue import catalogue
from recoveries.guards import recovery_values
from recoveries.ledger.posting import Source, ledger_follow
from recoveries.ledger.reductions import require_within_claims
from recoveries.ledger.settling import case_settle
from recoveries.models import Recovery
from recoveries.services.cases import recovery_lock, recovery_update
from recoveries.services.copies import copies_refresh

CLOSED = _("This case is closed: nothing of it is corrected any more.")
NO_INVOICE = _("Invoice not found")


@story()
def claim_correct(
    *, recovery_id: int, values: Mapping[str, Any], seen: Mapping[str, Any] | None = None, by: User | None
) -> Recovery:
    """Change what `values` (fields of a case) name; the account follows.

    Raises Invalid, NotFound, Conflict for a closed case and where it is other than `seen`.
    """
    case = _open_case(recovery_id)
    require_as_seen(recovery_values(case), values, seen)
    return recovery_update(recovery=case, values=values, by=by, source=Source.STAFF)


@story()
def invoice_add(*, recovery_id: int, values: Mapping[str, Any], by: User | None) -> Invoice:
    """A further invoice of a case. Raises Invalid, Conflict or NotFound."""
    with _followed(recovery_id, by) as case:
        return invoice_create(recovery_id=case.pk, owner_id=case.owner_id, values=values, by=by)


@story()
def invoice_correct(
    *,
    recovery_id: int,
    invoice_id: int,
    values: Mapping[str, Any],
    seen: Mapping[str, Any] | None = None,
    by: User | None,
) -> Invoice:
    """Change what `values` name of an invoice; ledger and totals follow.

    Raises Invalid, also for less than was credited and given up of it, NotFound, Conflict for a closed case and where
    it is other than `seen`.
    """
    with _followed(recovery_id, by) as case:
        invoice = _invoice(case, invoice_id)
        require_as_seen(invoice_values(invoice), values, seen)
        return invoice_update(invoice=invoice, owner_id=case.owner_id, values=values, by=by)


@story()
def invoice_remove(*, recovery_id: int, invoice_id: int, by: User | None) -> str:
    """Delete an invoice for good; its number is returned. Raises Invalid, Conflict or NotFound."""
    with _followed(recovery_id, by) as case:
        invoice = _invoice(case, invoice_id)
        number: str = invoice_values(invoice)["invoice_number"]
        invoice_delete(invoice=invoice, owner_id=case.owner_id, by=by)
        return number


@contextmanager
def _followed(recovery_id: int, by: User | None) -> Iterator[Recovery]:
    """The case, locked; at the end its ledger, its totals and what it is found by follow its invoices."""
    case = _open_case(recovery_id)
    yield case
    posted = ledger_follow(recovery_id=case.pk, by=by, source=Source.STAFF)
    require_within_claims(posted)
    case_settle(recovery_id=case.pk, posted=posted)
    copies_refresh(recovery_id=case.pk)


def _open_case(recovery_id: int) -> Recovery:
    case = recovery_lock(recovery_id=recovery_id)
    if catalogue.is_closing(case.status_id):
        raise Conflict(CLOSED, code=ErrorCode.CASE_CLOSED)
    return case


def _invoice(case: Recovery, invoice_id: int) -> Invoice:
    invoice = Invoice.objects.filter(recovery=case, pk=invoice_id).first()
    if invoice is None:
        raise NotFound(NO_INVOICE)
    return invoice
