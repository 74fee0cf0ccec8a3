"""The list of words of court acts has grown. Who has stored the former one as it came follows the new one again.

A list that staff have changed is theirs, and stays.
"""

from typing import Any

from constance.codecs import loads
from django.db import migrations

SETTING = "LOOK_WORDS"
FORMER = (
    "commandement de payer,sommation de payer,sommation interpellative,assignation,citation à comparaître,acte"
    " de signification,signification d'acte,acte d'huissier,acte de commissaire de justice,exploit "
    "d'huissier,avis de saisie,saisie-attribution,saisie-vente,saisie conservatoire,saisie des "
    "rémunérations,saisie sur salaire,procès-verbal de saisie,titre exécutoire,formule "
    "exécutoire,jugement,mandement,République française,au nom du peuple français,writ,summons,warrant of "
    "execution,court order,court judgment,judgment order,statutory demand,notice of seizure,seizure "
    "notice,attachment order,enforcement order,bailiff's notice"
)


def follow_again(apps: Any, _schema_editor: Any) -> None:
    """Without a stored value the list of the product counts."""
    for row in apps.get_model("constance", "Constance").objects.filter(key=SETTING):
        if loads(row.value) == FORMER:
            row.delete()


class Migration(migrations.Migration):
    dependencies = [("recoveries", "0071_steps_to_be_posted"), ("constance", "0003_drop_pickle")]

    operations = [migrations.RunPython(follow_again, migrations.RunPython.noop)]
