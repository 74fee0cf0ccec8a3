"""`manage.py check_copies`: what is kept twice for speed, compared with what it is kept from."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from recoveries.models import Recovery
from recoveries.services.checking import case_check, cases_checked, counter_check, counters_differing


class Command(BaseCommand):
    """Exits with 1 when something differs and was not repaired."""

    help = "Compare copied columns, totals and counters with their sources; --repair writes them anew."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to mend."""
        parser.add_argument("--repair", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare all cases in sets, then all counters. Progress is shown where it can be watched."""
        repair: bool = options["repair"]
        cases = 0
        with tqdm(total=Recovery.objects.count(), unit=" cases", disable=None) as bar:
            for compared, ids in cases_checked():
                cases += sum(case_check(recovery_id=pk, repair=repair) for pk in ids)
                bar.update(compared)
        counters = sum(counter_check(counter=counter, repair=repair) for counter in counters_differing())
        told = f"{cases} cases differed" + (f", {counters} numbers of cases differed" if counters else "")
        self.stdout.write(told + (", all repaired" if repair else ""))
        if (cases or counters) and not repair:
            raise CommandError("run again with --repair")
