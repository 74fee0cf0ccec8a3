"""The HTML of letters: what authors may use, the words in it, and paragraphs of plain words as HTML."""

import re
from collections.abc import Iterator
from html import escape
from html.parser import HTMLParser
from typing import Any

from recoveries.letters.wording.styles import CELLS, CLASSES, styles_refused

TAGS = frozenset(
    "p br hr strong b em i u ul ol li blockquote h2 h3 table thead tbody tr th td span div a".split()  # noqa: SIM905
)
ATTRIBUTES = frozenset({"class", "style", "href", "colspan", "lang", "dir"})
_ELSEWHERE = re.compile(r"\s*(?:https?://|mailto:)", re.IGNORECASE)
# A tag as every program reads it. Any other `<` begins something else: a comment, or a tag that ends in what follows.
_TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)
_BREAKS = frozenset({"p", "br", "hr", "li", "tr", "h2", "h3", "div", "table", "ul", "ol", "blockquote", "td", "th"})


class _Reader(HTMLParser):
    """Reads the words, and where it `looks` what may not be there."""

    def __init__(self, *, looks: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.looks = looks
        self.refused: list[str] = []
        self.words: list[str] = []
        self.is_quiet = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.is_quiet = tag in ("style", "title")
        if tag in _BREAKS:
            self.words.append("\n")
        if not self.looks:
            return
        if tag not in TAGS:
            self.refused.append(f"<{tag}>")
        self.refused.extend(bad for name, value in attrs for bad in _refused(tag, name, value or ""))

    def handle_endtag(self, tag: str) -> None:
        self.is_quiet = False
        if tag not in TAGS:
            self.refused.append(f"</{tag}>")
        if tag in _BREAKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.is_quiet:
            self.words.append(data)


def _refused(tag: str, name: str, value: str) -> Iterator[str]:
    """What of an attribute no letter may have."""
    if name == "style":
        yield from styles_refused(value)
    elif name == "class":
        known = CLASSES | CELLS if tag in ("th", "td") else CLASSES
        yield from (f"class {one}" for one in value.split() if one not in known)
    elif name == "href":
        if tag != "a" or not _ELSEWHERE.match(value):
            yield name
    elif name not in ATTRIBUTES:
        yield name


def _read(html: str, *, looks: bool) -> _Reader:
    reader = _Reader(looks=looks)
    reader.feed(html)
    reader.close()
    return reader


def refused_in(html: str) -> list[str]:
    """What of `html`, as it was rendered, no letter may have: what runs, loads, sends, or is not seen."""
    loose = ["<"] if "<" in _TAG.sub("", html) else []
    return list(dict.fromkeys((*_read(html, looks=True).refused, *loose)))


def words_in(html: str) -> str:
    """The words of `html`, a line for each of its blocks."""
    lines = ("".join(_read(html, looks=False).words)).splitlines()
    return "\n".join(line for line in (" ".join(line.split()) for line in lines) if line)


def said_in(subject: str, text: str, html: str) -> dict[str, Any]:
    """The words of a letter as the guard reads them (`law.contact.Message`): those of the text, those of the HTML."""
    words = words_in(html)
    return {"text": f"{subject}\n{text}", "shown": f"{subject}\n{words}" if words else ""}


def paragraphs(text: str) -> str:
    """Plain words as HTML: a paragraph where a line is empty, a list of lines that begin with a dash."""
    return "\n".join(_blocks(text))


def whole_in(html: str, value: str | None) -> str:
    """`html` whose lines break before `value`, and within it only where it is longer than a line: who copies an account
    number from a narrow window takes it whole.
    """
    if not value:
        return html
    shown = re.compile(re.escape(value) + r"(?![^<>]*>)")  # Not within a tag.
    return shown.sub(lambda found: f'<span style="display: inline-block">{found[0]}</span>', html)


def _blocks(text: str) -> Iterator[str]:
    for block in re.split(r"\n\s*\n", text.strip()):
        said: list[str] = []
        items: list[str] = []
        for line in (escape(line).replace(" €", "&nbsp;€") for line in block.splitlines()):
            if line.startswith("- "):
                items.append(f"<li>{line[2:]}</li>")
            else:
                yield from _flushed(said, items) if items else ()
                said, items = ([], []) if items else (said, items)
                said.append(line)
        yield from _flushed(said, items)


def _flushed(said: list[str], items: list[str]) -> Iterator[str]:
    if any(said):
        yield f"<p>{'<br>'.join(said)}</p>"
    if items:
        yield f"<ul>{''.join(items)}</ul>"
