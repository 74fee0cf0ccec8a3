"""`manage.py check_ledger`: the ledgers of cases, compared with records, law and kept balances; remittances too."""

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from recoveries.ledger.checking import Finding, ledger_check, ledgers_checked
from recoveries.ledger.handing_over import remittances_amiss, remittances_begin
from recoveries.ledger.posting import Source
from recoveries.models import Recovery


class Command(BaseCommand):
    """Exits with 1 when something differs, and was not or cannot be repaired."""

    help = "Compare the ledgers of cases with their records, the law and the kept balances; --repair posts what is due."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to mend, and where to begin."""
        parser.add_argument("--repair", action="store_true")
        parser.add_argument("--from", dest="since", type=int, default=0, metavar="ID", help="the id of a case")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare all cases in sets; who stops it is told where to go on."""
        self.reached: int = options["since"]
        try:
            self._check(repair=options["repair"])
        except KeyboardInterrupt:
            raise CommandError(f"stopped: go on with --from {self.reached}") from None

    def _check(self, *, repair: bool) -> None:
        found, remaining, cases = Counter[Finding](), 0, 0
        for pk in self._differing():
            before, after = ledger_check(recovery_id=pk, repair=repair)
            found.update(before)
            cases += bool(before)
            remaining += bool(after)
            if Finding.UNBALANCED in after:
                self.stdout.write(f"case {pk}: {Finding.UNBALANCED}")
        kinds = ", ".join(f"{found[kind]} with {kind}" for kind in Finding if found[kind])
        told = f"{cases} cases differed" + (f": {kinds}" if kinds else "")
        self.stdout.write(told + (", all repaired" if repair and not remaining else ""))
        amiss = self._check_remittances(repair=repair)
        if remaining or amiss:
            left = " and ".join(f"{n} {what}" for n, what in ((remaining, "cases"), (amiss, "remittances")) if n)
            raise CommandError(f"{left} cannot be repaired" if repair else "run again with --repair")

    def _check_remittances(self, *, repair: bool) -> int:
        """Tell what differs between remittances and their postings; how many still do."""
        for pk, what in sorted(remittances_amiss().items()):
            self.stdout.write(f"remittance {pk}: {what}")
        if repair and (posted := remittances_begin(source=Source.SYSTEM)):
            self.stdout.write(f"{posted} remittances posted")
        return len(remittances_amiss())

    def _differing(self) -> Iterator[int]:
        """The cases that seem to differ. Progress is shown where it can be watched."""
        total = Recovery.objects.filter(pk__gte=self.reached).count()
        with tqdm(total=total, unit=" cases", disable=None) as bar:
            for ids, differing in ledgers_checked(since=self.reached):
                self.reached = ids[0]
                yield from differing
                bar.update(len(ids))
