"""`manage.py purge_tokens`: delete the rows of expired tokens."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.tokens import tokens_purge
from legalcity.lib.clock import now


class Command(BaseCommand):
    """Ops' door to the purge; the clock runs the same once a night."""

    help = "Delete the rows of access tokens that have expired."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many went."""
        self.stdout.write(f"{tokens_purge(moment=now())} expired tokens deleted")
