"""`manage.py rescan_documents`: look at served documents again, with new signatures."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from documents.clients.clamd import ScannerUnavailable
from documents.selectors import served_documents
from documents.services.pipeline import document_rescan
from documents.services.scanner import configured_scanner
from documents.services.storage import StorageFailed
from legalcity.lib.dates import PARIS
from legalcity.lib.reading import Manner, Unreadable
from legalcity.lib.reading.days import read_day


def _day(text: str) -> datetime:
    try:
        return datetime.combine(read_day(text, manner=Manner.MACHINE), time.min, PARIS)
    except Unreadable as error:
        raise ArgumentTypeError(f"{text!r} is not a date (YYYY-MM-DD)") from error


class Command(BaseCommand):
    """Documents stay served while they are scanned again; a finding takes one away at once."""

    help = "Scan served documents again; --since YYYY-MM-DD takes those created from that day (Paris) on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """From when on."""
        parser.add_argument("--since", type=_day)

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many were looked at, and how many were taken away."""
        if configured_scanner() is None:
            raise CommandError("no scanner is set up: set CLAMD_URL")
        served = served_documents(options["since"])
        looked_at = rejected = missing = 0
        for document_id in tqdm(list(served.values_list("id", flat=True)), unit=" documents", disable=None):
            try:
                rejected += not document_rescan(document_id=document_id)
            except FileNotFoundError:
                missing += 1
            except ScannerUnavailable as error:
                raise CommandError(f"the scanner does not answer, {looked_at} were looked at: {error}") from error
            except StorageFailed as error:
                raise CommandError(f"the storage does not answer, {looked_at} were looked at: {error}") from error
            else:
                looked_at += 1
        self.stdout.write(f"{looked_at} documents scanned, {rejected} taken away")
        if missing:
            self.stderr.write(f"{missing} documents have lost their file")
