"""Odd but honest files, as programs, scripts and transfers make them, each with the verdict that is right for it.

Drawn from a seed: the same seed, the same files.
"""

import io
import random
import zipfile
from collections.abc import Callable, Iterator
from typing import NamedTuple

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import NameObject, TextStringObject

from documents.tests import samples
from documents.tests.forms import BOUNDARY

INERT = (b"\r\n", b"\n", b" ", b"\t", b"\0", b"\xef\xbb\xbf", b"\xfe\xff", b"\xff\xfe", b"\f", b"\v")
STEMS = ("Facture n° 12", "reçu d'été", "L’avenant – signé", "été", "Relevé 03.2026", "scan", "v1.2", "Ünïcödé", "  x ")
EXTENSIONS = {
    "application/pdf": ("pdf", "PDF", "Pdf"),
    "image/jpeg": ("jpg", "jpeg", "jpe", "jfif", "JPG"),
    "image/png": ("png", "PNG"),
    "image/gif": ("gif", "GIF"),
    "application/msword": ("doc", "DOC"),
    "application/vnd.ms-excel": ("xls",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx", "DOCX"),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx",),
}
# Compound files have room behind their content that nothing says anything of.
LOOSE = ("application/msword", "application/vnd.ms-excel")


class OddFile(NamedTuple):
    """A form with one file. `verdict` is the type that it is taken as, or the reason for which it is refused."""

    how: str
    form: bytes
    verdict: str


# --- what programs write ---------------------------------------------------------------------------------------
def classical_pdf(version: str = "1.4", eol: bytes = b"\n", shift: int = 0) -> bytes:
    """A PDF written by hand, as small libraries do; `shift` is what its offsets are wrong by."""
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>",
    )
    content, offsets = b"%PDF-" + version.encode() + eol + b"%\xe2\xe3\xcf\xd3" + eol, []
    for number, body in enumerate(objects, 1):
        offsets.append(len(content) + shift)
        content += b"%d 0 obj" % number + eol + body + eol + b"endobj" + eol
    rows = b"".join(b"%010d 00000 n" % offset + eol.rjust(2) for offset in offsets)
    table = b"xref" + eol + b"0 4" + eol + b"0000000000 65535 f" + eol.rjust(2) + rows
    trailer = b"trailer" + eol + b"<</Size 4/Root 1 0 R>>" + eol + b"startxref" + eol
    return content + table + trailer + b"%d" % (len(content) + shift) + eol + b"%%EOF" + eol


def updated_pdf() -> bytes:
    """A PDF with a change added behind: two end marks."""
    writer = PdfWriter(io.BytesIO(samples.pdf(pages=2)), incremental=True)
    writer.root_object[NameObject("/Lang")] = TextStringObject("fr")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def scanned_pdf() -> bytes:
    """A picture of a page, as scanners write it."""
    made = io.BytesIO()
    Image.new("L", (120, 160), 200).save(made, "PDF", resolution=72)
    return made.getvalue()


PROGRAMS: dict[str, dict[str, Callable[[], bytes]]] = {
    "application/pdf": {
        "pypdf": samples.pdf,
        "attachments": lambda: samples.pdf(("annexe.txt", b"annexe"), pages=3),
        "owner password": lambda: samples.pdf(owner_password="secret"),
        "LF": classical_pdf,
        "CRLF": lambda: classical_pdf("1.3", b"\r\n"),
        "CR": lambda: classical_pdf("1.2", b"\r"),
        "2.0": lambda: classical_pdf("2.0"),
        "offsets that counted a mark": lambda: classical_pdf(shift=3),
        "offsets that are wrong": lambda: classical_pdf(shift=-2),
        "updated": updated_pdf,
        "scanner": scanned_pdf,
    },
    "image/jpeg": {
        "plain": lambda: samples.image("JPEG"),
        "progressive": lambda: samples.image("JPEG", progressive=True),
        "CMYK": lambda: samples.image("JPEG", mode="CMYK"),
        "two pictures": lambda: samples.image("JPEG") + samples.image("JPEG", (20, 10)),
    },
    "image/png": {"plain": lambda: samples.image("PNG"), "palette": lambda: samples.image("PNG", mode="P")},
    "image/gif": {"plain": lambda: samples.image("GIF", mode="P")},
    "application/msword": {"plain": samples.doc},
    "application/vnd.ms-excel": {"plain": samples.xls},
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": {
        "packed": samples.docx,
        "stored": lambda: samples.docx(compression=zipfile.ZIP_STORED),
        "table inside": lambda: samples.docx(("word/embeddings/chart.xlsx", samples.xlsx())),
    },
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {"packed": samples.xlsx},
}


# --- what happens to them --------------------------------------------------------------------------------------
def inert(draw: random.Random, most: int) -> bytes:
    """Bytes that say nothing: a few, or a great many."""
    mark = draw.choice(INERT)
    return mark * draw.choice((0, 1, 1, 2, 3, 500, most // len(mark)))


def truncated(draw: random.Random, content: bytes) -> bytes:
    """What an interrupted transfer leaves: enough to see what it was, and not its end."""
    whole = content.rstrip(b"\0\t\n\v\f\r ")
    first_end = content.find(b"%%EOF") + len(b"%%EOF") + 2  # Up to there a changed PDF is the whole one from before.
    cut = draw.randrange(16, len(whole))
    return whole[: cut if cut > first_end or cut < first_end - 8 else cut - 8]


def in_head(draw: random.Random, name: str) -> bytes:
    """The name of a file as programs write it into the head of its part."""
    ways: tuple[Callable[[], bytes], ...] = (
        lambda: b'filename="' + name.encode() + b'"',
        lambda: b'filename="' + name.encode("latin-1", "replace") + b'"',
        lambda: b'filename="' + name.encode("cp1252", "replace") + b'"',
        lambda: b"filename*=UTF-8''" + "".join(f"%{byte:02X}" for byte in name.encode()).encode(),
        lambda: b'filename="C:\\Users\\moi\\' + name.encode() + b'"',
        lambda: b'filename="' + name.encode("utf-8").decode("latin-1").encode("utf-8") + b'"',
    )
    return draw.choice(ways)()


def odd_file(draw: random.Random, number: int) -> OddFile:
    """One of them."""
    mime = draw.choice(list(PROGRAMS)) if number % 2 else "application/pdf"
    program = draw.choice(list(PROGRAMS[mime]))
    content, extension, verdict = PROGRAMS[mime][program](), draw.choice(EXTENSIONS[mime]), mime
    fate = draw.choice(("whole", "whole", "padded", "padded", "padded", "cut", "lying name", "no extension", "goes on"))
    if fate == "padded":
        begin = inert(draw, 70_000) if mime == "application/pdf" else b""
        content = begin + content + inert(draw, 200_000)
    elif fate == "cut":
        content, verdict = truncated(draw, content), "unreadable"
    elif fate == "lying name":
        extension = draw.choice([each for other in EXTENSIONS if other != mime for each in EXTENSIONS[other]])
        verdict = "mismatch"
    elif fate == "goes on" and mime not in LOOSE:
        content, verdict = content + b"\n<!-- generated in 0.3 s -->\n" * 60, "trailing"
    name = draw.choice(STEMS) + ("" if fate == "no extension" else f".{extension}")
    head = b'Content-Disposition: form-data; name="file"; ' + in_head(draw, name)
    mark = f"--{BOUNDARY}".encode()
    form = b"\r\n".join((mark, head, b"Content-Type: application/octet-stream", b"", content, mark + b"--", b""))
    return OddFile(f"{number}: {mime} by {program}, {fate}, {name!r}", form, verdict)


def odd_files(count: int, seed: int) -> Iterator[OddFile]:
    """So many of them."""
    draw = random.Random(seed)
    return (odd_file(draw, number) for number in range(count))
