"""The list of staff sorted by status: an index that is not led by the owner, built while nobody waits for it."""

from django.db import migrations, models

from legalcity.lib.migrations import SqlOf

NAME = "recovery_all_by_status"


def _index(vendor: str, how: str) -> SqlOf:
    drop = f"DROP INDEX {how} IF EXISTS {NAME}"  # One that was left half built is made anew.
    return SqlOf(vendor, [drop, f"CREATE INDEX {how} {NAME} ON recoveries_recovery (status_id, id)"], drop)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("recoveries", "0074_found_by_court_number")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddIndex("recovery", models.Index(fields=["status", "id"], name=NAME)),
            ],
            database_operations=[_index("postgresql", "CONCURRENTLY"), _index("sqlite", "")],
        )
    ]
