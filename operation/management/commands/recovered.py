"""`manage.py recovered`: once after a dump was restored or the database was brought back to an earlier moment."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from events.servers import is_elsewhere
from legalcity.lib.startup import migrations_lacking
from operation.backups.databases import require_nobody_else
from operation.recovering import SKIPPED, recover


class Command(BaseCommand):
    """Changes nothing where the database server is the one that wrote last."""

    help = "Have nothing be given twice that was given after the moment to which the database was brought back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What is known of what was lost."""
        parser.add_argument(
            "--skip", type=int, default=SKIPPED, metavar="N", help="ids of each table to leave out (%(default)s)"
        )
        parser.add_argument(
            "--no-invoice-lost",
            action="store_true",
            help="no invoice of the firm was issued in what is lost: their series go on as they are",
        )
        parser.add_argument(
            "--anyway",
            action="store_true",
            help="also where the server looks the same, as after a snapshot of its disk was put back",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and say what was done. Raises CommandError while others are connected, or the tables are older."""
        if connection.vendor != "postgresql":
            raise CommandError("this is for PostgreSQL: SQLite goes back with its file.")
        if options["skip"] < 1:
            raise CommandError("--skip must leave out at least one.")
        if lacking := migrations_lacking():
            raise CommandError(f"the database lacks {lacking} migrations: run `python manage.py migrate` first.")
        if not (options["anyway"] or is_elsewhere()):
            self.stdout.write(
                "nothing to do: this database server wrote last. Where processes went on by themselves after a replica "
                "had taken over, or a snapshot of a disk was put back: --anyway."
            )
            return
        require_nobody_else()
        done = recover(skipped=options["skip"], has_lost_invoices=not options["no_invoice_lost"])
        self.stdout.write(f"ids go on further in {done.sequences} tables, events behind all that were read")
        for before, after in done.series:
            self.stdout.write(f"invoices of the firm: {before or 'those without a prefix'} go on as {after}")
