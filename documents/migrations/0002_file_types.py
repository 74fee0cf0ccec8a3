"""The catalogue of file types. Ids 1, 2 and 3 are part of the contract; staff may add others."""

from typing import Any

from django.db import migrations

TYPES = (
    (1, "Facture", "Invoice or billing document"),
    (2, "Courrier", "General correspondence"),
    (3, "LRAR", "Registered mail with acknowledgment of receipt"),
    (4, "Mise en demeure", "Formal notice to pay"),
    (5, "Contrat", "Contract"),
    (6, "Devis", "Quotation"),
    (7, "Bon de commande", "Purchase order"),
    (8, "Bon de livraison", "Delivery note"),
    (9, "Conditions générales", "General terms and conditions"),
    (10, "Relevé de compte", "Statement of account"),
    (11, "Requête", "Request to the court"),
    (12, "Ordonnance", "Order of the court"),
    (13, "Autre", "Other document"),
)


def add(apps: Any, _schema_editor: Any) -> None:
    """Add what is missing."""
    file_type = apps.get_model("documents", "FileType")
    for number, name, description in TYPES:
        file_type.objects.update_or_create(
            id=number, defaults={"type": name, "position": number, "description": description, "active": True}
        )


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_documents_and_signatures")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
