"""The XML parts of an Office file: well-formed, without a DTD, and without what acts by itself."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, XMLParser, fromstring

from documents.content.refusal import ContentRefused

MAX_TOKEN = 1024 * 1024  # bytes; expat begins a token again with each piece of it
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
    """Reads an XML part piece by piece, in bounded memory."""

    def __init__(self) -> None:
        self._parser = XMLParser(target=_NoTree(), forbid_dtd=True)
        self._expat: Any = self._parser.parser
        self._expat.DefaultHandlerExpand = None  # it would be called for every word
        self._fed = 0

    def feed(self, data: bytes) -> None:
        """Take the next piece. Raises ContentRefused."""
        self._fed += len(data)
        self._guarded(self._parser.feed, data)
        if self._fed - self._expat.CurrentByteIndex > MAX_TOKEN:
            raise ContentRefused("too_complex")

    def close(self) -> None:
        """The part is at its end. Raises ContentRefused when the XML is not."""
        self._guarded(self._parser.close)

    @staticmethod
    def _guarded(step: Callable[..., Any], *args: bytes) -> None:
        try:
            step(*args)
        except (ParseError, DefusedXmlException, ValueError) as error:
            raise ContentRefused("archive") from error


class FieldReader(PartReader):
    """Also refuses DDE, by which a document starts programs: Word's fields, Excel's links.

    A field's code may be cut into any number of runs, so it is put together between the marks of the field.
    """

    def __init__(self) -> None:
        super().__init__()
        self._code: list[str] = []
        self._expat.StartElementHandler = self._begin

    def close(self) -> None:
        """The part is at its end."""
        super().close()
        self._end_of_code()

    def _begin(self, tag: str, attributes: list[str]) -> None:
        name = tag.rpartition("}")[2]
        if name == "instrText":
            self._expat.CharacterDataHandler = self._code.append
            self._expat.EndElementHandler = self._end
        elif name == "fldChar":
            self._end_of_code()
        elif name == "fldSimple":
            self._code.extend(attributes[1::2])
            self._end_of_code()
        elif name == "ddeLink":
            raise ContentRefused("macros")

    def _end(self, _tag: str) -> None:
        self._expat.CharacterDataHandler = self._expat.EndElementHandler = None

    def _end_of_code(self) -> None:
        if DDE.match("".join(self._code)):
            raise ContentRefused("macros")
        self._code.clear()


def content_types(data: bytes) -> list[tuple[str, str]]:
    """The types that `[Content_Types].xml` gives: (type, part name, empty for a default). Refuses active ones."""
    types = [
        (element.get("ContentType", "").strip().lower(), element.get("PartName", "").lstrip("/"))
        for element in _parsed(data).iter()
    ]
    if any(ACTIVE_TYPE.search(content_type) for content_type, _ in types):
        raise ContentRefused("macros")
    return types


def check_relations(data: bytes) -> None:
    """Refuse a part whose relations have something loaded from elsewhere when the file is opened."""
    for element in _parsed(data).iter():
        if element.get("TargetMode", "").strip().lower() != "external":
            continue
        followed = element.get("Type", "").strip().lower().endswith(FOLLOWED_ON_REQUEST)
        if not followed and not is_near(element.get("Target", "")):
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


def _parsed(data: bytes) -> Any:
    try:
        return fromstring(data, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise ContentRefused("archive") from error
