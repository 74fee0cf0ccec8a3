"""The benchmark's own databases on the local PostgreSQL: created, migrated, filled, dropped."""

import getpass
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT))

from legalcity.lib.text import folded  # noqa: E402 - the project's root is not on the path of a script

PREFIX = "legalcity_bench_"
PAGE = 15
LOCAL = {"127.0.0.1", "localhost", "::1"}
FILLED = (
    "companies_company",
    "recoveries_recovery",
    "invoicing_invoice",
    "recoveries_statuschange",
    "recoveries_posting",
    "recoveries_line",
    "recoveries_casebalance",
)

# As written; what the search sees is made from it. A search for a trade finds 1 case in 20, for "Société" 1 in 2.
WORDS: dict[str, Sequence[str]] = {
    "first_names": (
        "Aimée", "Benoît", "Chloé", "Damien", "Éléonore", "François", "Gaëlle", "Hugo", "Inès", "Jérôme", "Karine",
        "Loïc", "Margaux", "Noé", "Océane", "Pascal", "Quentin", "Renée", "Sébastien", "Thérèse", "Ugo", "Valérie",
        "Wilfried", "Yannick", "Zoé",
    ),
    "last_names": (
        "Abadie", "Béranger", "Chevalier", "Delaunay", "Étienne", "Fabre", "Guérin", "Hébert", "Imbert", "Jacquet",
        "Keller", "Lefèvre", "Morel", "Noël", "Olivier", "Perrot", "Quéré", "Rousseau", "Sanchez", "Tessier",
        "Urbain", "Vasseur", "Weber", "Xavier", "Yvon", "Zimmermann", "Barthélemy", "Clément", "Dupré", "Fournier",
    ),
    "trades": (
        "Ébénisterie", "Boulangerie", "Carrelage", "Déménagements", "Électricité", "Fleuriste", "Garage", "Horlogerie",
        "Imprimerie", "Jardinerie", "Laverie", "Menuiserie", "Négoce", "Optique", "Plomberie", "Quincaillerie",
        "Restauration", "Serrurerie", "Transports", "Vitrerie",
    ),
    "cities": (
        "Angers", "Besançon", "Caen", "Dijon", "Épinal", "Fréjus", "Grenoble", "Hyères", "Istres", "Laval", "Lyon",
        "Mâcon", "Nîmes", "Orléans", "Pau", "Quimper", "Rennes", "Sète", "Tours", "Valence",
    ),
    "kinds": ("Société Générale de", "Société des Ateliers de", "Groupe", "Comptoir"),
}  # fmt: skip


def server_url() -> str:
    """The server of DATABASE_URL, else the one on this machine, as a URL without a database."""
    given = urlsplit(os.environ.get("DATABASE_URL", ""))
    if given.scheme not in ("postgres", "postgresql"):
        return f"postgres://{quote(getpass.getuser())}@127.0.0.1:5432"
    if given.hostname not in LOCAL:
        raise SystemExit("bench: DATABASE_URL names another machine; the benchmark only talks to this one.")
    return f"postgres://{given.netloc}"


def database_url(name: str) -> str:
    """The URL of one database of that server."""
    return f"{server_url()}/{name}"


def connect(name: str = "postgres") -> psycopg.Connection:
    """A connection in autocommit mode."""
    return psycopg.connect(database_url(name), autocommit=True)


def drop(name: str) -> None:
    """Drop a database, whoever is connected to it."""
    with connect() as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def drop_leftovers() -> None:
    """Drop what a run that was killed left behind."""
    with connect() as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
        names = [row[0] for row in rows]
    for name in names:
        with suppress(ValueError):
            if not Path(f"/proc/{int(name.removeprefix(PREFIX).split('_')[0])}").exists():
                drop(name)


@contextmanager
def databases(sizes: Sequence[int], environment: dict[str, str]) -> Iterator[dict[int, str]]:
    """A filled database for each number of cases, by that number; all are dropped at the end."""
    template = f"{PREFIX}{os.getpid()}_template"
    names = {size: f"{PREFIX}{os.getpid()}_{size}" for size in sizes}
    try:
        with connect() as connection:
            connection.execute(f'CREATE DATABASE "{template}"')
            migrate(template, environment)
            for name in names.values():
                connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        for size, name in names.items():
            fill(name, size)
        yield names
    finally:
        for name in (template, *names.values()):
            drop(name)


def migrate(name: str, environment: dict[str, str]) -> None:
    """Make the product's tables."""
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    settings = {**environment, "DATABASE_URL": database_url(name), "LOG_LEVEL": "ERROR"}
    subprocess.run(command, cwd=ROOT, env=settings, check=True)


def fill(name: str, cases: int) -> None:
    """Load the rows: without indexes and foreign keys, which are put back and used at the end."""
    with connect(name) as connection:
        connection.execute("SET synchronous_commit = off")
        connection.execute("SET maintenance_work_mem = '512MB'")
        connection.execute("SET work_mem = '256MB'")
        connection.execute("SET session_replication_role = replica")  # The rows are right: do not look each up.
        found = connection.execute(
            "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i "
            "LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype IN ('p', 'u') "
            "WHERE i.indrelid = ANY (%s::regclass[]) AND c.oid IS NULL",
            [list(FILLED)],
        ).fetchall()
        for index, _definition in found:
            connection.execute(f"DROP INDEX {index}")
        write_rows(connection, cases)
        for _index, definition in found:
            connection.execute(definition)
        connection.execute("VACUUM (ANALYZE)")


def write_rows(connection: psycopg.Connection, cases: int) -> None:
    """What `fill.sql` says: `cases` cases of 200 accounts, with all that belongs to them."""
    values = {"cases": cases, **WORDS_AND_FOLDED}
    for statement in (HERE / "fill.sql").read_text().split(";\n"):
        if statement.strip():
            psycopg.ClientCursor(connection).execute(statement, values)


WORDS_AND_FOLDED = {key: list(words) for key, words in WORDS.items()} | {
    f"{key}_folded": [folded(word) for word in words] for key, words in WORDS.items()
}
