"""Images: walked through to their very end, then opened by Pillow."""

import mmap
import re
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from PIL import Image

from documents.content.inert import is_inert
from documents.content.refusal import ContentRefused
from documents.content.types import GIF, JPG, PNG, Kind
from legalcity.lib.rasters import one_raster

MAX_PIXELS = 50_000_000  # A4 at 600 dots an inch has 35 million
# Far more than any program writes, few enough that decoders, which do work for each, stay quick.
MAX_SCANS = 100  # of a progressive JPEG; ten are usual
MAX_SEGMENTS = 2_000  # of a JPEG
MAX_PICTURES = 20  # in one JPEG file
MAX_CHUNKS = 20_000  # of a PNG
MAX_COMMENT = 64 * 1024  # bytes in a GIF
PADDING = re.compile(rb"[\0\t\n\r ]*")
# Lazily: the length before the name begins with zeros itself.
FILM = re.compile(rb"[\0\t\n\r ]*?(?=.{4}ftyp)", re.DOTALL)
NEXT_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
MARKUP = re.compile(rb"<(?:html|script|!doctype|\?php)", re.IGNORECASE)
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"

Content = mmap.mmap | bytes


def check_jpeg(file: IO[bytes]) -> Kind:
    """Check a JPEG: what follows the picture may only be what cameras write there."""
    with _content(file) as data:
        _check_jpeg_tail(data, _jpeg_end(data, 0))
    _open(file, "JPEG")
    return JPG


def check_png(file: IO[bytes]) -> Kind:
    """Check a PNG, which ends with its IEND chunk."""
    with _content(file) as data:
        _require_end(data, _png_end(data))
    _open(file, "PNG")
    return PNG


def check_gif(file: IO[bytes]) -> Kind:
    """Check a GIF, which ends with its trailer."""
    with _content(file) as data:
        _require_end(data, _gif_end(data))
    _open(file, "GIF")
    return GIF


@contextmanager
def _content(file: IO[bytes]) -> Iterator[Content]:
    """The bytes of the file, mapped rather than read where it is on a disk. A walk off their end is a damage."""
    try:
        file.flush()
        mapped: mmap.mmap | None = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError, AttributeError):
        mapped = None
    file.seek(0)
    try:
        yield file.read() if mapped is None else mapped
    except (IndexError, struct.error):
        raise ContentRefused("unreadable") from None
    finally:
        if mapped is not None:
            mapped.close()


def _require_end(data: Content, end: int) -> None:
    if not is_inert(data[end:]):
        raise ContentRefused("trailing")


def _jpeg_end(data: Content, start: int) -> int:
    """Where the picture that begins at `start` ends: just after its EOI marker."""
    position, scans = start + 2, 0
    for _ in range(MAX_SEGMENTS):
        if data[position] != 0xFF:
            raise ContentRefused("unreadable")
        marker = data[position + 1]
        if marker == 0xFF:  # fill
            position += 1
        elif marker == 0xD9:
            return position + 2
        else:
            position += 2 + struct.unpack_from(">H", data, position + 2)[0]
            if marker == 0xDA:
                scans += 1
                position = _scan_end(data, position)
        if scans > MAX_SCANS:
            break
    raise ContentRefused("too_complex")


def _scan_end(data: Content, position: int) -> int:
    found = NEXT_MARKER.search(data, position)
    if found is None:
        raise ContentRefused("unreadable")
    return found.start()


def _check_jpeg_tail(data: Content, end: int) -> None:
    """Cameras append more pictures (previews, gain maps), a short film, or a maker's block (Samsung)."""
    begin = end
    for _ in range(MAX_PICTURES):
        if film := FILM.match(data, end):
            end = _film_end(data, film.end())
            continue
        padding = PADDING.match(data, end)
        end = padding.end() if padding else end
        if data[end : end + 3] == b"\xff\xd8\xff":
            end = _jpeg_end(data, end)
        elif is_inert(data[end:]) or _is_samsung_block(data, end):
            break
        else:
            raise ContentRefused("trailing")
    else:
        raise ContentRefused("too_complex")
    if MARKUP.search(data, begin):
        raise ContentRefused("polyglot")


def _film_end(data: Content, position: int) -> int:
    """Where the MP4 boxes from `position` on end, which must be within the file."""
    while position < len(data):
        size = int.from_bytes(data[position : position + 4])
        if size == 1:  # the true size follows the name
            size = int.from_bytes(data[position + 8 : position + 16])
        if size == 0:  # the rest of the file
            return len(data)
        if size < 8 or not data[position + 4 : position + 8].isalnum():
            break
        position += size
    if position > len(data):
        raise ContentRefused("unreadable")
    return position


def _is_samsung_block(data: Content, start: int) -> bool:
    """Named blocks, then their index: SEFH … length SEFT."""
    if data[-4:] != b"SEFT":
        return False
    index = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    return index >= start and data[index : index + 4] == b"SEFH"


def _png_end(data: Content) -> int:
    if data[:8] != PNG_SIGNATURE:
        raise ContentRefused("unreadable")
    position = 8
    for _ in range(MAX_CHUNKS):
        length, name = struct.unpack_from(">L4s", data, position)
        position += 12 + int(length)
        if position > len(data):
            raise ContentRefused("unreadable")
        if name == b"IEND":
            return position
    raise ContentRefused("too_complex")


def _gif_end(data: Content) -> int:
    position, comment = 13 + _color_table(data[10]), 0
    while data[position] != 0x3B:
        if data[position] == 0x21:
            begin = position + 2
        elif data[position] == 0x2C:
            begin = position + 11 + _color_table(data[position + 9])
        else:
            raise ContentRefused("unreadable")
        end = _blocks_end(data, begin)
        comment += end - begin if data[position : position + 2] == b"\x21\xfe" else 0
        if comment > MAX_COMMENT:
            raise ContentRefused("too_complex")
        position = end
    return position + 1


def _blocks_end(data: Content, position: int) -> int:
    """Just after a run of blocks, each behind its length, that an empty one ends."""
    while data[position]:
        position += 1 + data[position]
    return position + 1


def _color_table(flags: int) -> int:
    """Bytes of the colour table that follows."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _open(file: IO[bytes], form: str) -> None:
    """Have Pillow verify the image, then decode it (a JPEG at an eighth of its size: all of it is still read)."""
    try:
        file.seek(0)
        image = Image.open(file, formats=(form,))
        if image.width * image.height > MAX_PIXELS:
            raise ContentRefused("too_complex")
        image.verify()
        with one_raster:
            file.seek(0)
            image = Image.open(file, formats=(form,))
            image.draft(image.mode, (1, 1))
            image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ContentRefused("too_complex") from None
    except ContentRefused:
        raise
    except Exception as error:  # Whatever a decoder says of hostile bytes.
        raise ContentRefused("unreadable") from error
