"""`manage.py sweep_documents`: what the clock does bit by bit, now and in full."""

from typing import Any

from django.core.management.base import BaseCommand

from documents.services.pipeline import JOB
from documents.services.storage import orphans_remove
from legalcity.lib.claims import sweep
from legalcity.lib.clock import now


class Command(BaseCommand):
    """Ops' door to the sweep."""

    help = "Queue documents that were left behind on their way, and remove stored bytes that nothing knows."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what was done."""
        moment = now()
        queued, orphans = sweep(JOB, moment=moment), orphans_remove(moment=moment)
        self.stdout.write(f"{queued} documents queued, {orphans} orphan files removed")
