"""Files judged by their content (documents/content)."""

import contextlib
import io
import struct
import sys
import time
import tracemalloc
import zipfile
import zlib

import pytest
from django.core.files.uploadedfile import InMemoryUploadedFile, TemporaryUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject

from documents.content import ContentRefused, Inspected, LibmagicMissing, embedded_files, inspect, libmagic_problem
from documents.content.parts import is_near
from documents.tests import samples
from documents.tests.samples import archive, content_types, docx, field, image, pdf, record, relations, xls, xlsx

MIMES = {
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jpg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
}
FILLER = ("xl/media/noise.png", image("PNG"))
SOUND = {
    "pdf": pdf(("annexe.txt", b"annexe")),
    "doc": samples.doc(),
    "docx": docx(),
    "xls": xls(),
    "xlsx": xlsx(),
    "jpg": image("JPEG"),
    "png": image("PNG"),
    "gif": image("GIF", mode="P"),
}


def inspected(content, file_name=""):
    return inspect(io.BytesIO(content), file_name=file_name)


def reason(content, file_name=""):
    with pytest.raises(ContentRefused) as caught:
        inspected(content, file_name)
    assert str(caught.value.sentence)
    return caught.value.reason


# --- what is taken ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("extension", SOUND)
def test_sound_files_are_taken(extension):
    assert inspected(SOUND[extension], f"Pièce n°1.{extension}") == Inspected(MIMES[extension], extension)
    assert inspected(SOUND[extension], f"PIECE.1.{extension.upper()} ") == Inspected(MIMES[extension], extension)


@pytest.mark.parametrize(
    "file_name", ["", "Mise en demeure", ".pdf", "pdf", "Facture 12.2026", "M. Dupont", "copie.pdf (1)"]
)
def test_a_name_without_an_extension_is_no_lie(file_name):
    assert inspected(SOUND["pdf"], file_name) == Inspected("application/pdf", "pdf")


@pytest.mark.parametrize("extension", ["jpg", "jpeg", "jpe", "jfif", "JFIF"])
def test_all_spellings_of_jpeg(extension):
    assert inspected(SOUND["jpg"], f"a.{extension}") == Inspected("image/jpeg", extension.lower())
    assert inspected(SOUND["jpg"]) == Inspected("image/jpeg", "jpg")
    assert reason(SOUND["pdf"], f"a.{extension}") == "mismatch"


@pytest.mark.parametrize("true", SOUND)
@pytest.mark.parametrize("claimed", SOUND)
def test_the_extension_must_fit(true, claimed):
    if true != claimed:
        assert reason(SOUND[true], f"a.{claimed}") == "mismatch"


@pytest.mark.parametrize("extension", ["exe", "html", "svg", "docm", "xlsm", "dotx", "zip", "jfi", "pdf.exe", "fdp"])
def test_other_extensions_are_not_taken(extension):
    assert reason(SOUND["pdf"], f"a.{extension}") == "type"


@pytest.mark.parametrize(
    "content",
    [
        b"hello",
        b"\0" * 5000,
        b"<html><script>alert(1)</script></html>",
        b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"MZ" + bytes(58) + b"\x40\0\0\0PE\0\0" + bytes(500),
        b"\x7fELF\x02\x01\x01" + bytes(500),
        b"{\\rtf1\\ansi hello}",
        b"#!/bin/sh\necho",
        b"PK\x05\x06" + bytes(18),
        b"Rar!\x1a\x07\x00" + bytes(100),
        zlib.compress(bytes(1000)),
        b"%!PS-Adobe-3.0\n",
        b"RIFF\x24\0\0\0WEBPVP8 " + bytes(50),
        b"II*\0" + bytes(100),
    ],
)
def test_other_types_are_not_taken(content):
    assert reason(content) == "type"
    assert reason(content, "facture.pdf") == "type"


def test_nothing_is_not_a_file():
    assert reason(b"", "a.pdf") == "empty"


@pytest.mark.parametrize("extension", SOUND)
def test_paths_and_file_objects(tmp_path, extension):
    path = tmp_path / f"a.{extension}"
    path.write_bytes(SOUND[extension])
    expected = Inspected(MIMES[extension], extension)
    assert inspect(path, file_name=path.name) == expected
    assert inspect(str(path), file_name=path.name) == expected
    with path.open("rb") as file:
        file.seek(7)
        assert inspect(file, file_name=path.name) == expected
        assert file.tell() == 7


@pytest.mark.parametrize("extension", SOUND)
def test_django_uploads(extension):
    content = SOUND[extension]
    in_memory = InMemoryUploadedFile(io.BytesIO(content), "file", "a", "text/plain", len(content), None)
    assert inspect(in_memory).extension == extension
    with TemporaryUploadedFile("a", "text/plain", len(content), None) as on_disk:
        on_disk.write(content)
        assert inspect(on_disk).extension == extension
        assert on_disk.tell() == len(content)


def test_without_libmagic(monkeypatch):
    assert libmagic_problem() is None
    monkeypatch.setitem(sys.modules, "magic", None)
    assert "apt-get install libmagic1" in libmagic_problem()
    with pytest.raises(LibmagicMissing, match="apt-get install libmagic1"):
        inspected(SOUND["pdf"])


# --- PDF -------------------------------------------------------------------------------------------------------
def pdf_of(change):
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    change(writer)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def page_loop(writer):
    pages = writer.root_object["/Pages"]
    pages[NameObject("/Kids")] = ArrayObject([pages.indirect_reference])


def no_pages(writer):
    writer.root_object["/Pages"][NameObject("/Kids")] = ArrayObject()


def endless_kids(writer):
    pages = writer.root_object["/Pages"]
    for _ in range(30):
        pages = DictionaryObject({NameObject("/Kids"): ArrayObject([writer._add_object(pages)] * 50)})
    writer.root_object[NameObject("/Pages")] = writer._add_object(
        DictionaryObject({NameObject("/Kids"): ArrayObject([ArrayObject(), *[NumberObject(1)] * 2000])})
    )


def test_a_pdf_that_asks_for_a_password_is_refused():
    assert reason(pdf(password="secret")) == "encrypted"


def test_a_pdf_that_only_restricts_printing_is_taken():
    content = pdf(("annexe.txt", b"annexe"), owner_password="secret")
    assert inspected(content).extension == "pdf"
    assert list(embedded_files(io.BytesIO(content))) == [("annexe.txt", b"annexe")]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"   \0\0\0\n", b""])
def test_white_space_after_a_pdf(end):
    assert inspected(SOUND["pdf"].rstrip() + end).extension == "pdf"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (SOUND["pdf"] + b"<script>alert(1)</script>", "trailing"),
        (SOUND["pdf"] + SOUND["png"], "trailing"),
        (SOUND["pdf"] + archive([("a", b"a")]), "trailing"),
        (SOUND["pdf"] + archive([("a", b"a")], comment=b"%%EOF"), "polyglot"),
        (SOUND["pdf"][:-6] + archive([("a", b"a")]) + b"\n%%EOF\n", "polyglot"),
        (SOUND["pdf"][: len(SOUND["pdf"]) // 2], "unreadable"),
        (b"%PDF-1.7\n%%EOF", "unreadable"),
        (b"%PDF-1.7\n" + b"0" * 500 + b"\nstartxref\n9\n%%EOF", "unreadable"),
        (pdf_of(page_loop), "too_complex"),
        (pdf_of(no_pages), "unreadable"),
        (pdf_of(endless_kids), "too_complex"),
        (b"%PDF-1.7\n" + b"[" * 100_000 + b"\ntrailer\n<</Root 1 0 R>>\n%%EOF", "unreadable"),
    ],
)
def test_pdfs_that_are_not_sound(content, expected):
    assert reason(content) == expected


def test_leading_junk_hides_a_pdf():
    assert reason(b"GIF89a" + SOUND["pdf"]) == "polyglot"
    assert reason(b"hello " + SOUND["pdf"]) in ("type", "leading")


def hostile_object_stream(unpacked):
    """A PDF whose page is in an object stream that unpacks to `unpacked` bytes."""
    packed = zlib.compress(b"9 0 " + bytes(unpacked), 9)
    objects = [
        b"<</Type/Catalog/Pages 9 0 R>>",
        b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>\nstream\n%b\nendstream" % (len(packed), packed),
    ]
    content, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(content))
        content += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    rows = b"".join(struct.pack(">BLH", 1, offset, 0) for offset in offsets) + struct.pack(">BLH", 2, 2, 0)
    start = len(content)
    table = b"<</Type/XRef/Size 10/Index[1 2 9 1]/W[1 4 2]/Root 1 0 R/Length %d>>" % len(rows)
    return content + b"3 0 obj\n%b\nstream\n%b\nendstream\nendobj\nstartxref\n%d\n%%%%EOF" % (table, rows, start)


def test_an_object_stream_that_explodes():
    assert reason(hostile_object_stream(50_000_000)) == "too_complex"


def test_a_parser_that_reads_on_and_on_is_stopped(monkeypatch):
    head = b"%PDF-1.7\n1 0 obj\n(" + b"a" * 5_000_000 + b")\nendobj\n"
    table = b"xref\n0 2\n0000000009 00000 n \n0000000009 00000 n \ntrailer\n<</Root 1 0 R/Size 2>>\n"
    content = head + table + b"startxref\n%d\n%%%%EOF" % len(head)
    monkeypatch.setattr("documents.content.pdf.OPEN_SECONDS", 0.1)
    began = time.thread_time()
    assert reason(content) == "too_complex"
    assert time.thread_time() - began < 0.5


def test_embedded_files_wherever_they_hang():
    assert list(embedded_files(io.BytesIO(samples.pdf_with_annotated_file("note.txt", b"note")))) == [
        ("note.txt", b"note")
    ]
    several = dict(embedded_files(io.BytesIO(pdf(("a", b"1"), ("b", b"2"), compressed=False))))
    assert several == {"a": b"1", "b": b"2"}
    assert list(embedded_files(io.BytesIO(pdf()))) == []


def test_embedded_files_are_bounded():
    with pytest.raises(ContentRefused, match="too_complex"):
        list(embedded_files(io.BytesIO(pdf(("zeros", bytes(60_000_000))))))


def test_embedded_files_that_cannot_be_unpacked():
    content = pdf(("a", b"x" * 1000)).replace(b"/FlateDecode", b"/FlateDecoy!")
    with pytest.raises(ContentRefused, match="unreadable"):
        list(embedded_files(io.BytesIO(content)))
    with pytest.raises(ContentRefused, match="encrypted"):
        list(embedded_files(io.BytesIO(pdf(("a", b"x"), password="secret"))))


def test_a_pdf_of_many_pages_is_quick():
    content = pdf(pages=2000)
    began = time.thread_time()
    assert inspected(content).extension == "pdf"
    assert list(embedded_files(io.BytesIO(content))) == []
    assert time.thread_time() - began < 5


# --- images ----------------------------------------------------------------------------------------------------
def box(name, content):
    return struct.pack(">L4s", 8 + len(content), name) + content


FILM = box(b"ftyp", b"isom0000") + box(b"mdat", b"film" * 10) + box(b"moov", b"x")
SAMSUNG_INDEX = b"SEFH" + struct.pack("<LL", 1, 0)
SAMSUNG = b"\0\0\x01\x0a\x0e\0\0\0Image_UTC_Data1600000000000" + SAMSUNG_INDEX + struct.pack("<L", 12) + b"SEFT"


def png_chunk(name, content):
    return struct.pack(">L", len(content)) + name + content + struct.pack(">L", zlib.crc32(name + content))


def png(width, height, rows=b""):
    header = struct.pack(">LLBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + png_chunk(b"IDAT", zlib.compress(rows))
        + png_chunk(b"IEND", b"")
    )


def with_segments(count, segment):
    """A JPEG with a segment many times over."""
    return SOUND["jpg"][:2] + segment * count + SOUND["jpg"][2:]


@pytest.mark.parametrize(
    "content",
    [
        image("JPEG", progressive=True),
        image("JPEG", mode="L"),
        image("JPEG", mode="CMYK"),
        image("JPEG", exif=Image.Exif().tobytes() or b"Exif\0\0", comment=b"<html>"),
        SOUND["jpg"] + b"\0\0\n",
        SOUND["jpg"] + SOUND["jpg"],
        SOUND["jpg"] + bytes(100) + SOUND["jpg"] + FILM,
        SOUND["jpg"] + FILM,
        SOUND["jpg"] + SAMSUNG,
        image("PNG", mode="P"),
        image("PNG", mode="RGBA"),
        SOUND["png"] + b"\0\0",
        image("GIF", mode="P", comment=b"hello"),
        image("GIF", mode="P", save_all=True, append_images=[Image.new("P", (60, 40))], loop=0),
        SOUND["gif"] + b"\0",
    ],
)
def test_images_as_cameras_and_programs_write_them(content):
    assert inspected(content).mime.startswith("image/")


@pytest.mark.parametrize("extension", ["jpg", "png", "gif"])
@pytest.mark.parametrize(
    ("tail", "expected"),
    [
        (b"<html><script>alert(1)</script>", "trailing"),
        (b"<?php system($_GET[0]);", "trailing"),
        (b"hello", "trailing"),
        (archive([("a.class", b"\xca\xfe\xba\xbe")]), "polyglot"),
        (archive([("a.class", b"x")], comment=b"c" * 300) + b"junk", "polyglot"),
        (b"\n" + pdf(), "polyglot"),
    ],
)
def test_images_that_go_on(extension, tail, expected):
    # A PDF counts where readers find it: near the beginning, which a short image leaves to what follows.
    short = {"jpg": image("JPEG", (1, 1), "L"), "png": image("PNG", (1, 1)), "gif": image("GIF", (1, 1), "P")}
    assert reason(short[extension] + tail) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (SOUND["jpg"] + FILM + b"<html>", "trailing"),
        (SOUND["jpg"] + FILM[:-3], "unreadable"),
        (SOUND["jpg"] + b"<script>" + SAMSUNG, "polyglot"),
        (SOUND["jpg"] + box(b"ftyp", b"<!DOCTYPE html>"), "polyglot"),
        (SOUND["jpg"] + SAMSUNG[:-8] + b"\xff\xff\xff\0SEFT", "trailing"),
        (SOUND["jpg"] + SOUND["jpg"] * 30, "too_complex"),
        (SOUND["jpg"][:-2], "unreadable"),
        (SOUND["jpg"][: len(SOUND["jpg"]) // 2], "unreadable"),
        (b"\xff\xd8\xff\xe0" + bytes(200), "unreadable"),
        (with_segments(200_000, b"\xff\xe1\0\x09Exif\0\0x"), "too_complex"),
        (
            image("JPEG", progressive=True)[:-2] + b"\xff\xda\0\x08\x01\x01\0\0\x3f\0\0" * 200 + b"\xff\xd9",
            "too_complex",
        ),
        (SOUND["png"][:-12], "unreadable"),
        (SOUND["png"][:60] + b"\0" + SOUND["png"][61:], "unreadable"),
        (SOUND["png"][:33] + png_chunk(b"tEXt", b"") * 50_000 + SOUND["png"][33:], "too_complex"),
        (png(100, 100), "unreadable"),
        (SOUND["png"][:-12] + png_chunk(b"tEXt", b"a")[:-1] + b"?" + SOUND["png"][-12:], "unreadable"),
        (png(30_000, 30_000), "too_complex"),
        (png(8_000, 8_000, bytes(1000)), "too_complex"),
        (SOUND["gif"][:-1], "unreadable"),
        (SOUND["gif"][:-1] + b"\x21\xfe" + b"\xff" * 256 * 40_000 + b"\0;", "too_complex"),
        (b"GIF89a" + bytes(7) + b";", "unreadable"),
        (b"GIF89a/*" + bytes(20) + b"*/=1;alert(1)", "unreadable"),
    ],
)
def test_images_that_are_not_sound(content, expected):
    began = time.thread_time()
    assert reason(content) == expected
    assert time.thread_time() - began < 3


# --- Word and Excel of today -----------------------------------------------------------------------------------
def entry(name, mode=0, extra=b""):
    made = zipfile.ZipInfo(name)
    made.external_attr = mode << 16
    made.extra = extra
    return made


def patched(content, old, new, count=-1):
    assert old in content
    return content.replace(old, new, count)


def overlapping():
    """Two names for the bytes of one entry."""
    made = io.BytesIO(docx())
    with zipfile.ZipFile(made, "a") as zipped:
        zipped.writestr("word/a.bin", b"x" * 100)
        twin = zipfile.ZipInfo("word/b.bin")
        first = zipped.getinfo("word/a.bin")
        for name in ("header_offset", "CRC", "compress_size", "file_size", "compress_type", "flag_bits"):
            setattr(twin, name, getattr(first, name))
        zipped.filelist.append(twin)
        zipped.NameToInfo[twin.filename] = twin
    return made.getvalue()


def quoted():
    """An entry whose content is another entry, header and all, which the directory names too."""
    inner = archive([("word/b.bin", b"x" * 100)])
    made = io.BytesIO(docx())
    with zipfile.ZipFile(made, "a") as zipped:
        zipped.writestr("word/a.bin", inner[: inner.index(b"PK\x01\x02")], zipfile.ZIP_STORED)
        outer = zipped.getinfo("word/a.bin")
        with zipfile.ZipFile(io.BytesIO(inner)) as source:
            twin = source.getinfo("word/b.bin")
        twin.header_offset = outer.header_offset + 30 + len("word/a.bin")
        zipped.filelist.append(twin)
        zipped.NameToInfo[twin.filename] = twin
    return made.getvalue()


def with_gap(gap):
    """Bytes that belong to no entry, before the directory."""
    content = docx()
    start = content.index(b"PK\x01\x02")
    moved = content[:start] + gap + content[start:]
    at = moved.rindex(b"PK\x05\x06") + 16
    return moved[:at] + struct.pack("<L", start + len(gap)) + moved[at + 4 :]


def prefixed(prefix):
    """A prefix, with all offsets set right behind it."""
    made = io.BytesIO(prefix)
    made.seek(0, 2)
    with zipfile.ZipFile(made, "a") as zipped, zipfile.ZipFile(io.BytesIO(docx())) as sound:
        for name in sound.namelist():
            zipped.writestr(name, sound.read(name))
    return made.getvalue()


def lying_size():
    """An entry said to be smaller than it unpacks to."""
    return patched(docx(("word/a.bin", b"x" * 123_457)), struct.pack("<L", 123_457), struct.pack("<L", 57))


MACROS = '<Override PartName="/word/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/>'
MACRO_MAIN = "application/vnd.ms-word.document.macroEnabled.main+xml"
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
OUTER_XML = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
DDE_LINK = '<externalLink><ddeLink xmlns="x" ddeService="cmd" ddeTopic="/c calc"/></externalLink>'


@pytest.mark.parametrize(
    "content",
    [
        docx(compression=zipfile.ZIP_STORED),
        docx(("word/media/photo.jpg", SOUND["jpg"]), ("docProps/", b"")),
        docx(("word/embeddings/chart.xlsx", xlsx()), ("word/embeddings/oleObject1.bin", xls())),
        docx(("customXml/été.xml", "<a/>")),
        docx(("word/document2.xml", "<a>été</a>".encode("utf-16"))),
        docx(body=field(" PAGE ") + field(" REF DDE ") + field("DDETAILS") + "<w:p><w:t>DDE cmd</w:t></w:p>"),
        docx(("word/_rels/document.xml.rels", relations("https://example.com/", "mailto:a@example.com"))),
        xlsx(("xl/externalLinks/_rels/a.rels", relations("https://example.com/a.xlsx", kind="externalLinkPath"))),
        xlsx(("xl/externalLinks/externalLink1.xml", "<externalLink/>")),
        with_gap(bytes(16)),
    ],
)
def test_office_files_as_programs_write_them(content):
    assert inspected(content).extension in ("docx", "xlsx")


def test_a_streamed_package():
    """Writers that cannot go back put sizes behind the entries."""

    class Pipe(io.RawIOBase):
        def __init__(self):
            self.content = b""

        def writable(self):
            return True

        def write(self, data):
            self.content += bytes(data)
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as zipped, zipfile.ZipFile(io.BytesIO(docx())) as sound:
        for name in sound.namelist():
            with zipped.open(name, "w", force_zip64=True) as target:
                target.write(sound.read(name))
    assert inspected(pipe.content).extension == "docx"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        # what it is
        (archive([("a.txt", b"a")]), "type"),
        (archive([("word/document.xml", samples.word())]), "type"),
        (docx(types=content_types("application/vnd.oasis.opendocument.text")), "type"),
        (docx(types=content_types(samples.DOCX_MAIN.replace("document.main", "template.main"))), "type"),
        (docx(types=content_types(part="/word/missing.xml")), "type"),
        (
            docx(types=content_types(more=f'<Override PartName="/_rels/.rels" ContentType="{samples.XLSX_MAIN}"/>')),
            "type",
        ),
        # names
        (docx(("../../etc/passwd", b"x")), "archive"),
        (docx(("word/../../x", b"x")), "archive"),
        (docx(("/etc/passwd", b"x")), "archive"),
        (docx(("word//x", b"x")), "archive"),
        (docx(("./x", b"x")), "archive"),
        (docx(("C:/x", b"x")), "archive"),
        (docx(("..\\x", b"x")), "archive"),
        (patched(docx(("word/aXb", b"x")), b"word/aXb", b"word/a\0b"), "archive"),
        (docx(("word/a\nb", b"x")), "archive"),
        (docx(("word/a\u202eb", b"x")), "archive"),
        (patched(docx(("word/document.xmX", b"x")), b"word/document.xmX", b"word/document.xml"), "archive"),
        (docx(("WORD/DOCUMENT.XML", b"x")), "archive"),
        (docx((entry("word/link", 0o120777), b"/etc/passwd")), "archive"),
        # layout
        (overlapping(), "archive"),
        (quoted(), "archive"),
        (with_gap(b"<script>alert(1)</script>"), "archive"),
        (prefixed(b"PK\x03\x04" + bytes(30)), "archive"),
        (docx() + b"junk", "trailing"),
        (docx(comment=b"<script>"), "trailing"),
        (docx()[:-2] + b"\x05\0", "trailing"),
        (docx()[:-22], "unreadable"),
        (docx()[:-1], "unreadable"),
        (docx(compression=zipfile.ZIP_LZMA), "archive"),
        (docx(compression=zipfile.ZIP_BZIP2), "archive"),
        (patched(docx(), b"PK\x01\x02\x14\x03\x14\0\0\0", b"PK\x01\x02\x14\x03\x14\0\x01\0"), "encrypted"),
        (patched(docx(), b"PK\x03\x04\x14\0\0\0", b"PK\x03\x04\x14\0\x01\0"), "archive"),
        (patched(docx(), b"PK\x03\x04\x14\0\0\0\x08\0", b"PK\x03\x04\x14\0\0\0\0\0", 1), "archive"),
        # size
        (lambda: docx(*[(f"word/{n}", b"") for n in range(2000)]), "too_complex"),
        (lambda: docx(("word/zeros.bin", bytes(5_000_000))), "too_complex"),
        (lambda: docx(*[(f"word/{n}.bin", b"0123456789abcdef" * 250_000) for n in range(60)]), "too_complex"),
        (lying_size(), "archive"),
        # what is in it
        (docx(("word/vbaProject.bin", b"x")), "macros"),
        (docx(("word/VBAPROJECT.BIN", b"x")), "macros"),
        (docx(("word/vbaData.xml", "<a/>")), "macros"),
        (docx(("word/vbaProjectSignature.bin", b"x")), "macros"),
        (xlsx(("xl/macrosheets/sheet1.xml", "<a/>")), "macros"),
        (docx(("word/activeX/activeX1.xml", "<a/>")), "macros"),
        (docx(types=content_types(MACRO_MAIN)), "macros"),
        (docx(types=content_types(more=MACROS)), "macros"),
        (docx(body=field("DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe")), "macros"),
        (docx(body=field(" dde cmd")), "macros"),
        (docx(body=field("D", "DE", "AUTO", " cmd")), "macros"),
        (docx(body='<w:fldSimple w:instr=" DDEAUTO cmd "/>'), "macros"),
        (docx(("word/footer1.xml", samples.word(field("DDEAUTO cmd")))), "macros"),
        (docx(("word/footer1.xml", samples.word(field("DDEAUTO cmd")).encode("utf-16"))), "macros"),
        (xlsx(("xl/externalLinks/externalLink1.xml", DDE_LINK)), "macros"),
        (docx(("word/embeddings/a.xlsm", xlsx(("xl/vbaProject.bin", b"x")))), "macros"),
        (docx(("word/embeddings/a.bin", samples.doc(**{"Macros/VBA/dir": b"x"}))), "macros"),
        (docx(("word/embeddings/a.bin", samples.doc(EncryptedPackage=b"x"))), "encrypted"),
        (
            docx(("word/embeddings/a.bin", samples.doc(Package=xlsx(FILLER, ("xl/vbaProject.bin", b"x"))))),
            "too_complex",
        ),
        (docx(("word/a.docx", docx(("word/b.docx", docx())))), "too_complex"),
        (lambda: docx(("word/a.zip", archive([("z", bytes(5_000_000))]))), "too_complex"),
        (docx(("word/a.zip", archive([("../z", b"z")]))), "archive"),
        # XML
        (docx(("word/a.xml", LAUGHS)), "archive"),
        (docx(("word/a.xml", "<!DOCTYPE x><x/>")), "archive"),
        (docx(("customXml/a.xml", "<!DOCTYPE x><x/>")), "archive"),
        (docx(("customXml/a.xml", OUTER_XML)), "archive"),
        (docx(("word/_rels/a.rels", OUTER_XML)), "archive"),
        (docx(types=LAUGHS), "archive"),
        (docx(("word/a.xml", "<a><b></a>")), "archive"),
        (docx(("word/a.xml", "")), "archive"),
        (docx(("word/a.xml", b"<a>\xff\xfe</a>")), "archive"),
        (xlsx(("xl/sharedStrings.xml", LAUGHS)), "archive"),
        (lambda: xlsx(("xl/sharedStrings.xml", "<!-- -->" * 9000 + LAUGHS)), "archive"),
        (lambda: docx(("word/a.xml", "<a>" * 1_000_000)), "too_complex"),
        (lambda: docx(("word/a.xml", b"<a>" + b"<a/>" * 2_100_000 + b"</a>"), compression=0), "too_complex"),
        (lambda: docx(("word/a.xml", "<a>" + "".join(f"<a{n}/>" for n in range(50_000)) + "</a>")), "too_complex"),
        (lambda: docx(("word/_rels/a.rels", "<a>" * 1_000_000)), "too_complex"),
        (lambda: docx(("word/a.xml", b"<a b='" + bytes(range(48, 58)) * 300_000 + b"'/>")), "too_complex"),
        (lambda: xlsx(("xl/sharedStrings.xml", b"<a b='" + bytes(range(48, 58)) * 300_000 + b"'/>")), "too_complex"),
        # from elsewhere
        (
            docx(("word/_rels/settings.xml.rels", relations("http://x.example/t.dotm", kind="attachedTemplate"))),
            "links",
        ),
        (docx(("word/_rels/document.xml.rels", relations("http://x.example/t.png", kind="image"))), "links"),
        (docx(("word/_rels/document.xml.rels", relations("mhtml:http://x.example/", kind="oleObject"))), "links"),
        (docx(("word/_rels/document.xml.rels", relations("http://x.example/a.htm", kind="frame"))), "links"),
    ],
)
def test_office_files_that_are_not_sound(content, expected):
    content = content() if callable(content) else content  # Large ones are made when they are asked for.
    began = time.thread_time()
    assert reason(content) == expected
    assert time.thread_time() - began < 4


@pytest.mark.parametrize(
    ("target", "near"),
    [
        ("Normal.dotm", True),
        ("../Modeles/Lettre.dotx", True),
        ("file:///C:\\Users\\Anne\\Modeles\\Lettre.dotx", True),
        ("file:///C:/Users/Anne/Lettre.dotx", True),
        ("C:\\Modeles\\Lettre.dotx", True),
        ("\\\\SRV01\\Modeles\\Lettre.dotx", True),
        ("file:///\\\\SRV01\\Modeles\\Lettre.dotx", True),
        ("file://SRV01/Modeles/Lettre.dotx", True),
        ("http://x.example/a", False),
        ("HTTPS://x.example/a", False),
        (" https://x.example/a", False),
        ("ftp://x.example/a", False),
        ("mhtml:http://x.example/a", False),
        ("//x.example/a", False),
        ("\\\\x.example\\a", False),
        ("\\\\203.0.113.7\\a", False),
        ("\\\\3405803783\\a", False),
        ("\\\\x@80\\a", False),
        ("\\\\x@SSL\\a", False),
        ("file://x.example/a", False),
        ("file:////x.example/a", False),
        ("file:///\\\\x.example\\a", False),
        ("file:\\\\x.example\\a", False),
    ],
)
def test_targets_that_stay_in_the_office(target, near):
    assert is_near(target) is near


def test_a_large_sheet_is_read_in_little_memory():
    row = b"".join(b'<c r="A%d"><v>%d</v></c>' % (n, n * 7919 % 10_007) for n in range(20_000))
    sheet = b"<sheetData>" + b"<row>%b</row>" % row * 60 + b"</sheetData>"
    content = xlsx(("xl/worksheets/sheet1.xml", sheet))
    assert len(sheet) > 30_000_000
    del sheet
    tracemalloc.start()
    assert inspected(content).extension == "xlsx"
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


# --- Word and Excel of before ----------------------------------------------------------------------------------
def shared_sectors():
    """Two streams that claim the sectors of one."""
    content = samples.doc(Data=b"x" * 100_000)
    name = "WordDocument".encode("utf-16-le")
    entry, data = content.index(name), content.index("Data".encode("utf-16-le"))
    return content[: entry + 116] + content[data + 116 : data + 128] + content[entry + 128 :]


@pytest.mark.parametrize(
    "content",
    [
        samples.doc(text=b"\x13 PAGE \x14 1 \x15 DDE DDEAUTO"),
        samples.doc(**{"ObjectPool/_1/Workbook": b"x", "Data": b"theme" + archive([("a.xml", b"<a/>")]) + b"more"}),
        samples.doc(Package=xlsx(FILLER)),
        xls(record(0x85, bytes(5) + b"\x02\0Graph")),
    ],
)
def test_compound_files_as_programs_write_them(content):
    assert inspected(content).extension in ("doc", "xls")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (samples.compound({"PowerPoint Document": b"x"}), "type"),
        (samples.compound({"__properties_version1.0": b"x"}), "type"),
        (samples.compound({"WordDocument": b"x", "Workbook": b"x"}), "type"),
        (samples.compound({"WordDocument": b"x"}), "unreadable"),
        (samples.compound({"Workbook": b"\x01" * 4096}), "unreadable"),
        (samples.doc(flags=0x0100), "encrypted"),
        (xls(record(0x2F, bytes(6))), "encrypted"),
        (samples.compound({"EncryptedPackage": b"x", "EncryptionInfo": b"x"}), "encrypted"),
        (samples.doc(**{"Macros/VBA/dir": b"x"}), "macros"),
        (samples.doc(**{"MACROS/x": b"x"}), "macros"),
        (xls(**{"_VBA_PROJECT_CUR/VBA/dir": b"x"}), "macros"),
        (samples.doc(**{"ObjectPool/_1/Macros/VBA/dir": b"x"}), "macros"),
        (xls(record(0x85, bytes(5) + b"\x01\0Macro1")), "macros"),
        (xls(record(0x85, bytes(4) + b"\x02\x01\0Hidden")), "macros"),
        (xls(record(0x85, bytes(5) + b"\x06\0Module")), "macros"),
        (samples.doc(text=b"\x13 DDEAUTO cmd\x14"), "macros"),
        (samples.doc(text="\x13 ddeauto cmd\x14".encode("utf-16-le")), "macros"),
        (samples.doc(Package=xlsx(FILLER, ("xl/vbaProject.bin", b"x"))), "macros"),
        (samples.doc(Package=archive([("z", bytes(5_000_000))])), "too_complex"),
        (samples.doc() + archive([("a", b"a")]), "polyglot"),
        (samples.doc(zLast=archive([("a", b"a")]).rjust(4096, b"x")), "polyglot"),
        (samples.doc() + bytes(200_000) + b"x", "trailing"),
        (samples.doc()[:1000], "unreadable"),
        (shared_sectors(), "too_complex"),
    ],
)
def test_compound_files_that_are_not_sound(content, expected):
    assert reason(content) == expected


# --- anything at all -------------------------------------------------------------------------------------------
RICH = [
    *SOUND.values(),
    docx(("word/embeddings/chart.xlsx", xlsx()), ("word/media/a.jpg", SOUND["jpg"]), body=field("PAGE")),
    samples.doc(Package=xlsx(FILLER)),
    SOUND["jpg"] + SOUND["jpg"] + FILM,
    hostile_object_stream(1000),
    pdf(("a.pdf", pdf(("b", b"b"))), owner_password="x"),
]


@st.composite
def damaged(draw):
    """A sample with bytes changed, cut out, doubled, or taken from another sample."""
    content = bytearray(draw(st.sampled_from(RICH)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(content)))
        size = draw(st.sampled_from([0, 1, 2, 4, 16, 100]))
        other = draw(st.sampled_from(RICH))
        where = draw(st.integers(0, len(other)))
        new = draw(st.one_of(st.binary(max_size=8), st.just(other[where : where + size]), st.just(b"\xff" * size)))
        content[at : at + draw(st.sampled_from([0, len(new), size]))] = new
    return bytes(content[: draw(st.one_of(st.just(len(content)), st.integers(0, len(content))))])


@settings(max_examples=150, deadline=5000, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(damaged())
def test_damaged_files_are_taken_or_refused_and_nothing_else(content):
    with contextlib.suppress(ContentRefused):
        if inspected(content).extension == "pdf":
            list(embedded_files(io.BytesIO(content)))


@given(st.binary(max_size=300), st.text(max_size=30))
def test_any_bytes_under_any_name(content, file_name):
    with contextlib.suppress(ContentRefused):
        inspected(content, file_name)
