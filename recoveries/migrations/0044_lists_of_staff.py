"""What staff read of all clients' cases: by what is due, and within the reach of a handler.

Sorted by what is due, what is not known comes first on both databases, which place nulls otherwise by default. Nobody
waits for the indexes on PostgreSQL; one that was left half built is made anew.
"""

from django.db import migrations, models
from django.db.models.functions import NullIf

from legalcity.lib.migrations import SqlOf

HANDLER = "recovery_of_handler"


def _index(name: str, on: str, *, sqlite: str | None = None) -> list[SqlOf]:
    drop = "DROP INDEX {} IF EXISTS " + name
    return [
        SqlOf(vendor, [drop.format(how), f"CREATE INDEX {how} {name} ON {what}"], drop.format(how))
        for vendor, how, what in (("postgresql", "CONCURRENTLY", on), ("sqlite", "", sqlite or on))
    ]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("recoveries", "0043_remittances_posted")]

    operations = [
        *_index(
            "balance_by_due",
            "recoveries_casebalance (due NULLS FIRST, recovery_id)",
            sqlite="recoveries_casebalance (due, recovery_id)",
        ),
        migrations.RemoveIndex("casebalance", "balance_due"),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddIndex("recovery", models.Index(NullIf("user", "owner"), name=HANDLER)),
            ],
            database_operations=_index(HANDLER, "recoveries_recovery ((NULLIF(user_id, owner_id)))"),
        ),
    ]
