"""The two parties of a case: its customer (creditor) and its debtor."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from companies.models import Company
from companies.services import company_create, company_update, quality_confirm
from law.parties import Quality
from legalcity.lib.errors import Failed, NotFound
from recoveries.ledger.posting import Source, ledger_reckon
from recoveries.models import Recovery
from recoveries.services.cases import company_delete_if_unused, recovery_lock
from recoveries.services.copies import copies_refresh

TAKEN = _(
    "Failed to create company: This recovery case already has a {side}. "
    "Each recovery can have only one customer and one debtor."
)
INCOMPLETE = _("Failed to delete company: Cannot delete this company - recovery would be incomplete")
NO_PARTY = _("The case does not have this party any more.")


@transaction.atomic
def party_attach(*, recovery: Recovery, side: str, values: Mapping[str, Any], by: User | None) -> Company:
    """A new company as the case's `customer` or `debtor`. The caller holds the lock on the case.

    Raises Invalid, or Failed when that side is taken (the contract's documented 500).
    """
    if getattr(recovery, f"{side}_id") is not None:
        raise Failed(str(TAKEN).format(side=side))
    company = company_create(owner_id=recovery.owner_id, values=values, by=by)
    setattr(recovery, side, company)
    recovery.save(update_fields=[side, "updated_at"])
    _follow([recovery.pk], by)
    return company


@transaction.atomic
def party_update(*, company: Company, values: Mapping[str, Any], by: User | None) -> Company:
    """Change a company, and what every case where it stands has of it. Raises Invalid."""
    company = company_update(company=company, values=values, by=by)
    _follow(_cases_of(company.pk), by)
    return company


@transaction.atomic
def party_quality_confirm(*, recovery_id: int, side: str, quality: Quality, by: User | None) -> Company:
    """Confirm in which quality the `customer` or the `debtor` of a case deals. Raises Invalid or NotFound."""
    company_id: int | None = getattr(recovery_lock(recovery_id=recovery_id), f"{side}_id")
    if company_id is None:
        raise NotFound(NO_PARTY)
    company = quality_confirm(company_id=company_id, quality=quality, by=by)
    _follow(_cases_of(company_id), by)
    return company


@transaction.atomic
def party_detach(*, recovery: Recovery, company: Company, by: User | None) -> None:
    """Take a company out of a case that is still being put together. The caller holds the lock on the case.

    Raises Failed (the contract's documented 500) once the case has a customer, a debtor and an invoice.
    """
    if recovery.customer_id and recovery.debtor_id and recovery.invoices_count:
        raise Failed(INCOMPLETE)
    for side in ("customer", "debtor"):
        if getattr(recovery, f"{side}_id") == company.pk:
            setattr(recovery, side, None)
    recovery.save(update_fields=["customer", "debtor", "updated_at"])
    _follow([recovery.pk], by)
    company_delete_if_unused(company_id=company.pk, by=by)


def _cases_of(company_id: int) -> list[int]:
    """The cases where a company stands, locked."""
    cases = Recovery.objects.filter(Q(customer_id=company_id) | Q(debtor_id=company_id)).order_by("id")
    return list(cases.select_for_update(of=("self",)).values_list("id", flat=True))


def _follow(recovery_ids: Collection[int], by: User | None) -> None:
    """Have cases follow their parties: names, country, and what hangs on who they are."""
    for recovery_id in recovery_ids:
        copies_refresh(recovery_id=recovery_id)
        ledger_reckon(recovery_id=recovery_id, by=by, source=Source.SYSTEM)
