"""The XML parts of an Office file: well-formed, without a DTD, and without what acts by itself."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, XMLParser

from documents.content.archives import Budget
from documents.content.refusal import ContentRefused

MAX_TOKEN = 1024 * 1024  # bytes; expat begins a token again with each piece of it
MAX_DEPTH = 500
MAX_NAMES = 20_000  # of elements and attributes, all different
DDE = re.compile(r"\s*DDE(?:AUTO)?\b", re.IGNORECASE)
# Visual Basic, Excel 4 macros, ActiveX.
ACTIVE_TYPE = re.compile(r"macroenabled|vbaproject|macrosheet|activex", re.IGNORECASE)
FOLLOWED_ON_REQUEST = ("/hyperlink", "/externallinkpath")
FILE_URL = re.compile(r"file:(?:///(?!/))?", re.IGNORECASE)
DRIVE = re.compile(r"/*[a-z]:[\\/]", re.IGNORECASE)
SHARE = re.compile(r"[\\/]{2,}(?P<server>[^\\/]*)")
OFFICE_SERVER = re.compile(r"[a-z][a-z0-9_-]*", re.IGNORECASE)  # no point: not a host of the Internet


class _NoTree:
    """A target for the parser that keeps nothing."""

    def close(self) -> None:
        """Nothing was kept."""


class PartReader:
    """Reads an XML part piece by piece, to its end, keeping nothing. Subclasses look at the elements.

    expat keeps each open element and each name it ever met, so those are bounded too.
    """

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._parser = XMLParser(target=_NoTree(), forbid_dtd=True)
        self._expat: Any = self._parser.parser
        self._expat.DefaultHandlerExpand = None  # it would be called for every word
        self._expat.StartElementHandler = self._begin
        self._expat.EndElementHandler = self._end
        self._fed = self._depth = 0

    def feed(self, data: bytes) -> None:
        """Take the next piece. Raises ContentRefused."""
        self._fed += len(data)
        self._guarded(self._parser.feed, data)
        if self._fed - self._expat.CurrentByteIndex > MAX_TOKEN or len(self._expat.intern) > MAX_NAMES:
            raise ContentRefused("too_complex")

    def close(self) -> None:
        """The part is at its end. Raises ContentRefused when the XML is not."""
        self._guarded(self._parser.close)

    def element(self, name: str, attributes: list[str]) -> None:
        """An element begins: its name without the namespace, its attributes as name, value, name, value …"""

    def end(self, name: str) -> None:
        """An element ends."""

    def _begin(self, tag: str, attributes: list[str]) -> None:
        self._depth += 1
        self._budget.elements -= 1
        if self._depth > MAX_DEPTH or self._budget.elements < 0:
            raise ContentRefused("too_complex")
        self.element(tag.rpartition("}")[2], attributes)

    def _end(self, tag: str) -> None:
        self._depth -= 1
        self.end(tag.rpartition("}")[2])

    @staticmethod
    def _guarded(step: Callable[..., Any], *args: bytes) -> None:
        try:
            step(*args)
        except (ParseError, DefusedXmlException, ValueError) as error:
            raise ContentRefused("archive") from error


class PrologReader(PartReader):
    """Reads up to the first element only: a DTD stands before it. Sheets are too large to be read through here."""

    _is_done = False

    def feed(self, data: bytes) -> None:
        """Take the next piece."""
        if not self._is_done:
            super().feed(data)

    def close(self) -> None:
        """The part is at its end."""
        if not self._is_done:
            super().close()

    def element(self, name: str, attributes: list[str]) -> None:
        """The first element of this piece, and those after it."""
        self._is_done = True


class FieldReader(PartReader):
    """Refuses DDE, by which a document starts programs: Word's fields, Excel's links.

    A field's code may be cut into any number of runs, so it is put together between the marks of the field.
    """

    def __init__(self, budget: Budget) -> None:
        super().__init__(budget)
        self._code: list[str] = []

    def element(self, name: str, attributes: list[str]) -> None:
        """Collect the codes of fields, and judge the ones that are complete."""
        if name == "instrText":
            self._expat.CharacterDataHandler = self._code.append
        elif name == "fldChar":
            self._end_of_code()
        elif name == "fldSimple":
            self._code.extend(attributes[1::2])
            self._end_of_code()
        elif name == "ddeLink":
            raise ContentRefused("macros")

    def end(self, name: str) -> None:
        """Text outside the codes is not looked at."""
        if name == "instrText":
            self._expat.CharacterDataHandler = None

    def close(self) -> None:
        """The part is at its end."""
        super().close()
        self._end_of_code()

    def _end_of_code(self) -> None:
        if DDE.match("".join(self._code)):
            raise ContentRefused("macros")
        self._code.clear()


class TypesReader(PartReader):
    """Collects the content types of a package in `types`: (type, part name, empty for a default)."""

    def __init__(self, budget: Budget) -> None:
        super().__init__(budget)
        self.types: list[tuple[str, str]] = []

    def element(self, name: str, attributes: list[str]) -> None:
        """Take down a type; active ones are refused."""
        values = dict(zip(attributes[::2], attributes[1::2], strict=True))
        content_type = values.get("ContentType", "").strip().lower()
        if ACTIVE_TYPE.search(content_type):
            raise ContentRefused("macros")
        self.types.append((content_type, values.get("PartName", "").lstrip("/")))


class RelationsReader(PartReader):
    """Refuses a part whose relations have something loaded from elsewhere when the file is opened."""

    def element(self, name: str, attributes: list[str]) -> None:
        """Judge a relation."""
        values = dict(zip(attributes[::2], attributes[1::2], strict=True))
        if values.get("TargetMode", "").strip().lower() != "external":
            return
        followed = values.get("Type", "").strip().lower().endswith(FOLLOWED_ON_REQUEST)
        if not followed and not is_near(values.get("Target", "")):
            raise ContentRefused("links")


def is_near(target: str) -> bool:
    """Whether a target is on the reader's own computer or office network: a path, a drive, a share of a server there.

    Templates and linked pictures of that kind are in every other letter that a firm writes, and lead nowhere
    outside it.
    """
    target = target.strip()
    if target.lower().startswith("file:"):
        target = FILE_URL.sub("", target, count=1)
    share = SHARE.match(target)
    if share:
        return OFFICE_SERVER.fullmatch(share["server"]) is not None
    return DRIVE.match(target) is not None or not urlsplit(target).scheme
