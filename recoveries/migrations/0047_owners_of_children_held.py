"""No row of a case without its owner; what the key over owner and case checks is not checked a second time."""

from django.db import migrations

from legalcity.lib.owner_migrations import key_of_case_dropped, owners_held

MODELS = ("comment", "deadlinealert", "holdchange", "injunction", "sentemail", "statuschange", "transferrequest")
BEFORE = ("acknowledgement", "acompte", "casebalance", "dette", "formalnotice", "posting")  # They have it already


class Migration(migrations.Migration):
    dependencies = [("recoveries", "0046_owners_of_children_filled")]

    operations = [
        *owners_held(*MODELS),
        *(key_of_case_dropped(f"recoveries_{name}") for name in (*BEFORE, *MODELS)),
    ]
