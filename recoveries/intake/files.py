"""A file of cases, as a table of text: judged by its content and read within bounds, whatever it claims to be."""

import csv
import io
from collections.abc import Sequence
from pathlib import PurePath

from django.utils.translation import gettext as _

from documents.content import ContentRefused, inspect
from documents.content.types import XLSX as XLSX_KIND
from legalcity.lib.errors import BadRequest
from recoveries.intake.plain_text import csv_table
from recoveries.intake.tables import Table

MOST_BYTES = 24 * 1024 * 1024
CSV_ENDINGS = (".csv", ".txt", ".tsv")
ENDINGS = (*CSV_ENDINGS, ".xlsx")


def ending_of(name: str) -> str:
    """The ending of a file of cases. Raises BadRequest for any that is not one of ENDINGS."""
    ending = PurePath(name).suffix.lower()
    if ending not in ENDINGS:
        raise BadRequest(_("Send a CSV or an XLSX file."))
    return ending


def file_table(data: bytes, name: str, names: Sequence[str] = ()) -> Table:
    """The table of a CSV or XLSX file; `names` are what its columns are. Raises BadRequest with the reason."""
    if len(data) > MOST_BYTES:
        raise BadRequest(_("The file may have {most} MB at most.").format(most=MOST_BYTES // 1024 // 1024))
    try:
        return csv_table(data, names) if ending_of(name) in CSV_ENDINGS else _workbook_table(data, names)
    except ContentRefused as error:
        raise BadRequest(error.sentence) from error
    except csv.Error as error:
        raise BadRequest(
            _(
                "The file cannot be read as CSV: a quotation mark is open at its end, or stands alone, or a cell is "
                "endless."
            )
        ) from error


def _workbook_table(data: bytes, names: Sequence[str]) -> Table:
    from recoveries.intake.workbooks import xlsx_table  # Most processes read no workbook, and openpyxl is big.

    if inspect(io.BytesIO(data), file_name="cases.xlsx").mime != XLSX_KIND.mime:
        raise BadRequest(_("Send a CSV or an XLSX file."))
    try:
        return xlsx_table(data, names)
    except BadRequest:
        raise
    except Exception as error:  # Whatever openpyxl says of a workbook whose parts do not fit together.
        raise BadRequest(_("The workbook cannot be read.")) from error
