"""PostgreSQL's own programs, of the server's version."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from django.core.management.base import CommandError
from django.db import connection
from django.db.backends.postgresql.client import DatabaseClient

DEBIAN = Path("/usr/lib/postgresql")


def program(name: str) -> str:
    """Where pg_dump or pg_restore of the server's major version is. Raises CommandError with what to install."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        major = int(cursor.fetchone()[0]) // 10_000
    for path in (str(DEBIAN / str(major) / "bin" / name), shutil.which(name)):
        if path and os.access(path, os.X_OK) and _major(path) == major:
            return path
    raise CommandError(
        f"the server is PostgreSQL {major} and there is no {name} of that version here, which alone is sure to keep "
        f"all that it holds: apt-get install postgresql-client-{major}."
    )


def _major(path: str) -> int | None:
    told = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    number = told.rpartition("PostgreSQL) ")[2].partition(".")[0].split(" ")[0]
    return int(number) if number.isdecimal() else None


def run(name: str, words: Sequence[str], *, stdin: IO[bytes] | None = None, stdout: IO[bytes] | None = None) -> None:
    """Run one on the database of DATABASE_URL; streams may be pipes of ours. Raises CommandError with its last words.

    The password goes through the environment, which nobody else of the machine can read.
    """
    arguments, secret = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
    whereabouts = [*arguments[1:-1], f"--dbname={arguments[-1]}"]
    command = [program(name), *whereabouts, "--no-password", *words]
    done = subprocess.run(  # noqa: S603
        command, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE, env={**os.environ, **(secret or {})}, check=False
    )
    if done.returncode:
        raise CommandError(f"{name} failed: {done.stderr.decode(errors='replace')[-1000:]}")
