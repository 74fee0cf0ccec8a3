"""What staff sort the cases of all clients by: an index that is not led by the owner each.

Nobody waits for them on PostgreSQL; one that was left half built is made anew.
"""

from django.db import migrations, models

from legalcity.lib.migrations import SqlOf

SORTS = {
    "recovery_all_by_torecover": "amount_torecover",
    "recovery_all_by_due_date": "recovery_due_date",
    "recovery_all_by_debtor": "debtor_company",
    "recovery_all_by_creditor": "customer_company",
}


def _index(name: str, column: str) -> list[SqlOf]:
    drop = "DROP INDEX {} IF EXISTS " + name
    return [
        SqlOf(
            vendor,
            [drop.format(how), f"CREATE INDEX {how} {name} ON recoveries_recovery ({column}, id)"],
            drop.format(how),
        )
        for vendor, how in (("postgresql", "CONCURRENTLY"), ("sqlite", ""))
    ]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("recoveries", "0068_comes_back")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.AddIndex("recovery", models.Index(fields=[column, "id"], name=name))],
            database_operations=_index(name, column),
        )
        for name, column in SORTS.items()
    ]
