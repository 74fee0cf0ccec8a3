"""Copies that lists show, sort and search by: the parties' names and the search text on the case."""

from companies.models import Company
from recoveries.models import Recovery
from recoveries.rules import searchable

COPIED = ("debtor_name", "debtor_company", "customer_company", "search_text")


def copies_set(recovery: Recovery, *, customer: Company | None, debtor: Company | None) -> None:
    """Write the copies on `recovery`, unsaved."""
    recovery.debtor_name = debtor.person if debtor else ""
    recovery.debtor_company = (debtor.company_name or "") if debtor else ""
    recovery.customer_company = (customer.company_name or "") if customer else ""
    recovery.search_text = searchable(
        recovery.recovery_reference, recovery.debtor_name, recovery.debtor_company, recovery.customer_company
    )


def copies_refresh(*, recovery_id: int) -> bool:
    """Write the copies of a case from its parties; True when something was different. The caller holds the lock."""
    recovery = Recovery.objects.select_related("customer", "debtor").get(pk=recovery_id)
    before = [getattr(recovery, name) for name in COPIED]
    copies_set(recovery, customer=recovery.customer, debtor=recovery.debtor)
    changed = before != [getattr(recovery, name) for name in COPIED]
    if changed:
        recovery.save(update_fields=[*COPIED, "updated_at"])
    return changed
