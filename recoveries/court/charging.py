"""What the firm bills by itself: the fee of a procedure, packs of scoring tokens. Papers are in French."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from invoicing.billing.services.charges import ChargeLine, charge_queue, charge_record, lines_bill
from invoicing.billing.taxes import OUTLAY
from invoicing.models import FirmInvoice, TokenPack
from legalcity.lib.errors import Invalid
from legalcity.lib.live import live
from recoveries.models import Injunction, Recovery
from scoring.services.tokens import tokens_grant

CASE, PACK = "recovery", "token_pack"
MOST_PACKS = 100


def transfer_charge(*, case: Recovery, injunction: Injunction) -> None:
    """Have the fee of a procedure billed to the owner of its case, once: written down with the transfer, in one
    statement, and billed by a worker after the commit.

    What the firm lays out for the court is a disbursement without VAT, its own work bears VAT.
    """
    if not live.BILL_TRANSFERS or not injunction.fee:
        return
    details = f"Dossier {case.recovery_reference}"
    lines = []
    if injunction.handling_fee:
        name = f"Préparation et dépôt de la requête en {_procedure(injunction)}"
        lines.append(ChargeLine("handling-fee", name, str(injunction.handling_fee), details))
    if injunction.court_fee:
        lines.append(ChargeLine("court-fee", "Frais de greffe avancés", str(injunction.court_fee), details, OUTLAY))
    charge = charge_record(user_id=case.owner_id, entity_type=CASE, entity_id=str(case.pk), lines=lines)
    charge_queue(charge)


def _procedure(injunction: Injunction) -> str:
    return "injonction de payer européenne" if injunction.procedure == "european" else "injonction de payer"


@transaction.atomic
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
