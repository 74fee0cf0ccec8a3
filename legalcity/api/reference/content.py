"""What the page shows of each call and each object: rows of fields in words."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from legalcity.api.components import JSON, PLACE, Schema
from legalcity.api.reference.chapters import Chapter, chapters, rendered, rendered_inline
from legalcity.api.reference.code import FORM, LANGUAGES, request_of, samples_of

UNNAMED = ("Request", "Form")  # Components that the page shows at their call.


class Row(NamedTuple):
    """A field: `name` is dotted, `kind` says its type in words, with links to objects."""

    name: str
    kind: SafeString
    is_required: bool
    text: SafeString


class Shown(NamedTuple):
    """An answer of a call."""

    status: int
    text: SafeString
    media_types: list[str]
    rows: list[Row]
    examples: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Call:
    """A call as the page shows it."""

    anchor: str
    method: str
    path: str
    title: str
    html: SafeString
    is_open: bool
    in_path: list[Row]
    in_query: list[Row]
    in_header: list[Row]
    body: list[Row]
    body_types: list[str]
    successes: list[Shown]
    failures: list[Shown]
    samples: list[tuple[str, str, str]]


class Section(NamedTuple):
    """Calls that belong together."""

    anchor: str
    title: str
    html: SafeString
    calls: list[Call]


class Thing(NamedTuple):
    """An object that answers are made of."""

    anchor: str
    name: str
    text: SafeString
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Page:
    """All that the page shows."""

    host: str
    title: str
    version: str
    sections: list[Section]
    things: list[Thing]
    chapters: list[Chapter]
    languages: tuple[tuple[str, str], ...] = LANGUAGES


def page_of(document: Schema) -> Page:
    """The page of an OpenAPI document."""
    host = document["servers"][0]["url"]
    return Page(
        host,
        document["info"]["title"],
        document["info"]["version"],
        [_section(document, tag, host) for tag in document["tags"]],
        list(_things(document)),
        chapters(),
    )


def _section(document: Schema, tag: Schema, host: str) -> Section:
    calls = [
        _call(document, method, path, operation, host)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if tag["name"] in operation["tags"]
    ]
    anchor = "calls-" + "".join(word if word.isalnum() else "-" for word in tag["name"].lower())
    return Section(anchor, tag["name"], rendered(tag["description"]), calls)


def _call(document: Schema, method: str, path: str, operation: Schema, host: str) -> Call:
    content = operation.get("requestBody", {}).get("content", {})
    answers = [_answer(document, status, answer) for status, answer in operation["responses"].items()]
    schema = content.get(FORM, content.get(JSON, {})).get("schema", {})
    return Call(
        anchor=f"call-{operation['operationId']}",
        method=method.upper(),
        path=path,
        title=operation["summary"],
        html=rendered(operation.get("description", "")),
        is_open={} in operation.get("security", []),
        in_path=_parameters(operation, "path"),
        in_query=_parameters(operation, "query"),
        in_header=_parameters(operation, "header"),
        body=list(_rows(_followed(document, schema))),
        body_types=list(content),
        successes=[answer for answer in answers if answer.status < 400],
        failures=[answer for answer in answers if answer.status >= 400],
        samples=samples_of(request_of(method, path, operation), host),
    )


def _text(described: Schema) -> SafeString:
    return rendered_inline(described.get("description", ""))


def _parameters(operation: Schema, where: str) -> list[Row]:
    return [
        Row(each["name"], _kind(each["schema"]), each["required"], _text(each))
        for each in operation.get("parameters", [])
        if each["in"] == where
    ]


def _answer(document: Schema, status: str, answer: Schema) -> Shown:
    whole = _followed(document, answer)
    content = whole["content"]
    told = _followed(document, content.get(JSON, {}).get("schema", {}))
    data = told.get("properties", {})
    rows = [row for row in _rows(told) if row.name not in ("success", "message")] if data else []
    examples = [
        (example["summary"], json.dumps(example["value"], ensure_ascii=False, indent=2))
        for example in content.get(JSON, {}).get("examples", {}).values()
    ]
    text = rendered_inline(whole["description"] or HTTPStatus(int(status)).phrase)
    return Shown(int(status), text, [media for media in content if media != JSON], rows, examples)


def _things(document: Schema) -> Iterator[Thing]:
    for name, schema in document["components"]["schemas"].items():
        if not name.endswith(UNNAMED) and "Answer" not in name:
            yield Thing(f"object-{name}", name, _text(schema), list(_rows(schema)))


def _rows(schema: Schema, prefix: str = "") -> Iterator[Row]:
    """The fields of an object, those of objects without a name after it, by dotted names."""
    required = schema.get("required", [])
    for name, part in schema.get("properties", {}).items():
        yield Row(prefix + name, _kind(part), name in required, _text(part))
        inner = part.get("items", part)
        yield from _rows(inner, f"{prefix}{name}{'[]' if 'items' in part else ''}.")


def _followed(document: Schema, part: Schema) -> Schema:
    found: Any = part
    if "$ref" in part:
        found = document
        for word in part["$ref"].strip("#/").split("/"):
            found = found[word]
    return dict(found)


def _kind(schema: Schema) -> SafeString:
    """The type of a value in words."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(PLACE)
        return format_html('<a href="#object-{}">{}</a>', name, name)
    if "anyOf" in schema:
        return format_html_join(" or ", "{}", ((_kind(part),) for part in schema["anyOf"]))
    kinds = schema.get("type", "object")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    word = _word(schema, kinds[0])
    return format_html("{} or null", word) if "null" in kinds else word


def _word(schema: Schema, kind: str) -> SafeString:
    if "enum" in schema:
        words = [json.dumps(value, ensure_ascii=False) for value in schema["enum"] if value is not None]
        return format_html_join(", ", "<code>{}</code>", ((word,) for word in words))
    if kind == "array":
        return format_html("list of {}", _kind(schema["items"]))
    form = {"date": "date", "date-time": "moment", "decimal": "decimal text", "binary": "file", "email": "e-mail"}
    word = form.get(schema.get("format", ""), {"string": "text"}.get(kind, kind))
    return format_html("{}{}", word, _bounds(schema))


def _bounds(schema: Schema) -> str:
    told = [
        ("maxLength", "at most {} characters"),
        ("minimum", "from {}"),
        ("maximum", "to {}"),
        ("exclusiveMaximum", "below {}"),
    ]
    words = [text.format(schema[name]) for name, text in told if name in schema]
    if schema.get("minimum") in (0, 1) and len(words) == 1 and "minimum" in schema:
        return ""  # Every count and every id is.
    return f", {' '.join(words)}" if words else ""
