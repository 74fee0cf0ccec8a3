"""What the payment page of a procedure needs of the firm's details."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from backoffice.firm_needs import Need, needs_register
from legalcity.lib.settings.live import live


def fees_need() -> Iterator[Need]:
    """An account to pay the fee of a procedure to."""
    if not live.FIRM_IBAN.strip():
        yield Need("FIRM_IBAN", _("Clients who are asked for the fee of a procedure are told no account to pay it to."))


needs_register(fees_need)
