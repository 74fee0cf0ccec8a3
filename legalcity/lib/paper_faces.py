"""A font of one width as a paper holds it: the signs that were drawn, and what they mean, so that text is found."""

import io
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pydyf
from PIL import ImageFont

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

UNKNOWN = 0xFFFD  # In the place of a sign that the font has not
AT_ONCE = 100  # entries of a map of signs
MAP = """/CIDInit /ProcSet findresource begin 12 dict begin begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def /CMapType 2 def
1 begincodespacerange <0000> <ffff> endcodespacerange
{entries}
endcmap CMapName currentdict /CMap defineresource pop end end"""


class Glyphs(dict[int, str]):
    """The glyph of each sign that was drawn, in hexadecimal, as `str.translate` asks for it."""

    def __init__(self, font: "TTFont") -> None:
        self.font = font
        self.known: dict[int, str] = font.getBestCmap()

    def __missing__(self, code: int) -> str:
        self[code] = f"{self.font.getGlyphID(self.known[self.meant(code)]):04x}"
        return self[code]

    def meant(self, code: int) -> int:
        """The sign that stands for `code`: itself, where the font has it."""
        return code if code in self.known else UNKNOWN


class Face:
    """A font of the system, by the name of its file. Raises OSError where it is not installed."""

    ADVANCE = 0.602  # of the size: the width of each sign of DejaVu Sans Mono

    def __init__(self, file: str) -> None:
        from fontTools.ttLib import TTFont  # Half a second to load, which no command and no worker waits for

        self.name = file.partition(".")[0]
        content = Path(str(ImageFont.truetype(file).path)).read_bytes()
        self.font = TTFont(io.BytesIO(content), lazy=True, recalcTimestamp=False)
        self.used = Glyphs(self.font)

    def glyphs(self, text: str) -> str:
        """`text` as a string of the PDF, in hexadecimal."""
        return unicodedata.normalize("NFC", text).translate(self.used)

    def embedded(self, pdf: pydyf.PDF) -> bytes:
        """Put the font into `pdf`; returns the reference to it."""
        content = self._subset()
        file = _stream(pdf, content, Length1=len(content))
        head, hhea = self.font["head"], self.font["hhea"]
        descriptor = {
            "Type": "/FontDescriptor",
            "FontName": f"/{self.name}",
            "Flags": 5,  # one width, signs by their number
            "FontBBox": pydyf.Array([head.xMin, head.yMin, head.xMax, head.yMax]),
            "ItalicAngle": 0,
            "Ascent": hhea.ascent,
            "Descent": hhea.descent,
            "CapHeight": hhea.ascent,
            "StemV": 80,
            "FontFile2": file,
        }
        system = pydyf.Dictionary({"Registry": "(Adobe)", "Ordering": "(Identity)", "Supplement": 0})
        descendant = {
            "Type": "/Font",
            "Subtype": "/CIDFontType2",
            "BaseFont": f"/{self.name}",
            "CIDSystemInfo": system,
            "CIDToGIDMap": "/Identity",
            "DW": round(self.ADVANCE * 1000),
            "FontDescriptor": _added(pdf, descriptor),
        }
        font = {
            "Type": "/Font",
            "Subtype": "/Type0",
            "BaseFont": f"/{self.name}",
            "Encoding": "/Identity-H",
            "DescendantFonts": pydyf.Array([_added(pdf, descendant)]),
            "ToUnicode": _stream(pdf, self._meanings().encode()),
        }
        return _added(pdf, font)

    def _subset(self) -> bytes:
        """The file of the font with the used signs alone, each by the number that it has."""
        from fontTools.subset import Options, Subsetter

        options: Any = Options(retain_gids=True, hinting=False, layout_features=[], name_IDs=[], notdef_outline=True)
        options.drop_tables += ["GSUB", "GPOS", "GDEF", "kern"]
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=sorted(map(self.used.meant, self.used)))
        subsetter.subset(self.font)
        file = io.BytesIO()
        self.font.save(file)
        return file.getvalue()

    def _meanings(self) -> str:
        meant = {glyph: chr(self.used.meant(code)) for code, glyph in self.used.items()}
        pairs = [f"<{glyph}> <{sign.encode('utf-16-be').hex()}>" for glyph, sign in meant.items()]
        parts = [pairs[at : at + AT_ONCE] for at in range(0, len(pairs), AT_ONCE)]
        entries = "\n".join(f"{len(part)} beginbfchar\n{chr(10).join(part)}\nendbfchar" for part in parts)
        return MAP.format(entries=entries)


def _stream(pdf: pydyf.PDF, content: bytes, **extra: int) -> bytes:
    stream = pydyf.Stream([content], extra, compress=True)
    pdf.add_object(stream)
    reference: bytes = stream.reference
    return reference


def _added(pdf: pydyf.PDF, values: dict[str, Any]) -> bytes:
    thing = pydyf.Dictionary(values)
    pdf.add_object(thing)
    reference: bytes = thing.reference
    return reference
