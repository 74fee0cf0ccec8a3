"""The two parties of a case: its customer (creditor) and its debtor."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from backoffice.audit import CHANGED, audit_record, changed_values, field_values
from companies.events import COMPANY_CREATED, COMPANY_REMOVED, COMPANY_UPDATED, TOLD, company_object
from companies.models import Company
from companies.services import company_create, company_update, company_values, quality_confirm
from events.schemas import differences, sides
from events.services import Ref, changes_of, event_record, story
from events.types import Changes, EventType
from law.parties import Quality
from legalcity.lib.codes import ErrorCode
from legalcity.lib.errors import Failed, NotFound
from recoveries.ledger.posting import Source
from recoveries.ledger.settling import case_reckon
from recoveries.models import Recovery
from recoveries.services.cases import company_delete_if_unused, recovery_lock
from recoveries.services.copies import copies_refresh
from recoveries.services.heard import case_listeners
from recoveries.services.touching import cases_touch

TAKEN = _(
    "Failed to create company: This recovery case already has a {side}. "
    "Each recovery can have only one customer and one debtor."
)
INCOMPLETE = _("Failed to delete company: Cannot delete this company - recovery would be incomplete")
NO_PARTY = _("The case does not have this party any more.")


@story()
def party_attach(*, recovery: Recovery, side: str, values: Mapping[str, Any], by: User | None) -> Company:
    """A new company as the case's `customer` or `debtor`. The caller holds the lock on the case.

    Raises Invalid, or Failed when that side is taken (the contract's documented 500).
    """
    if getattr(recovery, f"{side}_id") is not None:
        raise Failed(str(TAKEN).format(side=side), code=ErrorCode.SIDE_TAKEN)
    company = company_create(owner_id=recovery.owner_id, values=values, by=by)
    setattr(recovery, side, company)
    recovery.save(update_fields=[side, "updated_at"])
    _follow([recovery.pk], by, Source.API)
    _tell(COMPANY_CREATED, company, recovery.pk, by=by, current={"side": side})
    if recovery.customer_id and recovery.debtor_id:
        case_listeners.listener.opened(recovery)
    return company


@story()
def party_update(*, company: Company, values: Mapping[str, Any], by: User | None) -> Company:
    """Change a company, and what every case where it stands has of it. Raises Invalid."""
    before = company_values(company)
    company = company_update(company=company, values=values, by=by)
    _changed(company, before, by, Source.API)
    return company


@story()
def party_quality_confirm(*, recovery_id: int, side: str, quality: Quality, by: User | None) -> Company:
    """Confirm in which quality the `customer` or the `debtor` of a case deals. Raises Invalid or NotFound."""
    company_id: int | None = getattr(recovery_lock(recovery_id=recovery_id), f"{side}_id")
    if company_id is None:
        raise NotFound(NO_PARTY)
    before = company_values(Company.objects.get(pk=company_id))
    company = quality_confirm(company_id=company_id, quality=quality, by=by)
    _changed(company, before, by, Source.STAFF)
    return company


@story()
def debtor_contact_correct(*, recovery_id: int, values: Mapping[str, Any], by: User | None) -> Company:
    """Correct how the debtor of a case is reached (`company_email`, `company_phone`, `company_address` …).

    What it was before stays in the audit. Raises Invalid or NotFound.
    """
    company_id = recovery_lock(recovery_id=recovery_id).debtor_id
    if company_id is None:
        raise NotFound(NO_PARTY)
    company = Company.objects.select_for_update().get(pk=company_id)
    shown, before = field_values(company), company_values(company)
    company = company_update(company=company, values=values, by=by)
    was, became = changed_values(shown, field_values(company))
    if became:
        audit_record(action=CHANGED, target=company, before=was, after=became, actor=by)
    _changed(company, before, by, Source.STAFF)
    return company


@story()
def party_detach(*, recovery: Recovery, company: Company, by: User | None) -> None:
    """Take a company out of a case that is still being put together. The caller holds the lock on the case.

    Raises Failed (the contract's documented 500) once the case has a customer, a debtor and an invoice.
    """
    if recovery.customer_id and recovery.debtor_id and recovery.invoices_count:
        raise Failed(INCOMPLETE, code=ErrorCode.CASE_INCOMPLETE)
    for side in ("customer", "debtor"):
        if getattr(recovery, f"{side}_id") == company.pk:
            setattr(recovery, side, None)
            _tell(COMPANY_REMOVED, company, recovery.pk, by=by, previous={"side": side})
    recovery.save(update_fields=["customer", "debtor", "updated_at"])
    _follow([recovery.pk], by, Source.API)
    company_delete_if_unused(company_id=company.pk, by=by)


def _changed(company: Company, before: Mapping[str, Any], by: User | None, source: Source) -> None:
    """Have every case where a company stands follow it, and tell what is other than `before`, if anything is."""
    changed = differences(before, company_values(company))
    if not changed:
        return
    cases = Recovery.objects.filter(Q(customer_id=company.pk) | Q(debtor_id=company.pk)).order_by("id")
    recovery_ids = list(cases.select_for_update(of=("self",)).values_list("id", flat=True))
    _follow(recovery_ids, by, source)
    only = recovery_ids[0] if len(recovery_ids) == 1 else None
    told = sides(changed, TOLD)
    _tell(COMPANY_UPDATED, company, only, by=by, changes=changes_of(company, changed), **told)


def _tell(
    declared: EventType,
    company: Company,
    recovery_id: int | None,
    *,
    by: User | None,
    changes: Changes | None = None,
    **more: Any,
) -> None:
    """Record an event of a party; `recovery_id` is its case, None where it stands in several."""
    event_record(
        type=declared,
        owner_id=company.owner_id,
        obj=Ref("company", company.pk),
        recovery_id=recovery_id,
        data={"object": company_object(company, recovery_id), **more},
        changes=changes,
        by=by,
    )


def _follow(recovery_ids: Collection[int], by: User | None, source: Source) -> None:
    """Have cases follow their parties: names, country, and what hangs on who they are."""
    cases_touch(*recovery_ids)
    for recovery_id in recovery_ids:
        copies_refresh(recovery_id=recovery_id)
        case_reckon(recovery_id=recovery_id, by=by, source=source)
