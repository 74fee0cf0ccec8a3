"""The styles that authors may give to words: what can hide or move nothing, nor load anything."""

import re
from collections.abc import Iterator

import tinycss2
from tinycss2.color3 import RGBA, parse_color

CLASSES = frozenset({"pay", "sum", "total"})
CELLS = frozenset({"long"})  # left out on small screens, so of a cell alone
_COLOURS = frozenset({"color", "background-color", "background", "border-color"})
_SIDES = ("-top", "-right", "-bottom", "-left")
PROPERTIES = frozenset({
    *("color", "background-color", "background", "font-size", "font-weight", "font-style", "font-family"),
    *("text-align", "text-decoration", "vertical-align", "width", "border-collapse", "border-color"),
    *(name + side for name in ("margin", "padding", "border") for side in ("", *_SIDES)),
})  # fmt: skip
_VALUE = re.compile(r"[\w\s#.,%\"'-]*")  # no brackets, no signs that escape
_NEGATIVE = re.compile(r"(?<![\w#])-\s*[\d.]")
_NUMBER = re.compile(r"(?<![\w#.])(\d*\.?\d+)([\w%]*)")
_SIZE = re.compile(r"(\d*\.?\d+)(px|pt)")
_SMALLEST, _LARGEST = {"px": 8.0, "pt": 6.0}, 640.0
_KEYWORDS = frozenset({"small", "medium", "large", "x-large"})
_FAR = 60.0  # px or pt that may lie around words
# Of text and of what is behind it, so that one is read on the other: lightness between 0 and 1.
_DARK, _LIGHT = 0.55, 0.75


def styles_refused(style: str) -> Iterator[str]:
    """What of an attribute `style` no letter may have, as `name: value`."""
    for part in tinycss2.parse_blocks_contents(style, skip_comments=False, skip_whitespace=True):
        if part.type != "declaration":
            yield "style"
        elif not _is_allowed(part.lower_name, tinycss2.serialize(part.value).strip().lower()):
            yield f"{part.lower_name}: {tinycss2.serialize(part.value).strip()[:30]}"


def _is_allowed(name: str, value: str) -> bool:
    if name not in PROPERTIES or not _VALUE.fullmatch(value) or _NEGATIVE.search(value):
        return False
    if name == "font-size":
        size = _SIZE.fullmatch(value)
        return bool(size and _SMALLEST[size[2]] <= float(size[1]) <= _FAR) or value in _KEYWORDS
    if name in _COLOURS:
        return _is_readable(name, value)
    longest = {"width": _LARGEST, "font-weight": 1000.0}.get(name, _FAR)
    units = {"", "px", "pt", "%"} if name == "width" else {"", "px", "pt"}
    return all(unit in units and float(number) <= longest for number, unit in _NUMBER.findall(value))


def _is_readable(name: str, value: str) -> bool:
    """A colour without a veil: dark of text, light of what is behind it."""
    colour = parse_color(value)
    if not isinstance(colour, RGBA):
        return False
    lightness = 0.2126 * colour.red + 0.7152 * colour.green + 0.0722 * colour.blue
    if name == "border-color":
        return True
    return bool(colour.alpha == 1 and (lightness <= _DARK if name == "color" else lightness >= _LIGHT))
