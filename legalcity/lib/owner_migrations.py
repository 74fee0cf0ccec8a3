"""Operations that have rows of cases name the owner of their case (`legalcity.lib.owned`), in three migrations.

*Added*: the column. *Filled* (not atomic; who was stopped goes on with what is empty): the owners of the rows that are
there, and on PostgreSQL the foreign key over both columns, which is checked while others read and write. *Held*: no row
without its owner, and no second foreign key over the case alone.
"""

from typing import Any

from django.conf import settings
from django.db.migrations.operations import AddField, AlterField, RunPython
from django.db.migrations.operations.base import Operation
from django.db.models import DO_NOTHING, ForeignKey, OuterRef, Subquery

from legalcity.lib.migrations import SqlOf

BATCH = 5000  # rows
CASES = "recoveries_recovery"
DEFERRED = "DEFERRABLE INITIALLY DEFERRED"


def owners_added(*names: str) -> list[Operation]:
    """The column, still empty."""
    return [AddField(name, "owner", _owner(null=True)) for name in names]


def owners_filled(app_label: str, *names: str) -> list[Operation]:
    """The owners of the rows that are there, and the key that holds them true."""
    return [RunPython(_filling(app_label, names), RunPython.noop), *(_key(f"{app_label}_{name}") for name in names)]


def owners_held(*names: str) -> list[Operation]:
    """No row without one."""
    return [AlterField(name, "owner", _owner(null=False)) for name in names]


def key_of_case_dropped(table: str) -> SqlOf:
    """The foreign key over the case alone, which a table needs no more: its rows would be checked twice."""
    return SqlOf(
        "postgresql",
        f"""DO $$ DECLARE key text; BEGIN
            FOR key IN SELECT conname FROM pg_constraint WHERE conrelid = '{table}'::regclass
                AND confrelid = '{CASES}'::regclass AND pg_get_constraintdef(oid) LIKE 'FOREIGN KEY (recovery_id)%'
            LOOP EXECUTE format('ALTER TABLE {table} DROP CONSTRAINT %I', key); END LOOP;
        END $$""",  # noqa: S608 - names of tables, from migrations
        f"ALTER TABLE {table} ADD FOREIGN KEY (recovery_id) REFERENCES {CASES} {DEFERRED}",
    )


def _owner(*, null: bool) -> Any:
    return ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=DO_NOTHING,
        editable=False,
        null=null,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name="client",
    )


def _filling(app_label: str, names: tuple[str, ...]) -> Any:
    def fill(apps: Any, schema_editor: Any) -> None:
        alias = schema_editor.connection.alias
        cases = apps.get_model("recoveries", "recovery")._base_manager.filter(pk=OuterRef("recovery_id"))
        for name in names:
            empty = apps.get_model(app_label, name)._base_manager.using(alias).filter(owner=None)
            last = 0
            while ids := list(empty.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
                batch = empty.filter(pk__gt=last, pk__lte=ids[-1])
                batch.update(owner_id=Subquery(cases.values("owner_id")[:1]))
                last = ids[-1]

    return fill


def _key(table: str) -> SqlOf:
    drop = f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {table}_of_owner"
    return SqlOf(
        "postgresql",
        [
            drop,
            f"ALTER TABLE {table} ADD CONSTRAINT {table}_of_owner FOREIGN KEY (owner_id, recovery_id) "
            f"REFERENCES {CASES} (owner_id, id) {DEFERRED} NOT VALID",
            f"ALTER TABLE {table} VALIDATE CONSTRAINT {table}_of_owner",
        ],
        drop,
    )
