"""Tables as files to keep, for spreadsheet programs."""

import tempfile
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse

from legalcity.lib.spreadsheets import csv_lines, xlsx_write
from legalcity.lib.whole_reads import in_pieces

CSV, XLSX = "csv", "xlsx"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def table_answer(rows: Iterable[Sequence[Any]], *, name: str, form: str) -> HttpResponseBase:
    """The rows as a file to keep: CSV while they are read, or a workbook that was written to the disk."""
    if form == CSV:
        answer = StreamingHttpResponse(csv_lines(in_pieces(rows)), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return answer
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    xlsx_write(file, in_pieces(rows), title="cases")
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX_TYPE)
