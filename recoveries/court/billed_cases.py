"""Cases as what an item of the firm's invoices is billed for: by their reference."""

from django.utils.translation import gettext_lazy as _

from invoicing.billing.entities import Billable, billable_register
from legalcity.lib.ids import is_id
from recoveries.court.charging import CASE
from recoveries.models import Recovery


def _find(reference: str) -> str | None:
    pk = Recovery.objects.filter(recovery_reference=reference.strip().upper()).values_list("pk", flat=True).first()
    return None if pk is None else str(pk)


def _name(pk: str) -> str | None:
    if not is_id(pk):
        return None
    return Recovery.objects.filter(pk=pk).values_list("recovery_reference", flat=True).first()


def _owner(pk: str) -> int | None:
    if not is_id(pk):
        return None
    return Recovery.objects.filter(pk=pk).values_list("owner_id", flat=True).first()


billable_register(CASE, Billable(_("case"), _find, _name, _owner))
