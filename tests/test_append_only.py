"""Rows that are written once: what the database refuses, and the one door."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, connection, transaction
from django.db.migrations.loader import MigrationLoader

from accounts.models import AuditEvent
from legalcity.lib import append_only
from legalcity.lib.append_only import AppendOnly, door, refusals, removed, trigger_names

pytestmark = pytest.mark.django_db

on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="TRUNCATE is PostgreSQL's")
on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="INSERT OR REPLACE is SQLite's")

TABLE = "stones"
Stones = SimpleNamespace(_meta=SimpleNamespace(db_table=TABLE))
Others = SimpleNamespace(_meta=SimpleNamespace(db_table="pebbles"))


def sql(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def rows() -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, word, seen FROM {TABLE} ORDER BY id")
        return list(cursor.fetchall())


def wall(*fixed: str) -> None:
    for statement in [*removed(connection.vendor, TABLE), *refusals(connection.vendor, TABLE, fixed)]:
        sql(statement)


@pytest.fixture(autouse=True)
def table(db: None) -> Iterator[None]:
    """A table with one row, written once."""
    sql(f"CREATE TABLE {TABLE} (id integer PRIMARY KEY, word text, seen integer)")
    wall()
    sql(f"INSERT INTO {TABLE} VALUES (1, 'first', NULL)")
    yield
    sql(f"DROP TABLE {TABLE}")


CHANGES = (f"UPDATE {TABLE} SET word = 'other'", f"UPDATE {TABLE} SET word = word", f"DELETE FROM {TABLE}")


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_written_stands(change: str) -> None:
    with pytest.raises(IntegrityError, match="stones is append-only"):
        sql(change)
    assert rows() == [(1, "first", None)]


@on_postgresql
@pytest.mark.postgres
def test_a_table_is_not_emptied_even_through_the_door() -> None:
    with pytest.raises(IntegrityError, match="append-only"), door(Stones, reason="Spring cleaning"):
        sql(f"TRUNCATE {TABLE}")
    assert rows() == [(1, "first", None)]


@on_sqlite
def test_a_row_is_not_replaced() -> None:
    with pytest.raises(IntegrityError, match="append-only"):
        sql(f"INSERT OR REPLACE INTO {TABLE} VALUES (1, 'other', NULL)")
    assert rows() == [(1, "first", None)]


def test_a_row_is_written_on_until_it_is_finished() -> None:
    for statement in [
        *removed(connection.vendor, TABLE),
        *refusals(connection.vendor, TABLE, ("id", "word", "seen"), since="seen"),
    ]:
        sql(statement)
    sql(f"UPDATE {TABLE} SET word = 'second'")
    sql(f"UPDATE {TABLE} SET word = 'third', seen = 1")
    for change in (f"UPDATE {TABLE} SET word = 'other'", f"UPDATE {TABLE} SET seen = NULL", f"DELETE FROM {TABLE}"):
        with pytest.raises(IntegrityError, match="stones is append-only"):
            sql(change)
    assert rows() == [(1, "third", 1)]


def test_the_machine_sets_its_own_columns_and_no_other() -> None:
    wall("id", "word")
    sql(f"UPDATE {TABLE} SET word = word, seen = 1")
    assert rows() == [(1, "first", 1)]
    for change in ("word = NULL, seen = 2", "id = 2"):
        with pytest.raises(IntegrityError, match="append-only"):
            sql(f"UPDATE {TABLE} SET {change}")
    assert rows() == [(1, "first", 1)]


def test_the_wall_can_be_taken_down_and_put_up_again() -> None:
    for statement in removed(connection.vendor, TABLE):
        sql(statement)
    sql(f"UPDATE {TABLE} SET word = 'other'")
    wall()
    with pytest.raises(IntegrityError):
        sql(CHANGES[0])
    assert len(set(trigger_names(connection.vendor, TABLE))) == (3 if connection.vendor == "postgresql" else 2)


def test_the_door_lets_through_and_is_written_down() -> None:
    with door(Stones, reason="The case is deleted."):
        sql(f"UPDATE {TABLE} SET word = 'other'")
        sql(f"DELETE FROM {TABLE}")
    assert rows() == []
    event = AuditEvent.objects.get(action="append_only_opened")
    assert (event.reason, event.details) == ("The case is deleted.", {"tables": [TABLE]})


def test_the_door_is_shut_after_the_block() -> None:
    with door(Stones, reason="Once"):
        pass
    with pytest.raises(IntegrityError):
        sql(CHANGES[0])


def test_the_door_of_one_table_opens_no_other() -> None:
    with door(Others, reason="Elsewhere"), pytest.raises(IntegrityError):
        sql(CHANGES[0])


def test_a_door_within_a_door_shuts_what_it_has_opened() -> None:
    with door(Others, reason="Outer"):
        with door(Stones, Others, reason="Inner"):
            sql(f"UPDATE {TABLE} SET seen = 1")
        with pytest.raises(IntegrityError):
            sql(CHANGES[0])
    with door(Stones, reason="Outer"):
        with door(Stones, reason="Inner"):
            pass
        sql(f"UPDATE {TABLE} SET seen = 2")
    assert rows() == [(1, "first", 2)]


def test_what_fails_within_undoes_everything_and_shuts_the_door() -> None:
    def fail_half_way() -> None:
        with door(Stones, reason="Broken"):
            sql(f"DELETE FROM {TABLE}")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert rows() == [(1, "first", None)]
    assert not AuditEvent.objects.filter(action="append_only_opened").exists()
    with pytest.raises(IntegrityError):
        sql(CHANGES[0])


def test_no_door_opens_that_nobody_writes_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(append_only, "_recorders", [])
    with pytest.raises(ImproperlyConfigured), door(Stones, reason="Unseen"):
        raise AssertionError("never comes here")


def _definitions(table: str) -> dict[str, str]:
    """Trigger → its SQL."""
    question = (
        "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid::regclass::text = %s"
        if connection.vendor == "postgresql"
        else "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(question, [table])
        return dict(cursor.fetchall())


def test_every_wall_that_migrations_have_put_up_stands_around_all_columns() -> None:
    for (app_label, _name), migration in MigrationLoader(connection).disk_migrations.items():
        for step in (step for step in migration.operations if isinstance(step, AppendOnly)):
            model = apps.get_model(app_label, step.model_name)
            definitions = _definitions(model._meta.db_table)
            names = trigger_names(connection.vendor, model._meta.db_table)
            assert set(names) <= set(definitions), f"{model}: AppendOnly is missing in the migration that altered it"
            free = {model._meta.get_field(name).column for name in step.may_set}
            guarded = {column.column for column in model._meta.concrete_fields if not column.generated} - free
            unseen = [column for column in guarded if free and column not in definitions[names[0]]]
            assert not unseen, f"{model}: the migration that added {unseen} has not named AppendOnly again"
