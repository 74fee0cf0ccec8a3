"""The letters of a new installation, as rows: first versions, which managers change by publishing others.

`migrations/0056_first_templates.py` writes them down once; a letter that came later has a migration of its own
(`0079_decompte_to_the_debtor.py`). What changes in the files otherwise reaches no installation.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

_PLACE = re.compile(r"\[\[(\w+)\]\]")


class Seed(NamedTuple):
    """A template and its first version."""

    code: str
    name: str
    purpose: str
    channel: str
    language: str
    subject: str
    text: str
    html: str
    required: list[str]


def seeds() -> Iterator[Seed]:
    """All of them, in both languages."""
    for file in sorted(Path(__file__).parent.glob("*.toml")):
        book = tomllib.loads(file.read_text(encoding="utf-8"))
        for code, letter in book["letters"].items():
            for channel in letter["ways"]:
                yield _seed(book, code, letter, channel)


def _seed(book: Mapping[str, Any], code: str, letter: Mapping[str, Any], channel: str) -> Seed:
    is_sms = channel == "sms"
    layout = book["layouts"].get("sms" if is_sms else letter.get("layout"), {})
    way = book["ways"]["email" if channel == "email" else "letter"]
    words = {**book["parts"], **way, **letter}
    text, html = layout.get("text") or letter["text"], layout.get("html", "")
    return Seed(
        code=code,
        name=letter["name"],
        purpose=letter["purpose"],
        channel=channel,
        language=book["language"],
        subject=letter["subject"],
        text=_filled(text, words).strip("\n"),
        html=_filled(html, words).strip("\n"),
        required=[] if is_sms else letter["required"],
    )


def _filled(words: str, by_name: Mapping[str, str]) -> str:
    """`words` with what its places stand for; a part has places of its own."""
    while _PLACE.search(words):
        words = _PLACE.sub(lambda found: by_name[found[1]], words)
    return words
