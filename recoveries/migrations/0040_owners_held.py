"""No row of a case without its owner; on PostgreSQL a foreign key over both columns holds that it is the case's.

The framework has no composite one. It is checked when the transaction ends, as Django's own are; the ledger's postings,
which had the column from the start, get it too.
"""

from django.conf import settings
from django.db import migrations, models

from legalcity.lib.migrations import SqlOf

MODELS = ("acknowledgement", "acompte", "casebalance", "dette", "formalnotice")


def _owner() -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        editable=False,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name="client",
    )


def _held(name: str) -> SqlOf:
    table, key = f"recoveries_{name}", f"recoveries_{name}_of_owner"
    return SqlOf(
        "postgresql",
        f"ALTER TABLE {table} ADD CONSTRAINT {key} FOREIGN KEY (owner_id, recovery_id) "
        "REFERENCES recoveries_recovery (owner_id, id) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {table} DROP CONSTRAINT {key}",
    )


class Migration(migrations.Migration):
    dependencies = [("recoveries", "0039_owners_filled")]

    operations = [
        *(migrations.AlterField(name, "owner", _owner()) for name in MODELS),
        *(_held(name) for name in (*MODELS, "posting")),
    ]
