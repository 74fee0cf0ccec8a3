"""`manage.py sweep_documents`: what the clock does bit by bit, now and in full."""

from typing import Any

from django.core.management.base import BaseCommand

from documents.tasks import sweep_everything


class Command(BaseCommand):
    """Ops' door to the sweep."""

    help = "Queue documents that were left behind on their way, and remove stored bytes that nothing knows."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what was done."""
        done = sweep_everything()
        self.stdout.write(f"{done['queued']} documents queued, {done['orphans']} orphan files removed")
