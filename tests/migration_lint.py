"""What a migration may not do to a table that is large and in use.

squawk reads the SQL that a migration would send to PostgreSQL, and knows what locks or rewrites a table. Here it is
told which tables do not matter, and what was thought about and allowed.
"""

import json
import os
import re
import shutil
import subprocess
import sysconfig
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.db import connection
from django.db.migrations import RunPython
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration
from django.db.migrations.state import ProjectState

SQUAWK = shutil.which("squawk", path=os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]]))
OLDEST_SERVER = "15"

# The last migration of each room that nobody is held to: an installation made them when its tables were small, a new
# one makes them on empty tables.
HISTORY = {
    "accounts": 13,
    "companies": 6,
    "documents": 11,
    "events": 32,
    "invoicing": 14,
    "recoveries": 70,
    "scoring": 5,
}

# Tables that stay small: catalogues, what staff set up, one row a member of staff. Any other is large, also one that
# nobody has thought of yet.
SMALL = frozenset(
    {
        "accounts_settinghistory",
        "constance_constance",
        "documents_filetype",
        "documents_historicalfiletype",
        "events_place",
        "events_round",
        "events_server",
        "invoicing_billingclient",
        "invoicing_clienttype",
        "invoicing_clientuser",
        "invoicing_currency",
        "invoicing_historicalvatrule",
        "invoicing_invoicetype",
        "invoicing_producttype",
        "invoicing_subscriptionkey",
        "invoicing_tax",
        "invoicing_tokenpack",
        "invoicing_vatrule",
        "recoveries_chartaccount",
        "recoveries_clientrhythm",
        "recoveries_calendarfeed",
        "recoveries_ecbrate",
        "recoveries_handlergoal",
        "recoveries_historicalchartaccount",
        "recoveries_historicalecbrate",
        "recoveries_historicalinjunctionfee",
        "recoveries_historicallegalfact",
        "recoveries_historicallegalrate",
        "recoveries_historicalstatus",
        "recoveries_historicalstatusgroup",
        "recoveries_injunctionfee",
        "recoveries_legalfact",
        "recoveries_legalrate",
        "recoveries_rehearsal",
        "recoveries_savedfilter",
        "recoveries_scenario",
        "recoveries_scenariostop",
        "recoveries_scenarioversion",
        "recoveries_status",
        "recoveries_statusgroup",
        "recoveries_step",
        "recoveries_template",
        "recoveries_templateversion",
    }
)

# What squawk says of style, and what sessions that migrate do by themselves (legalcity/lib/postgresql/schema.py). A
# guarantee that goes locks nobody out for longer than a moment.
UNASKED = {
    "ban-char-field",
    "ban-drop-constraint",
    "ban-drop-not-null",
    "require-lock-timeout",
    "require-statement-timeout",
}

# (migration, rule) → why it may. A column goes in the version after the last one that reads it.
ALLOWED: dict[tuple[str, str], str] = {
    ("recoveries.0077_messages_of_several_cases", "rows-written-while-the-table-is-locked"): (
        "the rows are those of the table that it makes: there are none"
    ),
}

# A column that begins empty has nothing for a foreign key to look through, and PostgreSQL does not look.
_EMPTY_REFERENCE = re.compile(r'ADD COLUMN "\w+" \w+ NULL CONSTRAINT "\w+" REFERENCES')
_LOOKS_THROUGH = {"adding-foreign-key-constraint", "constraint-missing-not-valid"}
_NAMED = re.compile(r'\b(?:TABLE(?: IF EXISTS)?(?: ONLY)?|ON|INTO|UPDATE|FROM)\s+"?([a-z_]+)"?', re.IGNORECASE)
_MADE = re.compile(r'\s*CREATE TABLE (?:IF NOT EXISTS )?"?([a-z_]+)"?', re.IGNORECASE)


class Finding(NamedTuple):
    """What a migration would do wrong, by which statement."""

    migration: str
    rule: str
    statement: str


def findings() -> list[Finding]:
    """What every migration after `HISTORY` would do to large tables."""
    loader = MigrationLoader(connection, replace_migrations=False)
    plan: dict[tuple[str, str], None] = {}
    for leaf in loader.graph.leaf_nodes():
        plan.update(dict.fromkeys(loader.graph.forwards_plan(leaf)))
    state, found = ProjectState(), list[Finding]()
    for key in plan:
        migration = loader.graph.nodes[key]
        if not _is_history(migration):
            found += judged(migration, sql_of(migration, state))
        state = migration.mutate_state(state, preserve=False)
    return [finding for finding in found if (finding.migration, finding.rule) not in ALLOWED]


def sql_of(migration: Migration, before: ProjectState) -> list[str]:
    """The statements of a migration."""
    with connection.schema_editor(collect_sql=True, atomic=migration.atomic) as editor:
        migration.apply(before.clone(), editor, collect_sql=True)
    return [" ".join(line.split()) for line in editor.collected_sql if not line.startswith("--")]


def judged(migration: Migration, statements: list[str]) -> Iterator[Finding]:
    """What the statements of a migration would do to large tables."""
    name = f"{migration.app_label}.{migration.name}"
    made = {match[1] for match in map(_MADE.match, statements) if match}
    for rule, statement in _said(statements, in_transaction=migration.atomic):
        if _large(statement, made) and not _is_harmless(rule, statement):
            yield Finding(name, rule, statement)
    changes = [statement for statement in statements if statement.startswith("ALTER TABLE") and _large(statement, made)]
    if changes and migration.atomic and any(isinstance(step, RunPython) for step in migration.operations):
        yield Finding(name, "rows-written-while-the-table-is-locked", changes[0])


def _is_history(migration: Migration) -> bool:
    last = HISTORY.get(migration.app_label)
    return last is None or int(migration.name[:4]) <= last


def _large(statement: str, made: set[str]) -> set[str]:
    """The tables of a statement that are large, and were there before. An index is dropped by its own name."""
    named = set(_NAMED.findall(statement)) or {"(an index)"}
    return named - SMALL - made


def _is_harmless(rule: str, statement: str) -> bool:
    is_style = rule.startswith("prefer-") or rule in UNASKED
    return is_style or (rule in _LOOKS_THROUGH and bool(_EMPTY_REFERENCE.search(statement)))


def _said(statements: list[str], *, in_transaction: bool) -> Iterable[tuple[str, str]]:
    """What squawk says: (rule, statement), each once. One statement a line, so that a line is a statement."""
    assert SQUAWK is not None, "squawk is of requirements-dev.txt: make setup"
    command = [SQUAWK, "--pg-version", OLDEST_SERVER, "--reporter", "json"]
    if in_transaction:
        command.append("--assume-in-transaction")
    answer = subprocess.run(command, input="\n".join(statements), capture_output=True, text=True, check=False)
    said: list[dict[str, Any]] = json.loads(answer.stdout or "[]")
    return dict.fromkeys((one["rule_name"], statements[one["line"]]) for one in said)
