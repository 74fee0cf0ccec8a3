"""`manage.py check_copies`: what is kept twice for speed, compared with what it is kept from."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from tqdm import tqdm

from recoveries.models import Recovery
from recoveries.services import deadlines
from recoveries.services.copies import copies_refresh
from recoveries.services.totals import case_counts_rebuild, comments_count_refresh, totals_refresh

KEPT = ("amount", "amount_torecover", "invoices_count", "comments_count", *deadlines.KEPT)


class Command(BaseCommand):
    """Exits with 1 when something differs and was not repaired."""

    help = "Compare copied columns, totals and counters with their sources; --repair writes them anew."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to mend."""
        parser.add_argument("--repair", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Go through every case, each in a transaction of its own."""
        repair: bool = options["repair"]
        ids = Recovery.objects.order_by("id").values_list("id", flat=True)
        wrong = sum(self._is_wrong(pk, repair) for pk in tqdm(ids.iterator(), total=ids.count(), unit="case"))
        if repair:
            with transaction.atomic():
                case_counts_rebuild()
        self.stdout.write(f"{wrong} cases differed" + (", all repaired" if repair else ""))
        if wrong and not repair:
            raise CommandError("run again with --repair")

    @staticmethod
    def _is_wrong(recovery_id: int, repair: bool) -> bool:
        with transaction.atomic():
            case = Recovery.objects.select_for_update(of=("self",)).filter(pk=recovery_id).first()
            if case is None:
                return False
            before, updated_at = [getattr(case, name) for name in KEPT], case.updated_at
            copies_differ = copies_refresh(recovery_id=recovery_id)
            totals_refresh(recovery_id=recovery_id)
            comments_count_refresh(recovery_id=recovery_id)
            case.refresh_from_db(fields=KEPT)
            differs = copies_differ or before != [getattr(case, name) for name in KEPT]
            if differs and repair:
                # A repair is no change of the case.
                Recovery.objects.filter(pk=recovery_id).update(updated_at=updated_at)
            else:
                transaction.set_rollback(True)
        return differs
