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
from legalcity.lib.seen import require_as_seen
from recoveries.ledger.posting import Source
from recoveries.ledger.settling import case_reckon
from recoveries.models import Recovery
from recoveries.services.cases import NOT_FOUND, company_delete_if_unused
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
    """Change a company, and what every case where it stands has of it. The caller holds `party_lock`.

    Raises Invalid.
    """
    before = company_values(company)
    company = company_update(company=company, values=values, by=by)
    _changed(company, before, by, Source.API)
    return company


@story()
def party_quality_confirm(*, recovery_id: int, side: str, quality: Quality, by: User | None) -> Company:
    """Confirm in which quality the `customer` or the `debtor` of a case deals. Raises Invalid or NotFound."""
    company = _party_locked(recovery_id, side)
    before = company_values(company)
    company = quality_confirm(company_id=company.pk, quality=quality, by=by)
    _changed(company, before, by, Source.STAFF)
    return company


@story()
def party_correct(
    *, recovery_id: int, side: str, values: Mapping[str, Any], seen: Mapping[str, Any] | None = None, by: User | None
) -> Company:
    """Correct what is stored of the `customer` or the `debtor` of a case; `values` are fields of a company.

    What it was before stays in the audit. Raises Invalid, NotFound, or Conflict where it is other than `seen`.
    """
    company = _party_locked(recovery_id, side)
    shown, before = field_values(company), company_values(company)
    require_as_seen(before, values, seen)
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


def party_lock(*, company_id: int, recovery_id: int, owner_id: int) -> dict[int, Recovery]:
    """Lock a case, every other one of the account where a party stands, and then the party; returns the cases by id.

    The one order of all who correct a party: cases by their ids, the party after them. Whoever corrects it from another
    of its cases waits, and neither keeps the other in.
    """
    stands = Q(pk=recovery_id) | Q(customer=company_id) | Q(debtor=company_id)
    cases = Recovery.objects.filter(stands, owner=owner_id).order_by("pk").select_for_update(of=("self",))
    locked = {case.pk: case for case in cases}
    Company.objects.filter(pk=company_id, owner=owner_id).select_for_update().first()
    return locked


def _party_locked(recovery_id: int, side: str) -> Company:
    """A party of a case, locked as `party_lock` does. Raises NotFound."""
    found = Recovery.objects.filter(pk=recovery_id).values_list(f"{side}_id", "owner_id").first()
    if found is None:
        raise NotFound(NOT_FOUND, code=ErrorCode.CASE_NOT_FOUND)
    company_id, owner_id = found
    case = party_lock(company_id=company_id or 0, recovery_id=recovery_id, owner_id=owner_id).get(recovery_id)
    if case is None:
        raise NotFound(NOT_FOUND, code=ErrorCode.CASE_NOT_FOUND)
    company = Company.objects.filter(pk=company_id).first()
    if company is None or getattr(case, f"{side}_id") != company_id:
        raise NotFound(NO_PARTY)
    return company


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
