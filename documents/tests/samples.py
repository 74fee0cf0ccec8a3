"""Small files of every kind, sound and hostile, made at run time."""

import io
import struct
import zipfile

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, StreamObject, TextStringObject

DOCX_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
XLSX_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def eicar():
    """The test string that every scanner knows, put together here so that no file of the project holds it."""
    return rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-" + rb"ANTIVIRUS-TEST-FILE!$H+H*"


def image(form, size=(60, 40), mode="RGB", **options):
    made = io.BytesIO()
    Image.effect_noise(size, 50).convert(mode).save(made, form, **options)
    return made.getvalue()


def pdf(*attachments, password=None, owner_password=None, compressed=True, pages=1):
    """A PDF with (name, content) pairs as attachments."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    for name, content in attachments:
        embedded = StreamObject()
        embedded.set_data(content)
        if compressed:
            embedded = embedded.flate_encode()
        embedded[NameObject("/Type")] = NameObject("/EmbeddedFile")
        _attach(writer, name, writer._add_object(embedded))
    if password is not None or owner_password is not None:
        writer.encrypt(password or "", owner_password, algorithm="AES-256")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def _attach(writer, name, stream):
    specification = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Filespec"),
            NameObject("/F"): TextStringObject(name),
            NameObject("/EF"): DictionaryObject({NameObject("/F"): stream}),
        }
    )
    tree = writer.root_object.setdefault(NameObject("/Names"), DictionaryObject())
    files = tree.setdefault(NameObject("/EmbeddedFiles"), DictionaryObject())
    names = files.setdefault(NameObject("/Names"), ArrayObject())
    names.extend([TextStringObject(name), specification])


def pdf_with_annotated_file(name, content):
    """A PDF whose file hangs on a page as a paper clip, outside the name tree, without saying what it is."""
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    embedded = StreamObject()
    embedded.set_data(content)
    note = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/FileAttachment"),
            NameObject("/FS"): DictionaryObject(
                {
                    NameObject("/F"): TextStringObject(name),
                    NameObject("/EF"): DictionaryObject(
                        {NameObject("/UF"): writer._add_object(embedded.flate_encode())}
                    ),
                }
            ),
        }
    )
    page[NameObject("/Annots")] = ArrayObject([note])
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def archive(entries, compression=zipfile.ZIP_DEFLATED, comment=b""):
    """A ZIP of (name, content) pairs; a name may be a ZipInfo."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as zipped:
        for name, content in entries:
            zipped.writestr(name, content)
        zipped.comment = comment
    return made.getvalue()


def content_types(main=DOCX_MAIN, part="/word/document.xml", more=""):
    return (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="{part}" ContentType="{main}"/>{more}</Types>'
    )


def relations(*outside, kind="hyperlink"):
    """Relations of a part, each to a target outside the file."""
    links = "".join(
        f'<Relationship Id="r{n}" Type="{RELATIONS}/{kind}" Target="{target}" TargetMode="External"/>'
        for n, target in enumerate(outside)
    )
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="main" Type="{RELATIONS}/officeDocument" Target="word/document.xml"/>{links}</Relationships>'
    )


def word(body=""):
    return f"<w:document {W}><w:body><w:p><w:r><w:t>Mise en demeure</w:t></w:r></w:p>{body}</w:body></w:document>"


def docx(*more, types=None, body="", **options):
    """A Word file, with more (name, content) entries."""
    entries = [
        ("[Content_Types].xml", types or content_types()),
        ("_rels/.rels", relations()),
        ("word/document.xml", word(body)),
        *more,
    ]
    return archive(entries, **options)


def xlsx(*more, types=None, **options):
    """An Excel file, with more (name, content) entries."""
    entries = [
        ("[Content_Types].xml", types or content_types(XLSX_MAIN, "/xl/workbook.xml")),
        ("_rels/.rels", relations()),
        ("xl/workbook.xml", "<workbook/>"),
        *more,
    ]
    return archive(entries, **options)


def field(*runs):
    """A Word field whose code is cut into runs."""
    code = "".join(f"<w:r><w:instrText>{run}</w:instrText></w:r>" for run in runs)
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    return f"<w:p>{mark.format('begin')}{code}{mark.format('separate')}{mark.format('end')}</w:p>"


def doc(flags=0, text=b"", **streams):
    """A Word file of the older form."""
    return compound(
        {"WordDocument": struct.pack("<H8xH", 0xA5EC, flags) + bytes(500) + text, "1Table": b"t", **streams}
    )


def record(number, data=b""):
    return struct.pack("<HH", number, len(data)) + data


def xls(*records, **streams):
    """An Excel file of the older form, with more records among its globals."""
    book = record(0x0809, struct.pack("<HH", 0x0600, 5) + bytes(12)) + b"".join(records)
    sheet = record(0x85, bytes(6) + b"\x05\0Feuil")
    return compound({"Workbook": book + sheet + record(0x0A), **streams})


FREE, END, FAT_SECTOR, NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF


def compound(streams):
    """A compound file of streams (path with "/" → content), each of 4096 bytes at least: none is "mini"."""
    entries, contents = [["Root Entry", 5, NONE, NONE, NONE, END, 0]], []
    _add_entries(entries, contents, 0, _tree(streams))
    directory_sectors = -(-len(entries) // 4)
    data_sectors = sum(len(content) // 512 for content in contents)
    fat_sectors = -(-(directory_sectors + data_sectors + 1) // 127)
    fat = [FAT_SECTOR] * fat_sectors + _chain(fat_sectors, directory_sectors)
    position = len(fat)
    for entry in entries:
        if entry[1] == 2:
            content = contents[entry[5]]
            entry[5] = position
            fat += _chain(position, len(content) // 512)
            position = len(fat)
    fat += [FREE] * (fat_sectors * 128 - len(fat))
    header = struct.pack(
        "<8s16xHHHHH6xLLLLLLLLL",
        bytes.fromhex("d0cf11e0a1b11ae1"), 0x3E, 3, 0xFFFE, 9, 6, 0, fat_sectors, fat_sectors, 0, 4096, END, 0, END, 0,
    )  # fmt: skip
    header += struct.pack("<109L", *range(fat_sectors), *[FREE] * (109 - fat_sectors))
    directory = b"".join(map(_entry, entries)).ljust(directory_sectors * 512, b"\0")
    return header + struct.pack(f"<{len(fat)}L", *fat) + directory + b"".join(contents)


def _tree(streams):
    tree = {}
    for path, content in streams.items():
        *folders, name = path.split("/")
        place = tree
        for folder in folders:
            place = place.setdefault(folder, {})
        place[name] = content
    return tree


def _add_entries(entries, contents, parent, tree):
    """Children of a storage, each the right neighbour of the one before."""
    before = None
    for name, content in tree.items():
        number = len(entries)
        if before is None:
            entries[parent][4] = number
        else:
            entries[before][3] = number
        before = number
        if isinstance(content, dict):
            entries.append([name, 1, NONE, NONE, NONE, 0, 0])
            _add_entries(entries, contents, number, content)
        else:
            size = max(4096, len(content))
            entries.append([name, 2, NONE, NONE, NONE, len(contents), size])
            contents.append(content.ljust(-(-size // 512) * 512, b"\0"))


def _chain(start, length):
    return [*range(start + 1, start + length), END] if length else []


def _entry(entry):
    name, kind, left, right, child, start, size = entry
    text = name.encode("utf-16-le")
    return struct.pack("<64sHBBLLL16xL16xLQ", text, len(text) + 2, kind, 1, left, right, child, 0, start, size)
