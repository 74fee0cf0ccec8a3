"""The documents for clients as chapters of the page: Markdown as HTML, with an anchor at each heading."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token


class Source(NamedTuple):
    """A file of `docs/`, or one section of it. `prefix` begins its anchors; the guide's own have none."""

    title: str
    file: str
    prefix: str = ""
    section: str = ""


# In the order of the page. A file that is not there is left out.
SOURCES = (
    Source("Guide", "clients.md"),
    Source("Events and webhooks", "events.md", "events-"),
    Source("Error codes", "errors.md", "errors-"),
    Source("What each reader takes", "inputs.md", "inputs-"),
    Source("Statuses of a case", "life-cycle.md", "life-cycle-"),
    Source("What is owed", "money.md", "money-", "The rules"),
    Source("Scoring", "scoring.md", "scoring-"),
    Source("Invoices of the firm: /v1/firms/", "billing.md", "firms-", "For clients of `/v1/firms/`"),
    Source("Changes", "changelog.md", "changes-"),
)
OURS = re.compile(r"^(?:\.\./)?(?:docs/)?([\w-]+\.md)(?:#(.*))?$")
MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


class Heading(NamedTuple):
    """A place that one may go to."""

    anchor: str
    title: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """A document as HTML, with the headings of its sections."""

    anchor: str
    title: str
    html: SafeString
    headings: list[Heading]


def chapters() -> list[Chapter]:
    """Every chapter whose file is there."""
    folder = Path(settings.BASE_DIR, "docs")
    return [
        _chapter(source, (folder / source.file).read_text()) for source in SOURCES if (folder / source.file).exists()
    ]


def rendered(text: str) -> SafeString:
    """A piece of Markdown as HTML. The renderer escapes what is no Markdown: HTML in it is shown, not obeyed."""
    return SafeString(MARKDOWN.render(text))


def rendered_inline(text: str) -> SafeString:
    """The same for a piece of a line."""
    return SafeString(MARKDOWN.renderInline(text))


def _chapter(source: Source, text: str) -> Chapter:
    tokens = MARKDOWN.parse(_part(text, source.section))
    headings: list[Heading] = []
    kept: list[Token] = []
    for place, token in enumerate(tokens):
        if token.type == "fence" and token.info == "mermaid":
            continue
        if token.type == "heading_open":
            title = tokens[place + 1].content.replace("`", "")
            anchor = source.prefix + slugify(title)
            token.attrSet("id", anchor)
            if token.tag == "h2":
                headings.append(Heading(anchor, title))
        _deepen(token)
        for child in token.children or []:
            _link(child)
        kept.append(token)
    if kept[:1] and kept[0].tag == "h2":  # The title of the document; the page gives its own.
        kept = kept[3:]
    html = MARKDOWN.renderer.render(kept, MARKDOWN.options, {})
    return Chapter(_anchor(source), source.title, SafeString(html), headings)


def _anchor(source: Source) -> str:
    return f"chapter-{source.prefix.strip('-') or 'guide'}"


def _part(text: str, section: str) -> str:
    """A section of a document, from its heading to the next one of its kind; all of it where none is named."""
    if not section:
        return text
    return f"## {section}\n" + text.partition(f"\n## {section}\n")[2].partition("\n## ")[0]


def _deepen(token: Token) -> None:
    """The page has one heading of the first kind."""
    if token.type in ("heading_open", "heading_close"):
        token.tag = f"h{min(int(token.tag[1]) + 1, 6)}"


def _link(token: Token) -> None:
    """Links between the documents go to their chapters; those to documents that the page lacks lead nowhere."""
    match = OURS.match(str(token.attrs.get("href", "")))
    if match is None:
        return
    source = next((each for each in SOURCES if each.file == match[1]), None)
    if source is None:
        token.attrs = {}
    else:
        token.attrSet("href", "#" + (source.prefix + match[2] if match[2] else _anchor(source)))
