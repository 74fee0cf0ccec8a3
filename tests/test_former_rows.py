"""Tables of which the database keeps what a row said before: all that decides, and no trigger lost by a migration."""

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from legalcity.lib.former_rows import KeepsFormer
from recoveries.ledger.as_known import NoticeRow
from recoveries.ledger.gathering import OF_CASE, OF_PARTY, OF_PROCEDURE
from recoveries.models import About

QUESTIONS = {
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgrelid::regclass::text = %s",
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s",
}


def _steps() -> list[tuple[str, KeepsFormer]]:
    """Each step of all migrations, with its app."""
    migrations = MigrationLoader(None, ignore_no_migrations=True).disk_migrations.items()
    steps = [(app, step) for (app, _name), migration in migrations for step in migration.operations]
    return [(app, step) for app, step in steps if isinstance(step, KeepsFormer)]


def test_all_that_decides_an_account_is_kept() -> None:
    kept = {step.about: set(step.fields) for _app, step in _steps()}
    assert kept[About.CASE] == {"customer", "debtor", *(f"recovery_{name}" for name in OF_CASE)}
    assert (kept[About.COMPANY], kept[About.PROCEDURE]) == (set(OF_PARTY), set(OF_PROCEDURE))
    assert kept[About.NOTICE] == set(NoticeRow._fields) - {"id", "recovery_id", "created_at"}


@pytest.mark.django_db
def test_what_migrations_have_put_up_stands() -> None:
    for app_label, step in _steps():
        app, _, name = step.model_name.rpartition(".")
        table = apps.get_model(app or app_label, name)._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(QUESTIONS[connection.vendor], [table])
            standing = {row[0] for row in cursor.fetchall()}
        lost = set(step.trigger_names(table)) - standing
        assert not lost, f"{table}: KeepsFormer is missing in the migration that altered it"
