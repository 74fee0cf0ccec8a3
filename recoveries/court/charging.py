"""What the firm bills by itself of a procedure: its fee. Papers are in French."""

from invoicing.billing.services.charges import ChargeLine, charge_queue, charge_record
from invoicing.billing.taxes import OUTLAY
from law.vocabulary import Procedure
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


def _procedure(injunction: Injunction) -> str:
    return "injonction de payer européenne" if injunction.procedure == Procedure.EUROPEAN else "injonction de payer"
