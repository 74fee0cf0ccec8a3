"""What happens when the tables are ready: what was recorded before there was a ledger for it is posted."""

import sys
from typing import Any

from django.apps import AppConfig
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.models.signals import post_migrate
from tqdm import tqdm

from recoveries.ledger.beginning import ledgers_begin, not_begun
from recoveries.ledger.handing_over import remittances_begin


def connect(app: AppConfig) -> None:
    """Once, when the process starts."""
    post_migrate.connect(_migrated, sender=app, dispatch_uid="ledgers-begin")


def _migrated(*, using: str, plan: Any = None, stdout: Any = None, **_: Any) -> None:
    """`migrate` has ended. When it stopped before the last migration, the tables are not yet those of the code."""
    if plan is None or using != DEFAULT_DB_ALIAS or not _is_up_to_date(using):
        return
    said = stdout or sys.stdout
    if not_begun().exists():
        _ledgers_begun(said)
    if posted := remittances_begin():
        said.write(f"{posted} remittances posted\n")


def _ledgers_begun(said: Any) -> None:
    failed = 0
    with tqdm(total=not_begun().count(), unit=" cases", disable=None) as bar:
        for begun in ledgers_begin():
            bar.update(begun.cases + len(begun.failed))
            failed += len(begun.failed)
            said.writelines(f"{sentence}\n" for sentence in begun.told)
    if failed:
        said.write(f"{failed} cases could not be posted (see the log): run check_ledger\n")


def _is_up_to_date(using: str) -> bool:
    executor = MigrationExecutor(connections[using])
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
