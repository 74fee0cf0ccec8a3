"""Long lists on paper: lines of one width, drawn straight onto the pages behind what WeasyPrint has laid out.

WeasyPrint lays out and draws text as web pages have it, at a millisecond a line: an account of five hundred invoices
took it four seconds. A list of figures needs none of that. `Listing` is a finisher of WeasyPrint: it begins where the
element with the id `BEGINS` stands, and draws the foot of all pages, which it alone can count.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pydyf

from legalcity.lib.paper_faces import Face

MILLIMETRE, PIXEL = 72 / 25.4, 0.75  # in points
WIDTH, HEIGHT = 210 * MILLIMETRE, 297 * MILLIMETRE
SIDE, TOP, BOTTOM = 16 * MILLIMETRE, 16 * MILLIMETRE, 22 * MILLIMETRE
BEGINS = "lists"
NAVY, INK, GREY = (0.086, 0.212, 0.361), (0.11, 0.141, 0.188), (0.357, 0.392, 0.439)


class Style(NamedTuple):
    """How a line looks: `leading` is its height, `gap` the space above it, both in points; `rule`: a line above."""

    size: float = 6.6
    leading: float = 9.6
    gap: float = 0.0
    is_bold: bool = False
    colour: tuple[float, float, float] = INK
    rule: bool = False

    @property
    def height(self) -> float:
        """All that it takes."""
        return self.leading + self.gap


PLAIN, STRONG, QUIET = Style(), Style(is_bold=True), Style(colour=GREY)
HEAD, VOID = Style(7.4, 10.6, 5, True, rule=True), Style(7.4, 10.6, 5, True, GREY, rule=True)
TITLE = Style(11, 15, 14, True, NAVY)


class Row(NamedTuple):
    """A line; `keeps`: how many lines after it stay on its page."""

    text: str
    style: Style = PLAIN
    keeps: int = 0


class Placed(NamedTuple):
    """A line on a page, `y` points above its lower edge."""

    y: float
    row: Row


@dataclass(slots=True)
class Listing:
    """Draws `rows` behind a document of WeasyPrint, and `foot` on every page. Raises OSError without the fonts."""

    rows: Sequence[Row]
    foot: Sequence[str]
    plain: Face = field(default_factory=lambda: Face("DejaVuSansMono.ttf"))
    bold: Face = field(default_factory=lambda: Face("DejaVuSansMono-Bold.ttf"))

    def __call__(self, document: Any, pdf: pydyf.PDF) -> None:
        """As WeasyPrint calls a finisher, when its own pages are drawn."""
        laid = [page for page in pdf.objects if isinstance(page, pydyf.Dictionary) and page.get("Type") == "/Page"]
        shared = _of(pdf, laid[0]["Resources"])
        begin = document.pages[-1].anchors[BEGINS][1] * PIXEL
        first, *others = _pages(list(self._wrapped()), begin)
        total = len(laid) + len(others)
        for number, page in enumerate(laid, start=1):
            placed = first if number == len(laid) else []
            before = _stream(pdf, ["q"])  # What WeasyPrint has turned is turned back
            drawn = _stream(pdf, ["Q", *self._drawn(placed, number, total)])
            page["Contents"] = pydyf.Array([before, page["Contents"], drawn])
        for number, placed in enumerate(others, start=len(laid) + 1):
            drawn = _stream(pdf, self._drawn(placed, number, total))
            box = pydyf.Array([0, 0, WIDTH, HEIGHT])
            page = {"Type": "/Page", "Parent": pdf.pages.reference, "MediaBox": box, "Contents": drawn}
            pdf.add_page(pydyf.Dictionary({**page, "Resources": laid[0]["Resources"]}))
        fonts = _of(pdf, shared["Font"])
        fonts.update({face.name: face.embedded(pdf) for face in (self.plain, self.bold) if face.used})

    def _wrapped(self) -> Iterator[Row]:
        """The rows, each within the width of a page."""
        for row in self.rows:
            most = int((WIDTH - 2 * SIDE) / (row.style.size * Face.ADVANCE))
            first, *rest = [row.text[at : at + most] for at in range(0, len(row.text), most)] or [""]
            yield Row(first, row.style, row.keeps + len(rest))
            style = row.style._replace(gap=0.0, rule=False)
            yield from (Row(part, style, row.keeps + len(rest) - at) for at, part in enumerate(rest, start=1))

    def _drawn(self, placed: Iterable[Placed], number: int, total: int) -> Iterator[str]:
        """What the stream of a page says: its lines, and the foot."""
        for y, row in placed:
            if row.style.rule:
                yield f"{_colour(NAVY)} {SIDE:.2f} {y + row.style.leading - 1:.2f} {WIDTH - 2 * SIDE:.2f} 0.6 re f"
            yield self._line(SIDE, y, row.text, row.style)
        for place, text in enumerate(self.foot):
            yield self._line(SIDE, BOTTOM - 16 - place * QUIET.leading, text, QUIET)
        count = f"{number} / {total}"
        yield self._line(WIDTH - SIDE - len(count) * QUIET.size * Face.ADVANCE, BOTTOM - 16, count, QUIET)

    def _line(self, x: float, y: float, text: str, style: Style) -> str:
        face = self.bold if style.is_bold else self.plain
        glyphs = face.glyphs(text)
        return f"{_colour(style.colour)} BT /{face.name} {style.size} Tf {x:.2f} {y:.2f} Td <{glyphs}> Tj ET"


def _pages(rows: Sequence[Row], begin: float) -> list[list[Placed]]:
    """Rows on pages, from `begin` points under the upper edge of the first one."""
    pages: list[list[Placed]] = [[]]
    down = begin
    for at, row in enumerate(rows):
        together = sum(one.style.height for one in rows[at : at + row.keeps + 1])
        if down + min(together, HEIGHT - TOP - BOTTOM) > HEIGHT - BOTTOM:
            pages.append([])
            down = TOP
        down += row.style.height
        pages[-1].append(Placed(HEIGHT - down, row))
    return pages


def _of(pdf: pydyf.PDF, reference: bytes) -> Any:
    """The object that a reference names."""
    return pdf.objects[int(reference.split()[0])]


def _stream(pdf: pydyf.PDF, parts: Iterable[str]) -> bytes:
    stream = pydyf.Stream(list(parts), compress=True)
    pdf.add_object(stream)
    reference: bytes = stream.reference
    return reference


def _colour(colour: tuple[float, float, float]) -> str:
    return "{:.3f} {:.3f} {:.3f} rg".format(*colour)
