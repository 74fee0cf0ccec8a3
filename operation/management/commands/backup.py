"""`manage.py backup FOLDER`: database, documents and keys, while everybody works."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from operation.backups.making import backup, forget_older
from operation.backups.sealed_files import Seal


class Command(BaseCommand):
    """Exits with 1 when something is missing in the copy, which is kept all the same."""

    help = "Copy database, documents and keys into a new folder of FOLDER; encrypted with BACKUP_KEY."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to, and how many to keep."""
        parser.add_argument("folder", type=Path)
        parser.add_argument("--keep", type=int, metavar="N", help="delete all but the N newest copies afterwards")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it, say what is in it, delete what is old."""
        if options["keep"] is not None and options["keep"] < 1:
            raise CommandError("--keep must leave at least one copy.")
        seal = Seal(settings.BACKUP_KEY)
        made = backup(options["folder"], seal=seal, with_keys=seal.is_closed)
        self.stdout.write(f"{made.folder}: {made.rows} rows, {made.files} files")
        if not made.has_keys:
            self.stderr.write("the keys are not in it: set BACKUP_KEY, or keep them elsewhere (docs/ops.md).")
        for path in forget_older(options["folder"], keep=options["keep"]) if options["keep"] else ():
            self.stdout.write(f"{path}: deleted")
        if made.lost:
            raise CommandError(
                f"{len(made.lost)} files that the database knows are not in the storage, or are other than it knows: "
                + ", ".join(made.lost[:10])
            )
