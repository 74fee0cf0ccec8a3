"""How a new case is written, with all that comes with it. What may be filed is decided by who calls (`cases.py`)."""

from collections.abc import Mapping, Sequence
from typing import Any

from accounts.models import User
from companies.models import Company
from events.services import events_record
from invoicing.models import Invoice
from invoicing.selectors import InvoiceRow
from invoicing.services import invoices_create
from law.vocabulary import Step
from legalcity.lib.clock import now
from legalcity.lib.many_rows import rows_append, rows_create
from legalcity.lib.one_statement import Keys, one_statement
from recoveries.events import filed_event
from recoveries.ledger.opening import ledger_open
from recoveries.ledger.posting import Source
from recoveries.ledger.posting_models import Posting
from recoveries.ledger.records import claims_told
from recoveries.models import Recovery, StatusChange
from recoveries.services.copies import copies_set
from recoveries.services.references import external_id_told
from recoveries.services.totals import case_count_filed

NOBODY: Mapping[str, Company] = {}


def case_file(
    case: Recovery,
    *,
    reference: str,
    by: User | None,
    source: Source,
    parties: Mapping[str, Company] = NOBODY,
    invoices: Sequence[Mapping[str, Any]] = (),
    within: str = "",
) -> Sequence[InvoiceRow]:
    """Write a new case with all that comes with it: one statement on PostgreSQL, and one for the keys. Returns its
    invoices. Raises Invalid, and IntegrityError for a `reference` that is taken; `within` is where the body has the
    case.
    """
    keys: Keys = {Company: len(parties), Recovery: 1, Invoice: len(invoices), Posting: 1 if invoices else 0}

    case.recovery_reference = reference
    copies_set(case, customer=case.customer, debtor=case.debtor, numbers=[item["invoice_number"] for item in invoices])
    with external_id_told(f"{within}external_id"), one_statement(keys):
        rows_create(list(parties.values()))
        for side, company in parties.items():  # It has its key by now.
            setattr(case, side, company)
        rows_create([case])
        saved = invoices_create(recovery_id=case.pk, owner_id=case.owner_id, items=invoices)
        ledger_open(case=case, invoices=claims_told(saved), by=by, source=source)
        _begin_history(case, by, saved)
    return saved


def _begin_history(recovery: Recovery, by: User | None, invoices: Sequence[InvoiceRow]) -> None:
    first = {
        "owner_id": recovery.owner_id,
        "recovery_id": recovery.pk,
        "to_status_id": Step.CREATED,
        "user_id": by.pk if by else None,
        "comment": "",
        "created_at": now(),
    }
    rows_append(StatusChange, [first])
    events_record([filed_event(recovery, [invoice.id for invoice in invoices], by=by)])
    case_count_filed(owner_id=recovery.owner_id, status_id=Step.CREATED)
