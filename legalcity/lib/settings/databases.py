"""Where rows are kept: PostgreSQL, itself or behind a pooler, or one file of SQLite."""

from collections.abc import MutableMapping, Sequence
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from legalcity.lib.private_files import keep_private
from legalcity.lib.settings.environment import Environment

DIRECT, REPLICA = "DATABASE_DIRECT_URL", "DATABASE_REPLICA_URL"
# Commands that want a session of their own: what they set for it would be another client's behind a pooler.
OWN_SESSION = {"migrate", "backup", "restore", "recovered", "dbshell"}

Database = dict[str, Any]


def go_direct(words: Sequence[str], environment: MutableMapping[str, str]) -> None:
    """Lead a command of `manage.py` past the pooler where it must."""
    if words[1:2] and words[1] in OWN_SESSION and environment.get(DIRECT, "").strip():
        environment["DATABASE_URL"] = environment.pop(DIRECT)


def databases_of(env: Environment, *, data_dir: Path, ours: Path) -> dict[str, Database]:
    """Django's DATABASES. A file of SQLite in `ours` is made private; elsewhere its folder is its owner's."""
    found = env.database("DATABASE_URL", f"sqlite:///{data_dir / 'legalcity.sqlite3'}")
    direct = env.url(DIRECT, schemes=("postgres", "postgresql"))
    if found["ENGINE"].endswith("sqlite3"):
        return {"default": _sqlite(found, ours)}
    kept = env.number("DATABASE_CONN_MAX_AGE", default=600)
    databases = {"default": _postgresql(found, kept=kept, is_pooled=bool(direct))}
    if env.url(REPLICA, schemes=("postgres", "postgresql")):
        # The primary is asked instead, so it is given up sooner. Tests have one database.
        replica = _postgresql(env.database(REPLICA, ""), kept=kept, is_pooled=bool(direct), patience=1)
        databases["replica"] = {**replica, "TEST": {"MIRROR": "default"}}
    return databases


def _sqlite(found: Database, ours: Path) -> Database:
    if not found["NAME"].startswith(":"):
        try:
            keep_private(Path(found["NAME"]), made_by_us=ours)
        except OSError as error:
            raise ImproperlyConfigured(
                f"the folder of the database {found['NAME']} cannot be made, or shut to others: set DATA_DIR (or "
                f"DATABASE_URL) to a place that this user may write to ({error.strerror})."
            ) from error
    # IMMEDIATE: two writers wait instead of failing half-way. Recursive triggers hear of INSERT OR REPLACE.
    options = {
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA recursive_triggers=ON;",
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
    }
    return {**found, "OPTIONS": options}


def _postgresql(found: Database, *, kept: int, is_pooled: bool, patience: int = 5) -> Database:
    """Values go to the server apart from the SQL, which is then prepared once a connection (docs/decisions.md).

    A pooler in transaction mode gives each transaction any of its connections, which do not know what another one has
    prepared or declared. A server that is away is given up soon, so that requests are answered; a URL may say
    otherwise.
    """
    options = {
        "connect_timeout": patience,  # seconds
        "tcp_user_timeout": 10_000,  # milliseconds
        **found.get("OPTIONS", {}),
        "server_side_binding": True,
        "prepare_threshold": None if is_pooled else 3,
    }
    return {
        **found,
        "ENGINE": "legalcity.lib.postgresql",
        "OPTIONS": options,
        "CONN_MAX_AGE": kept,
        "CONN_HEALTH_CHECKS": True,
        "IS_POOLED": is_pooled,  # of our backend
    }
