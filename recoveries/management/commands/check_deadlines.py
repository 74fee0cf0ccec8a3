"""`manage.py check_deadlines`: the legal deadlines that are about to lapse."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from legalcity.lib.clock import today
from recoveries.court.clocks import deadlines_within


class Command(BaseCommand):
    """A line a deadline, soonest first."""

    help = "List the legal deadlines of open cases that lapse in the next N days, past ones included."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How far to look."""
        parser.add_argument("--days", type=int, default=15)

    def handle(self, *args: Any, **options: Any) -> None:
        """Date, case, what, consequence, article."""
        found = deadlines_within(days=options["days"], today=today())
        for case, deadline in found:
            self.stdout.write(
                f"{deadline.date}  {case.recovery_reference}  {deadline.what}: "
                f"{deadline.consequence} ({deadline.article})"
            )
        self.stdout.write(f"{len(found)} deadlines within {options['days']} days")
