"""Commands that write a page of `docs/` from the code it is about, so that the page is as true as the code."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class WritesPage(BaseCommand):
    """Writes the page, or with `--check` exits with 1 when it is not what the code says."""

    page = ""  # where it stands in the project
    name = ""  # the command's own

    def text(self) -> str:
        """The whole page, in Markdown."""
        raise NotImplementedError

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to compare only."""
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write or compare."""
        file = settings.BASE_DIR / self.page
        if not options["check"]:
            file.write_text(self.text(), encoding="utf-8")
            self.stdout.write(f"{self.page} written")
        elif not file.exists() or file.read_text(encoding="utf-8") != self.text():
            raise CommandError(f"{self.page} is not what the code says; run manage.py {self.name}")
