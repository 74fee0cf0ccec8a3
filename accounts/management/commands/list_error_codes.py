"""`manage.py list_error_codes`: the page on the codes of failures, written from the catalogue itself."""

from legalcity.lib.codes import ErrorCode, FieldCode
from legalcity.lib.written_pages import WritesPage

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

The proxy in front of us says `no_answer` (502 or 504) where a server took a request and did not answer: it may have
been carried out.
"""


class Command(WritesPage):
    """Lists the codes."""

    page, name = "docs/errors.md", "list_error_codes"
    help = "Write the codes of failures into docs/errors.md; --check compares only."

    def text(self) -> str:
        """The whole page."""
        return page()


def page() -> str:
    """The whole page, in Markdown."""
    failures = "".join(f"| `{code}` | {code.status} | {code.meaning} |\n" for code in ErrorCode)
    values = "".join(f"| `{code}` | {code.meaning} |\n" for code in FieldCode)
    return (
        f"{INTRODUCTION}\n## Failures\n\n| code | status | means |\n|---|---|---|\n{failures}"
        f"\n## Values\n\n| code | means |\n|---|---|\n{values}"
    )
