"""`manage.py rotate_subscription_key [--grace DAYS]`: a new key to /v1/firms/, shown once."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from invoicing.billing.services.keys import subscription_key_rotate
from legalcity.lib.clock import now

LONGEST_GRACE = 365


class Command(BaseCommand):
    """Make a key, and end the older ones now or after a while."""

    help = "Make a new subscription key for /v1/firms/ and print it once; older keys end."

    def add_arguments(self, parser: CommandParser) -> None:
        """How long the older keys go on working."""
        parser.add_argument("--grace", type=int, default=0, help="days that the older keys go on working (default: 0)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate."""
        days = options["grace"]
        if not 0 <= days <= LONGEST_GRACE:
            raise CommandError(f"--grace takes 0 to {LONGEST_GRACE} days.")
        self.stdout.write(subscription_key_rotate(old_end_at=now() + timedelta(days=days)))
