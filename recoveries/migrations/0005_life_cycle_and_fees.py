"""The catalogue of statuses as the life cycle has it, and the fees of procedures.

Names that staff changed meanwhile are kept: only what is missing is added. Fees: commercial court about 33.47 EUR
(sources differ), tribunal judiciaire none; staff correct them in the back-office.
"""

from decimal import Decimal
from typing import Any

from django.db import migrations

GROUPS = (
    (4, "Mise en demeure"),
    (5, "Échéancier"),
    (6, "Litige"),
    (7, "Terminé"),
    (8, "Transféré"),
    (11, "Requête"),
    (12, "Ordonnance"),
    (13, "Opposition"),
    (14, "Exécution"),
    (15, "Procédure terminée"),
)
# id, name, description, group, closes the case
STATUSES = (
    (4, "Mise en demeure", "Formal notice to pay sent to the debtor", 4, False),
    (5, "Pré-contentieux", "Last amicable steps by a handler, proceedings being prepared", 4, False),
    (6, "Échéancier", "Payment plan agreed with the debtor", 5, False),
    (7, "Litige", "Claim disputed by the debtor", 6, False),
    (8, "Payé", "Claim paid in full", 7, True),
    (9, "Clôturé", "Case closed without full payment", 7, True),
    (10, "Transféré en injonction", "Transferred to an injunction procedure, where the case goes on", 8, True),
    (101, "Requête en préparation", "Request for an order for payment being prepared", 11, False),
    (102, "Requête déposée", "Request filed with the court", 11, False),
    (103, "Ordonnance rendue", "Order for payment made for the whole claim", 12, False),
    (104, "Ordonnance partielle", "Order for payment made for a part of the claim", 12, False),
    (105, "Rejetée", "Request rejected by the judge, or claim dismissed after an opposition", 15, True),
    (106, "Signifiée", "Order served on the debtor", 12, False),
    (107, "Opposition", "Order opposed by the debtor, court to hear the parties", 13, False),
    (108, "Exécutoire", "Order, or judgment in its place, enforceable", 14, False),
    (109, "Exécution", "Enforcement in the hands of a bailiff", 14, False),
    (110, "Payée", "Claim paid in full during the procedure", 15, True),
    (111, "Caduque", "Request or order lapsed by law", 15, True),
    (112, "Désistement", "Procedure given up by the creditor", 15, True),
)
# procedure, kind of court, court fee, handling fee, source
FEES = (
    ("national", "tribunal_de_commerce", "33.47", "60.00", "Greffe du tribunal de commerce (à confirmer)"),
    ("national", "tribunal_judiciaire", "0.00", "60.00", "Sans frais de greffe"),
    ("national", "juge_des_contentieux_de_la_protection", "0.00", "60.00", "Sans frais de greffe"),
    ("european", "tribunal_de_commerce", "33.47", "120.00", "Greffe du tribunal de commerce (à confirmer)"),
    ("european", "tribunal_judiciaire", "0.00", "120.00", "Sans frais de greffe"),
    ("european", "juge_des_contentieux_de_la_protection", "0.00", "120.00", "Sans frais de greffe"),
)


def add(apps: Any, _schema_editor: Any) -> None:
    """Add what is missing."""
    group_of, status_of = apps.get_model("recoveries", "StatusGroup"), apps.get_model("recoveries", "Status")
    fee_of = apps.get_model("recoveries", "InjunctionFee")
    for number, name in GROUPS:
        group_of.objects.get_or_create(id=number, defaults={"name": name, "position": number})
    for number, name, description, group, is_closing in STATUSES:
        values = {"name": name, "description": description, "group_id": group, "position": number}
        status_of.objects.get_or_create(id=number, defaults={**values, "is_closing": is_closing})
    for procedure, court, court_fee, handling_fee, source in FEES:
        fees = {"court_fee": Decimal(court_fee), "handling_fee": Decimal(handling_fee), "source": source}
        fee_of.objects.get_or_create(procedure=procedure, court_type=court, defaults=fees)


class Migration(migrations.Migration):
    dependencies = [("recoveries", "0004_injunctions")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
