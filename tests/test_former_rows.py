"""Tables of which the database keeps what a row said before: that migrations have lost none of their triggers."""

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from legalcity.lib.former_rows import KeepsFormer

QUESTIONS = {
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgrelid::regclass::text = %s",
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s",
}


@pytest.mark.django_db
def test_what_migrations_have_put_up_stands() -> None:
    found = 0
    for (app_label, _name), migration in MigrationLoader(connection).disk_migrations.items():
        for step in (step for step in migration.operations if isinstance(step, KeepsFormer)):
            app, _, name = step.model_name.rpartition(".")
            table = apps.get_model(app or app_label, name)._meta.db_table
            with connection.cursor() as cursor:
                cursor.execute(QUESTIONS[connection.vendor], [table])
                standing = {row[0] for row in cursor.fetchall()}
            lost = set(step.trigger_names(table)) - standing
            assert not lost, f"{table}: KeepsFormer is missing in the migration that altered it"
            found += 1
    assert found
