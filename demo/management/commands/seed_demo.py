"""`manage.py seed_demo`: a believable French portfolio of any size."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, connection
from tqdm import tqdm

from demo.accounts import ADMIN, CLIENTS, ROLE_HOLDERS, STAFF, NotOurs
from demo.credentials import credentials_renew
from demo.house import firm_introduce
from demo.one_case import REFERENCES
from demo.portfolio import portfolio_load
from legalcity.lib.clock import today

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
MOST_PROCESSES = 32  # Each has a connection, of which PostgreSQL gives 100 to all.


class Command(BaseCommand):
    """Says what it added; with --credentials prints how to get in, as one JSON object on a line of its own."""

    help = (
        "Load a demonstration portfolio: client accounts, staff, cases with companies, invoices, payments, comments "
        "and history. The same seed and day give the same cases. Run again it adds only what is missing: cases that "
        "are there already are left alone, none comes twice, a smaller number removes nothing. A database holds the "
        "portfolio of one seed; another seed is refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How many cases, and which."""
        parser.add_argument("--cases", type=int, default=200, help="number of cases that there shall be (default 200)")
        parser.add_argument("--seed", type=int, default=1, help="which portfolio (default 1)")
        parser.add_argument("--today", type=date.fromisoformat, help="the day that dates count back from (YYYY-MM-DD)")
        parser.add_argument(
            "--processes", type=int, default=1, help="how many load at the same time, on PostgreSQL (default 1)"
        )
        parser.add_argument(
            "--credentials",
            action="store_true",
            help="renew the API key of the first client and the password of the staff, and print them",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load with a progress bar, on standard error and only where it can be watched."""
        if not settings.DEMONSTRATION_ALLOWED:
            raise CommandError(
                "this is production: a demonstration has no place here (DEMONSTRATION_ALLOWED=1 if it has)"
            )
        cases, day = options["cases"], options["today"] or today()
        if not FIRST_DAY <= day <= LAST_DAY:
            raise CommandError(f"--today must be between {FIRST_DAY} and {LAST_DAY}")
        if not 0 <= cases <= REFERENCES // 10:
            raise CommandError(f"--cases must be between 0 and {REFERENCES // 10}")
        processes = options["processes"]
        if not 1 <= processes <= MOST_PROCESSES:
            raise CommandError(f"--processes must be between 1 and {MOST_PROCESSES}")
        if processes > 1 and connection.vendor != "postgresql":
            raise CommandError("--processes must be 1 here: SQLite has one writer")
        firm_introduce()
        with (
            _told(),
            tqdm(total=cases, unit=" cases", disable=None, dynamic_ncols=True) as bar,
        ):
            loaded = portfolio_load(
                seed=options["seed"], cases=cases, today=day, processes=processes, progress=bar.update
            )
        self.stdout.write(
            f"{loaded.added} cases added, {loaded.present} there already; "
            f"{len(CLIENTS)} client accounts, {len({*STAFF, *ROLE_HOLDERS.values(), ADMIN})} members of staff"
        )
        if options["credentials"]:
            self.stdout.write(json.dumps(credentials_renew().as_dict()))


@contextmanager
def _told() -> Iterator[None]:
    """What ends a load before its time, in a sentence. Raises CommandError."""
    try:
        yield
    except NotOurs as error:
        raise CommandError(str(error)) from error
    except IntegrityError as error:
        raise CommandError(
            "the same portfolio is being loaded elsewhere; run again when that has ended, this adds what is missing"
        ) from error
    except BrokenProcessPool as error:
        raise CommandError("one of the processes was killed; run again, this adds what is missing") from error
