"""`manage.py list_error_codes`: the page on the codes of failures, written from the catalogue itself."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from legalcity.lib.codes import ErrorCode, FieldCode

PAGE = "docs/errors.md"
INTRODUCTION = """\
# Codes of failures

Written from `legalcity/lib/codes.py` by `manage.py list_error_codes`; a test compares the two. A failure under `/api/`
carries `code`, and where it carries `errors`, `codes` beside them: for each field the code of each of its sentences, in
their order. Codes are never translated and keep their meaning; new ones may come. Decide by them, show the sentences
to people.

```json
{"success": false, "message": "Validation failed",
 "errors": {"external_id": ["The external id has already been taken."]},
 "code": "validation_failed", "codes": {"external_id": ["taken"]}}
```

Three refusals that the reference answers as 500 are told by their code, and so are those of 403: of ownership, of
status, of eligibility. `reason_codes` beside `reasons` of the latter
say why: `closed`, `transferred`, `no_debtor`, `time_barred`, `limitation_held` …
"""


class Command(BaseCommand):
    """Writes the page, or with `--check` exits with 1 when it is not what the catalogue says."""

    help = f"Write the codes of failures into {PAGE}; --check compares only."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to compare only."""
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write or compare."""
        file = settings.BASE_DIR / PAGE
        if not options["check"]:
            file.write_text(page(), encoding="utf-8")
            self.stdout.write(f"{PAGE} written")
        elif not file.exists() or file.read_text(encoding="utf-8") != page():
            raise CommandError(f"{PAGE} is not what the catalogue says; run manage.py list_error_codes")


def page() -> str:
    """The whole page, in Markdown."""
    failures = "".join(f"| `{code}` | {code.status} | {code.meaning} |\n" for code in ErrorCode)
    values = "".join(f"| `{code}` | {code.meaning} |\n" for code in FieldCode)
    return (
        f"{INTRODUCTION}\n## Failures\n\n| code | status | means |\n|---|---|---|\n{failures}"
        f"\n## Values\n\n| code | means |\n|---|---|\n{values}"
    )
