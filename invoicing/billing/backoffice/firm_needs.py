"""What the firm's own invoices need of its details."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from backoffice.firm_needs import Need, Waiting, needs_register
from invoicing.billing.firm import missing_details, seller_now
from invoicing.models import Charge

WITHOUT = _(
    "No invoice of the firm is issued (Code de commerce, L441-9, R123-237, R123-238; CGI, ann. II, 242 nonies A)."
)


def invoices_need() -> Iterator[Need]:
    """One statement where something is missing."""
    missing = missing_details(seller_now())
    waiting = _waiting(Charge.objects.filter(invoice=None).count()) if missing else None
    for detail in missing:
        yield Need(detail.setting, WITHOUT, waiting)


def _waiting(number: int) -> Waiting | None:
    if not number:
        return None
    sentence = ngettext("{number} charge waits", "{number} charges wait", number).format(number=number)
    return Waiting(sentence, f"{reverse('admin:invoicing_charge_changelist')}?invoice__isempty=1")


needs_register(invoices_need)
