"""What a process asks of its services before it begins to work.

`main` asks once, before a server starts: it prints a sentence for each service that cannot be used and exits with 3.
gunicorn.conf.py calls it in a child of its own, `make worker` runs `python -m legalcity.lib.startup worker`.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import django
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django_redis import get_redis_connection
from kombu import Connection

from legalcity.lib.start_questions import of_the_database

REFUSED = 3  # the exit code on which gunicorn gives up instead of starting its workers again
PATIENCE = 5  # seconds to wait for the broker


def require_services(*, has_pages: bool = False) -> None:
    """Refuse to start while a configured service cannot be used, or a server with pages lacks their files.

    Raises ImproperlyConfigured with a sentence for each, which names the setting and what to do.
    """
    faults = []
    for require in (*[_require_pages] * has_pages, _require_database, _require_cache, _require_broker):
        try:
            require()
        except ImproperlyConfigured as fault:
            faults.append(str(fault))
    if faults:
        raise ImproperlyConfigured("\n".join(faults))


def require_queue() -> None:
    """Refuse to start a worker that has no queue to work on. Raises ImproperlyConfigured."""
    if settings.CELERY_TASK_ALWAYS_EAGER:
        raise ImproperlyConfigured(
            "there is no queue: tasks run inside the web process. Set REDIS_URL (or CELERY_BROKER_URL) for a worker."
        )


@contextmanager
def refusing() -> Iterator[None]:
    """Inside, ImproperlyConfigured ends the process: the operator reads its sentences, not a traceback."""
    try:
        yield
    except ImproperlyConfigured as error:
        # The process's own stream: Celery's clock has put its log in the place of `sys.stderr` by now.
        stream = sys.__stderr__ or sys.stderr
        for sentence in str(error).splitlines():
            stream.write(f"legalcity: {sentence}\n")
        stream.flush()
        sys.exit(REFUSED)


def migrations_lacking() -> int:
    """How many migrations the database lacks. Raises OperationalError where it cannot be reached."""
    connection.ensure_connection()
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _require_database() -> None:
    try:
        lacking = migrations_lacking()
    except OperationalError as error:
        raise ImproperlyConfigured(
            f"the database of DATABASE_URL cannot be reached: start it, or correct the URL ({type(error).__name__})."
        ) from error
    finally:
        connection.close()
    if lacking:
        raise ImproperlyConfigured(
            f"the database of DATABASE_URL lacks {lacking} migrations: run `python manage.py migrate` first."
        )
    try:
        for require in of_the_database:
            require()
    finally:
        connection.close()


def _require_pages() -> None:
    if not settings.EMBEDDED and not staticfiles_storage.exists("staticfiles.json"):
        raise ImproperlyConfigured(
            f"the pages' static files are not in {settings.STATIC_ROOT}: name their place in STATIC_DIR, or run "
            f"`make build` first."
        )


def _require_cache() -> None:
    if not settings.REDIS_URL:
        return
    try:
        # Asked directly: the cache itself makes do without Redis (optional_cache.py).
        get_redis_connection("default").ping()
    except Exception as error:  # Every cache library has its own family of errors.
        raise ImproperlyConfigured(
            f"the cache of REDIS_URL cannot be reached: start Redis, or correct the URL ({type(error).__name__})."
        ) from error


def _require_broker() -> None:
    url = settings.CELERY_BROKER_URL
    if not url:
        return
    name = "CELERY_BROKER_URL" if url != settings.REDIS_URL else "REDIS_URL (no CELERY_BROKER_URL is set)"
    try:
        with Connection(url, connect_timeout=PATIENCE) as broker:
            broker.ensure_connection(max_retries=1, timeout=PATIENCE)
    except Exception as error:  # As above, and URLs of unknown kinds.
        raise ImproperlyConfigured(
            f"the queue of {name} cannot be reached: start its broker, or correct the URL ({type(error).__name__})."
        ) from error


def warn_of_root() -> None:
    """Say it when the process could do more than its work asks for."""
    if not settings.EMBEDDED and os.geteuid() == 0:
        sys.stderr.write("legalcity: this runs as root: give it a user of its own (docs/ops.md).\n")


def main() -> None:
    """Ask for a web process, or with the argument `worker` for one that works on the queue."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "legalcity.settings")
    with refusing():
        django.setup()
        is_worker = sys.argv[1:] == ["worker"]
        if is_worker:
            require_queue()
        warn_of_root()
        require_services(has_pages=not is_worker)


if __name__ == "__main__":
    main()
