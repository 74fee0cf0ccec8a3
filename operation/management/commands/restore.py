"""`manage.py restore COPY`: what `backup` has made, back in an empty database and storage, and compared."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from operation.backups.restoring import compared, files_bring_back, keys_bring_back, manifest_of, restore
from operation.backups.sealed_files import Seal


class Command(BaseCommand):
    """Exits with 1 when anything differs from the copy."""

    help = "Bring back a copy made by `backup`, and compare each table and each file with it."
    requires_system_checks: list[str] = []  # The database may be empty.

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which copy, and what may be lost for it."""
        parser.add_argument("copy", type=Path)
        parser.add_argument("--replace", action="store_true", help="lose what is in the database and the storage")
        parser.add_argument(
            "--keys-into", type=Path, metavar="FOLDER", help="write the keys of the copy there, and stop"
        )
        parser.add_argument(
            "--files",
            action="store_true",
            help="put back the files alone that the database knows and the storage lacks",
        )
        parser.add_argument(
            "--compare", action="store_true", help="change nothing: compare what is there with the copy"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore, compare, say what is to be done next."""
        copy, seal = options["copy"], Seal(settings.BACKUP_KEY)
        if options["keys_into"]:
            self.stdout.write(f"keys in {keys_bring_back(copy, seal=seal, into=options['keys_into'])}")
            return
        if options["files"]:
            self._files_back(copy, seal)
            return
        done = (
            compared(manifest_of(copy)) if options["compare"] else restore(copy, seal=seal, replace=options["replace"])
        )
        self.stdout.write(f"{done.rows} rows in {done.tables} tables, {done.files} files compared")
        if not done.keys_fit:
            self.stderr.write(
                "ENCRYPTION_KEYS are not those of the copy: what is sealed in the database cannot be opened. "
                "`restore COPY --keys-into FOLDER` writes those of the copy."
            )
        if done.pending:
            self.stdout.write(f"run `manage.py migrate`: this version has {done.pending} migrations more than the copy")
        for sentence in done.differences:
            self.stderr.write(sentence)
        if done.differences:
            raise CommandError(f"{len(done.differences)} differences from the copy")
        self.stdout.write("all as in the copy")

    def _files_back(self, copy: Path, seal: Seal) -> None:
        back, lost = files_bring_back(copy, seal=seal)
        self.stdout.write(f"{len(back)} files put back")
        for key in lost:
            self.stderr.write(f"file {key} is missing, and not in the copy")
        if lost:
            raise CommandError(f"{len(lost)} files that the database knows are missing")
