"""What the firm bills by itself of a procedure: its fee. Papers are in French."""

from decimal import Decimal

from invoicing.billing.selectors import vat_rule_of
from invoicing.billing.services.charges import ChargeLine, charge_queue, charge_record
from invoicing.billing.services.clients import client_of
from invoicing.billing.taxes import OUTLAY
from law.vocabulary import Procedure
from legalcity.lib.money import rounded
from legalcity.lib.settings.live import live
from recoveries.models import Injunction, Recovery

CASE = "recovery"


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


def handling_vat(*, case: Recovery, handling_fee: Decimal) -> Decimal:
    """The VAT that the handling fee will bear on its invoice, EUR: so page, QR code, API and invoice ask one amount.

    Nothing where the firm does not bill transfers, or where nobody knows the client's country.
    """
    rule = vat_rule_of(client_of(case.owner)) if live.BILL_TRANSFERS and handling_fee else None
    return rounded(handling_fee * rule.tax.percent / 100) if rule else Decimal(0)


def _procedure(injunction: Injunction) -> str:
    return "injonction de payer européenne" if injunction.procedure == Procedure.EUROPEAN else "injonction de payer"
