"""`manage.py lost_since < LOG`: whom to tell, and which cases to look at, after the database was brought back."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from accounts.models import User
from operation.lost import OUT, lost_of


class Command(BaseCommand):
    """Reads lines of the log, of the time that was lost, from standard input."""

    help = "What accounts did, and what went out, as the lines of the log on standard input tell."

    def handle(self, *args: Any, **options: Any) -> None:
        """A line for each account and call, and one for each kind of what went out."""
        lost = lost_of(sys.stdin)
        emails = dict(User.objects.filter(pk__in={user for user, *_ in lost.calls}).values_list("pk", "email"))
        for (user, method, route), count in sorted(lost.calls.items()):
            self.stdout.write(f"{emails.get(user, f'account {user}, which is lost')}: {count} × {method} {route}")
        for event, ids in lost.out.items():
            self.stdout.write(f"{event} ({OUT[event]}): {', '.join(map(str, sorted(ids)))}")
