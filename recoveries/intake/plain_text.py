"""Files of cases in plain text (CSV): whichever program wrote them, in whichever encoding."""

import csv
import io
import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

from legalcity.lib.errors import BadRequest
from recoveries.intake.tables import MOST_LINES, Cell, Table, table_of, too_long

BOM = "\ufeff"
SEPARATORS = ";,\t|"
UTF_16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
# `sep=;`: the first line by which Excel is told of the separator.
SEPARATOR_LINE = re.compile(r'"?sep=([;,\t|])"?[;,\t| ]*(?:\r\n?|\n)', re.IGNORECASE)
# What no French text of Windows holds, in words at least: the accents of Mac OS Roman (é is 8E) and of DOS (é is 82).
FOREIGN = re.compile(
    rb"[\x81\x83\x86-\x88\x8d-\x90\x98\x9d\x9e]|(?<=[A-Za-z])[\x82\x84\x85\x89\x91\x94\x95\x99](?=[a-z])"
)


def csv_table(data: bytes, names: Sequence[str] = ()) -> Table:
    """The table of a CSV file, whose separator is the one most used between the headings, or named above them.

    Raises BadRequest, and csv.Error for quotes that do not close and for cells without end.
    """
    text = _decoded(data)
    if max(text.count("\n"), text.count("\r")) > MOST_LINES:
        raise BadRequest(too_long())
    named = SEPARATOR_LINE.match(text)
    text = text[named.end() :] if named else text
    head = re.split(r"[\r\n]", text, maxsplit=1)[0]
    separator = named[1] if named else max(SEPARATORS, key=head.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    return table_of(lines, lambda raw, _heading: Cell(raw), names)


def _decoded(data: bytes) -> str:
    """The text, without marks of its encoding and the signs by which old programs end a file."""
    if data.startswith((b"PK", b"%PDF", b"\xd0\xcf")):
        raise BadRequest(_("This is not a CSV file."))
    text = _text(data).lstrip(BOM).rstrip("\0\x1a")
    if "\0" in text:
        raise BadRequest(_("This is not a CSV file."))
    return text


def _text(data: bytes) -> str:
    """UTF-16 with its mark or by its look, UTF-8, or the code page that French Windows programs write."""
    utf_16 = UTF_16.get(data[:2]) or {b"\0": "utf-16-be"}.get(data[:1]) or {b"\0": "utf-16-le"}.get(data[1:2])
    if utf_16:
        return data.decode(utf_16, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if FOREIGN.search(data):
            raise BadRequest(
                _("The letters of the file cannot be told from others. Save it as “CSV UTF-8” and send it again.")
            ) from error
        return data.decode("cp1252")
