"""What staff learn about an invoice of a case."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from invoicing.models import Invoice
from invoicing.services import invoice_update, invoice_values
from legalcity.lib.clock import today
from legalcity.lib.errors import Invalid, NotFound
from legalcity.lib.seen import require_as_seen
from recoveries.ledger.posting import Source, ledger_follow
from recoveries.ledger.settling import case_settle
from recoveries.services.cases import recovery_lock

NOT_FOUND = _("Invoice not found")


@transaction.atomic
def invoice_facts_record(
    *,
    recovery_id: int,
    invoice_id: int,
    values: Mapping[str, Any],
    seen: Mapping[str, Any] | None = None,
    by: User | None,
) -> Invoice:
    """Write down when an invoice was performed (`performed_on`), whether the debtor disputes it (`is_disputed`).

    Limitation follows. Raises Invalid for a day to come, NotFound for an invoice of another case, Conflict where it is
    other than `seen`.
    """
    case = recovery_lock(recovery_id=recovery_id)
    invoice = Invoice.objects.filter(recovery_id=recovery_id, pk=invoice_id).first()
    if invoice is None:
        raise NotFound(NOT_FOUND)
    performed_on: date | None = values.get("performed_on")
    if performed_on and performed_on > today():
        raise Invalid({"performed_on": [_("This day is still to come.")]})
    require_as_seen(invoice_values(invoice), values, seen)
    invoice = invoice_update(invoice=invoice, owner_id=case.owner_id, values=values, by=by)
    posted = ledger_follow(recovery_id=recovery_id, by=by, source=Source.STAFF)
    case_settle(recovery_id=recovery_id, posted=posted)
    return invoice
