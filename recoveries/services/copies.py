"""Copies that lists show, sort, filter and search by: the parties' names, the debtor's country, the search text.

A case is found by its references, its parties' names and the numbers of its invoices.
"""

from collections.abc import Iterable

from companies.models import Company
from invoicing.models import Invoice
from legalcity.lib.countries import country_code
from legalcity.lib.text import searchable
from recoveries.models import Recovery

COPIED = ("debtor_name", "debtor_company", "customer_company", "debtor_country", "search_text")


def copies_set(recovery: Recovery, *, customer: Company | None, debtor: Company | None, numbers: Iterable[str]) -> None:
    """Write the copies on `recovery`, unsaved; `numbers` are those of its invoices."""
    recovery.debtor_name = debtor.person if debtor else ""
    recovery.debtor_company = (debtor.company_name or "") if debtor else ""
    recovery.customer_company = (customer.company_name or "") if customer else ""
    recovery.debtor_country = (country_code(debtor.company_country) or "") if debtor else ""
    recovery.search_text = searchable(
        recovery.recovery_reference,
        recovery.debtor_name,
        recovery.debtor_company,
        recovery.customer_company,
        recovery.external_id,
        *numbers,
    )


def copies_refresh(*, recovery_id: int) -> bool:
    """Write the copies of a case from its parties and its invoices; True when something was different.

    The caller holds the lock.
    """
    recovery = Recovery.objects.select_related("customer", "debtor").get(pk=recovery_id)
    before = [getattr(recovery, name) for name in COPIED]
    numbers = Invoice.objects.filter(recovery_id=recovery_id).order_by("id").values_list("invoice_number", flat=True)
    copies_set(recovery, customer=recovery.customer, debtor=recovery.debtor, numbers=numbers)
    changed = before != [getattr(recovery, name) for name in COPIED]
    if changed:
        recovery.save(update_fields=[*COPIED, "updated_at"])
    return changed
