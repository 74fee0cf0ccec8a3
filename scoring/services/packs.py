"""Packs of tokens: sold and billed in one. Papers are in French."""

from django.utils.translation import gettext as _

from accounts.models import User
from events.services import story
from invoicing.billing.services.charges import ChargeLine, lines_bill
from invoicing.models import FirmInvoice, TokenPack
from legalcity.lib.errors import Invalid
from scoring.services.tokens import tokens_grant

PACK = "token_pack"
MOST_PACKS = 100


@story()
def token_pack_sell(*, user: User, pack: TokenPack, by: User | None, packs: int = 1) -> FirmInvoice:
    """Give `user` the tokens of 1 to 100 packs and bill them: both or neither. Returns the issued invoice.

    Raises Invalid for another number of packs, for a pack that is not offered, and while the firm's details lack.
    """
    if not 1 <= packs <= MOST_PACKS:
        raise Invalid({"packs": [_("From 1 to {most} packs are sold at once.").format(most=MOST_PACKS)]})
    if not pack.enable:
        raise Invalid({"pack": [_("This pack is not offered.")]})
    line = ChargeLine("token-pack", pack.name, str(pack.price), quantity=packs)
    invoice = lines_bill(user=user, by=by, entity_type=PACK, entity_id=str(pack.pk), lines=[line])
    tokens_grant(user=user, amount=pack.tokens * packs, by=by, reason=invoice.reference)
    return invoice
