"""The HTML of comments: what is refused, what is stripped, what stays.

Everything before bleach is linear in what was sent; bleach itself is quadratic on hostile markup and only sees
comments that passed the length check.
"""

import html
import re
from collections.abc import Iterator
from typing import Any

from bleach.html5lib_shim import Filter  # type: ignore[attr-defined]
from bleach.sanitizer import Cleaner
from django.utils.translation import gettext as _

TAGS = frozenset({"p", "br", "strong", "b", "em", "i", "u", "ul", "ol", "li", "blockquote", "a"}) | {
    f"h{level}" for level in range(1, 7)
}
PROTOCOLS = frozenset({"http", "https", "mailto"})
LINK_REL = "noopener noreferrer nofollow"

_TAG = re.compile(r"<[^<>]*>")
_ADDRESS = re.compile(r"""href\s*=\s*("[^"]*"|'[^']*')""", re.IGNORECASE)
# Blocks that do not stay, one after the other: what they keep apart stays apart. Cells are but a space apart.
_STRIPPED_BLOCKS = re.compile(
    r"(?:</?(?:table|caption|thead|tbody|tfoot|tr|td|th|div|section|article|header|footer|address|pre|hr|dl|dt|dd)"
    r"\b[^<>]*>\s*)+",
    re.IGNORECASE,
)
_CELLS_ONLY = re.compile(r"(?:</?t[dh]\b[^<>]*>\s*)+", re.IGNORECASE)
_BLOCK_END = re.compile(r"<(?:br|/p|/li|/h[1-6]|/blockquote|/ul|/ol)\b[^<>]*>", re.IGNORECASE)
_DANGEROUS = (
    re.compile(
        r"<[\s/]*(?:script|iframe|object|embed|form|svg|math|style|link|meta|base|applet|frame|frameset|template)\b",
        re.IGNORECASE,
    ),
    re.compile(r"""<[^<>]*[\s"'/]on[a-z]+\s*=""", re.IGNORECASE),
)
# References to numbers that no character has; longer ones than Python turns into a number are among them.
_NO_CHARACTER = re.compile(r"&#(?:[xX][0-9a-fA-F]{9,}|[0-9]{9,});?")
# Bleach makes "?" of some of them and leaves others, by what stands beside them.
_INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_DANGEROUS_SCHEMES = ("javascript:", "vbscript:", "data:text/html")
_ELSEWHERE = re.compile(r"\s*(?:https?://|mailto:)", re.IGNORECASE)
_NOT_LETTERS = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202f\ufeff]+")


class _SafeLinks(Filter):
    """Every link that stays says that it is not ours."""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for token in super().__iter__():
            if token["type"] == "StartTag" and token["name"] == "a":
                token["data"][(None, "rel")] = LINK_REL
            yield token


def _allowed(tag: str, name: str, value: str) -> bool:
    """Links to other places and to mailboxes; an address of our own pages is none of these."""
    return tag == "a" and name == "href" and bool(_ELSEWHERE.match(value))


def _apart(raw: str) -> str:
    """`raw` with a line for each row of a table and each block that does not stay, and a space between cells."""

    def between(blocks: re.Match[str]) -> str:
        is_at_an_end = not raw[: blocks.start()].strip() or not raw[blocks.end() :].strip()
        return " " if is_at_an_end or _CELLS_ONLY.fullmatch(blocks[0]) else "<br>"

    return _STRIPPED_BLOCKS.sub(between, raw)


def cleaned(raw: str) -> str:
    """`raw` with the documented tags only. Call it on comments without `comment_errors` only."""
    text = _NO_CHARACTER.sub("\ufffd", _apart(_INVISIBLE.sub(" ", raw)))
    # One for each text: it keeps the text that it reads, and gives one thread what belongs to another where they share.
    cleaner = Cleaner(tags=TAGS, attributes=_allowed, protocols=PROTOCOLS, strip=True, filters=[_SafeLinks])
    return str(cleaner.clean(text)).strip()


def _unescaped(text: str) -> str:
    return html.unescape(_NO_CHARACTER.sub("\ufffd", text))


def plain_text(markup: str) -> str:
    """The words of `markup`, blocks on lines of their own."""
    text = _unescaped(_TAG.sub("", _BLOCK_END.sub("\n", markup)))
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def is_dangerous(raw: str) -> bool:
    """True for script-like content, also when it hides behind entities, white space or capitals."""
    readings = (raw, _unescaped(raw))
    if any(pattern.search(reading) for pattern in _DANGEROUS for reading in readings):
        return True
    packed = _NOT_LETTERS.sub("", readings[1]).lower()
    return any(scheme in packed for scheme in _DANGEROUS_SCHEMES)


def markup_share(raw: str) -> float:
    """The share of `raw` that is markup, 0 to 1; the address of a link counts as content."""
    markup = sum(len(tag) - sum(map(len, _ADDRESS.findall(tag))) for tag in _TAG.findall(raw))
    return markup / len(raw) if raw else 0.0


def comment_errors(raw: str, *, length: int, share: float) -> list[str]:
    """Every rule that a comment breaks; `length` in characters as sent, `share` of markup from 0 to 1."""
    errors = []
    if not plain_text(raw):
        errors.append(_("The {field} field is required.").format(field=_("comment")))
    if len(raw) > length:
        errors.append(
            _("The {field} must not be greater than {limit} characters.").format(field=_("comment"), limit=length)
        )
    if is_dangerous(raw):
        errors.append(_("The comment contains potentially dangerous HTML tags."))
    if markup_share(raw) > share:
        errors.append(_("The comment contains too much HTML markup."))
    return errors
