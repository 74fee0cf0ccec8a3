"""The words in which views declare what they answer: JSON schemas (OpenAPI 3.1), nothing left open.

Each room declares its things in its `shapes.py`, beside the functions that build them; a view names them for each
action and status:

    answers = {"list": {200: success(fields({"invoices": list_of(INVOICE), "pagination": PAGINATION}))}}

The reference is made of these declarations, and the tests' client holds every answer of the suite against them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from legalcity.lib.codes import ErrorCode, FieldCode

Schema = dict[str, Any]

JSON = "application/json"
PLACE = "#/components/schemas/"

TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
INTEGER: Schema = {"type": "integer"}
ID: Schema = {"type": "integer", "format": "int64", "minimum": 1}
COUNT: Schema = {"type": "integer", "minimum": 0}
MONEY: Schema = {"type": "string", "format": "decimal", "pattern": r"^-?[0-9]+\.[0-9]{2}$", "examples": ["1500.00"]}
PERCENT: Schema = {"type": "string", "format": "decimal", "pattern": r"^[0-9]+\.[0-9]{2}$", "examples": ["5.50"]}
DAY: Schema = {"type": "string", "format": "date", "examples": ["2026-01-31"]}
MOMENT: Schema = {
    "type": "string",
    "format": "date-time",
    "pattern": r"^[0-9-]{10}T[0-9:]{8}\.[0-9]{6}Z$",
    "examples": ["2026-03-02T10:30:00.000000Z"],
}
URL: Schema = {"type": "string", "format": "uri"}
FILE: Schema = {"type": "string", "format": "binary"}

COMPONENTS: dict[str, Schema] = {}  # name → schema


@dataclass(frozen=True, slots=True)
class Declared:
    """What an answer is made of: a schema for each media type, and what it means where its status does not say."""

    content: dict[str, Schema]
    text: str = ""


def described(schema: Schema, text: str) -> Schema:
    """The same with a sentence about it."""
    return {**schema, "description": text}


def or_null(schema: Schema) -> Schema:
    """The same, or null."""
    if "enum" in schema:
        return {**schema, "type": [schema["type"], "null"], "enum": [*schema["enum"], None]}
    if "type" in schema:
        return {**schema, "type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def one_of(words: Iterable[Any]) -> Schema:
    """One of these words or numbers: an enumeration of the house, or a plain list."""
    values = [word.value if isinstance(word, Enum) else word for word in words]
    return {"type": "integer" if isinstance(values[0], int) else "string", "enum": values}


def list_of(schema: Schema, *, most: int | None = None) -> Schema:
    """A list of such things, at most so many."""
    return {"type": "array", "items": schema, **({} if most is None else {"maxItems": most})}


def map_of(schema: Schema) -> Schema:
    """An object whose keys are data."""
    return {"type": "object", "additionalProperties": schema}


def fields(properties: Schema, *, rarely: Schema | None = None) -> Schema:
    """An object with all of `properties`, perhaps some of those that come `rarely`, and no other."""
    return {
        "type": "object",
        "properties": {**properties, **(rarely or {})},
        "required": list(properties),
        "additionalProperties": False,
    }


def component(name: str, schema: Schema, text: str = "") -> Schema:
    """Give a schema its name in the reference; the reference to it. ValueError for a name that another one has."""
    named = {**schema, **({"description": text} if text else {})}
    if COMPONENTS.setdefault(name, named) != named:
        raise ValueError(f"There are two components named {name}.")
    return {"$ref": f"{PLACE}{name}"}


def success(data: Schema | None = None, *, text: str = "", **beside: Schema) -> Declared:
    """A success in its envelope, without `data` where it has nothing to give; `beside` are keys before the message."""
    if data is None:
        return Declared({JSON: DONE}, text)
    return Declared({JSON: fields({"success": YES, "data": data, **beside, "message": TEXT})}, text)


def bare(schema: Schema) -> Declared:
    """A success without an envelope."""
    return Declared({JSON: schema})


def file_of(*media_types: str) -> Declared:
    """A file."""
    return Declared(dict.fromkeys(media_types, FILE), "The file.")


def refused(name: str, rarely: Schema | None = None, **more: Schema) -> Declared:
    """A failure that says more than all do: the name of its component, the keys beside the message."""
    return Declared({JSON: component(name, fields({**FAILURE, **more}, rarely=rarely))})


YES = {"type": "boolean", "enum": [True]}
NO = {"type": "boolean", "enum": [False]}
# What every failure says.
FAILURE: Schema = {
    "success": NO,
    "message": described(TEXT, "A sentence for the person in front of the client."),
    "code": described(one_of(ErrorCode), "What a program decides by: never translated."),
}
DONE = component("Done", fields({"success": YES, "message": TEXT}), "A success that has nothing to give.")
PAGE = {
    "current_page": described({"type": "integer", "minimum": 1}, "The page that was asked for."),
    "per_page": described({"type": "integer", "minimum": 1}, "Rows on a page."),
    "total": described(COUNT, "Rows of all pages."),
    "last_page": {"type": "integer", "minimum": 1},
    "from": described(or_null(COUNT), "The first row of this page; null on an empty page."),
    "to": described(or_null(COUNT), "The last row of this page; null on an empty page."),
}
PAGINATION = component("Pagination", fields({**PAGE, "has_more_pages": FLAG}), "Where a page stands in its list.")
FIELD_SENTENCES = described(map_of(list_of(TEXT)), "The sentences of each field, by its dotted key.")
FIELD_CODES = described(map_of(list_of(one_of(FieldCode))), "The codes of the sentences of `errors`.")
ERROR = component(
    "Error",
    fields(FAILURE),
    "A failure.",
)
VALIDATION_ERROR = component(
    "ValidationError",
    fields({**FAILURE, "errors": FIELD_SENTENCES, "codes": FIELD_CODES}),
    "A failure that says what is wrong with each field.",
)


REFUSED = bare(ERROR)
# What another schema says, which comes with the answer: that of an event's `data`.
JSON_VALUE: Schema = {"description": "Any value of JSON."}


def error_of(status: int) -> Schema:
    """What a failure of `status` looks like, unless a view says otherwise."""
    return VALIDATION_ERROR if status == 422 else ERROR


def components_of(schemas: Any) -> dict[str, Schema]:
    """The components that `schemas` (of any depth) refer to, each with those that it refers to itself."""
    found: dict[str, Schema] = {}
    waiting = [schemas]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting.extend(part)
        elif isinstance(part, dict):
            name = str(part.get("$ref", "")).removeprefix(PLACE)
            if name in COMPONENTS and name not in found:
                found[name] = COMPONENTS[name]
                waiting.append(COMPONENTS[name])
            waiting.extend(part.values())
    return found
