"""Which taxes drafts may choose among."""

from uuid import UUID

from django.db import transaction

from accounts.models import User
from invoicing.models import Tax


@transaction.atomic
def tax_offer(*, tax_id: UUID, is_offered: bool, by: User | None) -> Tax:
    """Offer a tax to drafts, or offer it no longer; invoices keep theirs. Raises DoesNotExist."""
    tax = Tax.objects.select_for_update().get(pk=tax_id)
    tax.enable = is_offered
    tax.save(update_fields=["enable"])
    return tax
