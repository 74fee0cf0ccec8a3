"""Migrations on tables that are large and in use: what is refused, and how long a lock is waited for."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, models
from django.db.migrations import AddConstraint, AddField, AddIndex, AlterField, CreateModel, RunPython, RunSQL
from django.db.migrations.migration import Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ModelState, ProjectState

from legalcity.lib import online_migrations as online
from tests import migration_lint
from tests.migration_lint import findings, judged, sql_of

APP = "events"


def on_postgresql(test: Any) -> Any:
    """SQLite knows neither locks of tables nor steps beside those who write."""
    skipped = pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")
    return pytest.mark.postgres(skipped(test))


@pytest.fixture
def server(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The database without a transaction around the test: what is only written down changes nothing."""
    with django_db_blocker.unblock():
        yield


class Try(Migration):
    """A migration that nobody has written yet."""

    def __init__(self, *steps: Operation, atomic: bool = True) -> None:
        super().__init__("9999_try", APP)
        self.operations, self.atomic = list(steps), atomic  # type: ignore[misc]  # Django has it on the class.


def before() -> ProjectState:
    """A table that is large, as every one that is not known to be small."""
    state = ProjectState()
    columns: list[tuple[str, models.Field[Any, Any]]] = [
        ("id", models.BigAutoField(primary_key=True)),
        ("word", models.CharField(max_length=10)),
        ("number", models.IntegerField(null=True)),
    ]
    state.add_model(ModelState(APP, "Heap", columns))
    return state


INDEX = models.Index(fields=["word"], name="heap_word")
CHECK = models.CheckConstraint(condition=models.Q(number__gt=0), name="heap_number")
UNIQUE = models.UniqueConstraint(fields=["word"], name="heap_unique")


@on_postgresql
@pytest.mark.usefixtures("server")
def test_no_migration_locks_a_large_table() -> None:
    """Who sees this fail reads docs/adding.md, *A change of a large table*."""
    assert findings() == []


@on_postgresql
@pytest.mark.usefixtures("server")
@pytest.mark.parametrize(
    ("step", "rule"),
    [
        (AddIndex("heap", INDEX), "require-concurrent-index-creation"),
        (RunSQL("CREATE INDEX odd ON events_heap (word)"), "require-concurrent-index-creation"),
        (RunSQL("DROP INDEX odd"), "require-concurrent-index-deletion"),
        (AddConstraint("heap", CHECK), "constraint-missing-not-valid"),
        (AddConstraint("heap", UNIQUE), "disallowed-unique-constraint"),
        (AddField("heap", "new", models.CharField(max_length=5, default="")), "ban-drop-default"),
        (AddField("heap", "new", models.BooleanField(db_index=True, null=True)), "require-concurrent-index-creation"),
        (
            RunSQL("ALTER TABLE events_heap ADD COLUMN new uuid NOT NULL DEFAULT gen_random_uuid()"),
            "adding-field-with-default",
        ),
        (RunSQL("ALTER TABLE events_heap ADD COLUMN new text NOT NULL"), "adding-required-field"),
        (AlterField("heap", "number", models.BigIntegerField(null=True)), "changing-column-type"),
        (AlterField("heap", "number", models.IntegerField()), "adding-not-nullable-field"),
        (RunSQL("ALTER TABLE events_heap DROP COLUMN word"), "ban-drop-column"),
        (RunSQL("ALTER TABLE events_heap RENAME COLUMN word TO text"), "renaming-column"),
        (RunSQL("DROP TABLE events_heap"), "ban-drop-table"),
    ],
)
def test_what_locks_or_breaks_is_refused(step: Operation, rule: str) -> None:
    migration = Try(step)
    assert rule in {finding.rule for finding in judged(migration, sql_of(migration, before()))}


@on_postgresql
@pytest.mark.usefixtures("server")
def test_rows_are_not_written_while_their_table_is_locked() -> None:
    column = AddField("heap", "new", models.BooleanField(null=True))
    migration = Try(column, RunPython(RunPython.noop))
    found = list(judged(migration, sql_of(migration, before())))
    assert [finding.rule for finding in found] == ["rows-written-while-the-table-is-locked"]


@on_postgresql
@pytest.mark.usefixtures("server")
@pytest.mark.parametrize(
    "migration",
    [
        Try(online.AddIndexConcurrently("heap", INDEX), atomic=False),
        Try(online.AddConstraintNotValid("heap", CHECK)),
        Try(AddField("heap", "new", models.CharField(max_length=5, db_default="", default=""))),
        Try(AddField("heap", "new", models.DateField(null=True))),
        Try(AddField("heap", "other", models.ForeignKey("events.heap", models.CASCADE, null=True, db_index=False))),
        Try(
            CreateModel(
                "Fresh", [("id", models.BigAutoField(primary_key=True)), ("word", models.TextField(unique=True))]
            )
        ),
        Try(RunSQL("CREATE INDEX odd ON recoveries_status (id)")),
        Try(RunPython(RunPython.noop)),
    ],
    ids=["index", "check", "default", "nullable", "reference", "new table", "small table", "rows"],
)
def test_what_docs_advise_is_let_through(migration: Migration) -> None:
    assert list(judged(migration, sql_of(migration, before()))) == []


def test_small_tables_are_tables() -> None:
    assert set(connection.introspection.django_table_names()) >= migration_lint.SMALL


@pytest.fixture
def heap(transactional_db: None, django_db_serialized_rollback: None) -> Iterator[ProjectState]:
    """The table, for real."""
    state = before()
    with connection.schema_editor() as editor:
        editor.create_model(state.apps.get_model(APP, "Heap"))
    yield state
    with connection.schema_editor() as editor:
        editor.delete_model(state.apps.get_model(APP, "Heap"))


def carry_out(migration: Migration, state: ProjectState) -> ProjectState:
    with connection.schema_editor(atomic=migration.atomic) as editor:
        return migration.apply(state, editor)


def take_back(migration: Migration, state: ProjectState) -> None:
    with connection.schema_editor(atomic=migration.atomic) as editor:
        migration.unapply(state, editor)


def constraints() -> dict[str, Any]:
    with connection.cursor() as cursor:
        return connection.introspection.get_constraints(cursor, "events_heap")


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_online_steps_do_their_work_on_both_databases(heap: ProjectState) -> None:
    index = Try(online.AddIndexConcurrently("heap", INDEX), atomic=False)
    check = Try(online.AddConstraintNotValid("heap", CHECK))
    with_index = carry_out(index, heap.clone())
    with_check = carry_out(check, with_index.clone())
    carry_out(Try(online.ValidateConstraint("heap", "heap_number")), with_check.clone())
    assert {"heap_word", "heap_number"} <= set(constraints())

    removal = Try(online.RemoveIndexConcurrently("heap", "heap_word"), atomic=False)
    carry_out(removal, with_check.clone())
    assert "heap_word" not in constraints()
    take_back(removal, with_check.clone())
    assert "heap_word" in constraints()
    take_back(index, heap.clone())
    assert "heap_word" not in constraints()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_an_index_that_an_earlier_migration_made_is_made_anew(heap: ProjectState) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX heap_word ON events_heap (number)")
    carry_out(Try(online.AddIndexConcurrently("heap", INDEX), atomic=False), heap.clone())
    assert constraints()["heap_word"]["columns"] == ["word"]


@on_postgresql
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_an_index_that_was_left_half_built_is_made_anew(heap: ProjectState) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX heap_word ON events_heap (number)")
        cursor.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'heap_word'::regclass")
    carry_out(Try(online.AddIndexConcurrently("heap", INDEX), atomic=False), heap.clone())
    assert constraints()["heap_word"]["columns"] == ["word"]


def patience() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        return str(cursor.fetchone()[0])


@on_postgresql
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_migration_waits_for_locks_as_long_as_it_may(settings: Any) -> None:
    settings.MIGRATION_LOCK_TIMEOUT = 7
    usual = patience()
    for is_atomic in (True, False):
        with connection.schema_editor(atomic=is_atomic):
            assert patience() == "7s"
        assert patience() == usual


@on_postgresql
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_table_in_use_ends_the_migration_and_not_the_product(heap: ProjectState, settings: Any) -> None:
    settings.MIGRATION_LOCK_TIMEOUT = 1
    column = Try(AddField("heap", "new", models.BooleanField(null=True)))
    with psycopg.connect(**_address()) as other:
        other.execute("SELECT count(*) FROM events_heap")
        with pytest.raises(OperationalError, match="lock timeout"):
            carry_out(column, heap.clone())
        index = Try(online.AddIndexConcurrently("heap", INDEX), atomic=False)
        carry_out(index, heap.clone())  # Nobody waits behind it, so it need not give up.
    carry_out(column, heap.clone())


@on_postgresql
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_who_migrates_is_told_what_to_do(settings: Any) -> None:
    settings.MIGRATION_LOCK_TIMEOUT = 1
    recorder = MigrationRecorder(connection)
    asked, later = "0012_scopes_of_api_keys", "0013_found_by_phone"
    for name in (later, asked):
        recorder.record_unapplied("accounts", name)
    try:
        with psycopg.connect(**_address(), application_name="somebody") as other:
            other.execute("SELECT count(*) FROM accounts_apikey")
            with pytest.raises(CommandError) as told:
                call_command("migrate", "accounts", asked, verbosity=0)
    finally:
        for name in (asked, later):
            recorder.record_applied("accounts", name)
    sentence = str(told.value)
    assert "in use for more than 1 seconds" in sentence
    assert "somebody, idle in transaction" in sentence
    assert "count(" not in sentence


def _address() -> dict[str, Any]:
    names = connection.settings_dict
    return {"dbname": names["NAME"], "host": names["HOST"], "port": names["PORT"], "user": names["USER"]}
