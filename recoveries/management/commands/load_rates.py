"""`manage.py load_rates`: the legal and ECB rates that the product ships with, into the catalogues."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from recoveries.ledger.rate_services import RateChange, rates_load


def sentence(change: RateChange) -> str:
    """What became of one rate, on a line."""
    name = change.rate._meta.verbose_name
    if change.is_kept:
        return f"kept     {name} {change.rate} (entered by hand; --replace overwrites it)"
    if change.was is None:
        return f"added    {name} {change.rate}"
    return f"changed  {name} {change.rate} (was {change.was} %)"


class Command(BaseCommand):
    """Says what it changed."""

    help = (
        "Load the legal interest rates and the ECB's refinancing rates that the product ships with. Run again it adds "
        "only what is missing. Rates that staff entered or corrected are left alone, unless --replace is given."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether corrections of staff give way."""
        parser.add_argument("--replace", action="store_true", help="overwrite rates that staff entered by hand")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say so."""
        changes = rates_load(replace=options["replace"])
        for change in changes:
            self.stdout.write(sentence(change))
        changed = sum(not change.is_kept for change in changes)
        self.stdout.write(f"{changed} rates written, {len(changes) - changed} kept as entered by hand")
