"""`manage.py describe_events`: the page on events, made from the types and from the table of who tells what."""

import json
from collections.abc import Iterable, Iterator
from itertools import groupby

from django.contrib import admin
from django.utils import translation

from backoffice.registry import registered_actions
from events.calls import ACTS, BY_ITSELF, CALLS, FOLLOWING, FORMS, PAGES, Tells
from events.catalogue import audience_words
from events.schemas import opened
from events.types import EventType, event_types
from legalcity.lib.written_pages import WritesPage

INTRODUCTION = """\
# Events

Made from the code by `manage.py describe_events`; a test compares the two. [Using the API](clients.md) says how events
are read. `data` of each has the form of its schema: `object` is what it is about, `previous` and `current` are what has
changed, as far as it may be told; `changed` names all of it, texts and names of people too. New types and new fields
come without notice.
"""
CALLS_HEAD = """
## Which call tells what

What is refused, and what changes nothing, tells nothing; nor does a document that is refused in its own request, nor
one that was deleted before it. *Later*: a worker tells it, when it has come so far.

| call | tells | later |
|---|---|---|
"""
ACTS_HEAD = """
## Which act of staff tells what

| act | on | tells | later |
|---|---|---|---|
"""
PAGES_HEAD = """
Other pages of staff:

| what | tells | later |
|---|---|---|
"""
ITSELF_HEAD = """
## What comes by itself

| when | tells |
|---|---|
"""
FOLLOWING_HEAD = """
## What follows from money

Whatever changes what is owed (a payment, a credit note, an invoice, a waiver, a reversal) may tell these too, in the
same transaction.

| type | when |
|---|---|
"""


class Command(WritesPage):
    """Describes the events."""

    page, name = "docs/events.md", "describe_events"
    help = "Describe the types of events, and what tells them, in docs/events.md; --check compares only."

    def text(self) -> str:
        """The whole page."""
        return page()


def page() -> str:
    """The whole page, in Markdown."""
    with translation.override("en"):
        return "".join([INTRODUCTION, *_tables(), *_families()])


# --- who tells what --------------------------------------------------------------------------------------------------
def _tables() -> Iterator[str]:
    yield CALLS_HEAD
    yield from (f"| `{call}` | {_told(tells)} | {_codes(tells.later)} |\n" for call, tells in CALLS.items())
    yield ACTS_HEAD
    acts = {f"{act.model._meta.label_lower}:{act.name}": act for act in registered_actions() if act.action}
    for name, act in sorted(acts.items()):
        label = act.action.label if act.action else act.name
        yield f"| {label} | {act.model._meta.verbose_name} | {_told(ACTS[name])} | {_codes(ACTS[name].later)} |\n"
    yield PAGES_HEAD
    things = {model._meta.label_lower: model._meta.verbose_name_plural for model in admin.site._registry}
    yield from (
        f"| Save or delete {things[name]} | {_told(tells)} | {_codes(tells.later)} |\n" for name, tells in FORMS.items()
    )
    yield from (f"| {name} | {_told(tells)} | {_codes(tells.later)} |\n" for name, tells in PAGES.items())
    yield ITSELF_HEAD
    yield from (f"| {when} | {_told(tells)} |\n" for when, tells in BY_ITSELF.items())
    yield FOLLOWING_HEAD
    yield from (f"| `{code}` | {when} |\n" for code, when in FOLLOWING.items())


def _told(tells: Tells) -> str:
    if not tells.codes:
        return f"nothing: {tells.why_none[0].lower()}{tells.why_none[1:].rstrip('.')}"
    return _codes(tells.codes) + (f", or by what is entered {_codes(tells.instead)}" if tells.instead else "")


def _codes(codes: Iterable[str]) -> str:
    return ", ".join(f"`{code}`" for code in codes)


# --- the types -------------------------------------------------------------------------------------------------------
def _families() -> Iterator[str]:
    yield "\n## The types\n"
    for family, types in groupby(event_types().values(), lambda declared: declared.code.partition(".")[0]):
        yield f"\n### {family}\n"
        yield from map(_type, types)


def _type(declared: EventType) -> str:
    heard = ", ".join(str(word) for word in audience_words(declared.audience))
    example = json.dumps(declared.example, ensure_ascii=False)
    return (
        f"\n#### {declared.code}\n\n{declared.sentence} Seen by: {heard}.\n\n"
        f"```json\n{example}\n```\n\n"
        f"<details><summary>Schema of <code>data</code></summary>\n\n"
        f"```json\n{json.dumps(opened(declared.schema), ensure_ascii=False)}\n```\n\n</details>\n"
    )
