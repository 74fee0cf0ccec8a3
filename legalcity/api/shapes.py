"""JSON schemas (OpenAPI 3.0): of what serializers read, and of what examples show.

A bound is written down when it is a constant. The ones that are system settings may change under a document that
was made before, so they are left to the prose and to the 422.
"""

import re
from functools import singledispatch
from typing import Any

from drf_spectacular.drainage import warn
from rest_framework import serializers

from legalcity.api.fields import (
    CodeField,
    DecimalText,
    DigitsField,
    EmailField,
    MomentField,
    ObjectField,
    PhoneField,
    TextField,
)
from legalcity.api.listing import PageField, PageSizeField

Schema = dict[str, Any]

PLACEHOLDER = "..."
SANE_LENGTH = 100_000  # A larger limit only says that some other rule bounds the text.
FORMATS = {
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "date-time": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"),
    "decimal": re.compile(r"\d+\.\d\d"),
}


def of_field(field: Any) -> Schema:
    """What a serializer's field takes: a schema, nullable where the field is."""
    schema = _read(field)
    return _or_null(schema) if field.allow_null else schema


def _or_null(schema: Schema) -> Schema:
    """`schema` or null. OpenAPI 3.0 wants the word beside each `type`, and null among the values of an `enum`."""
    if not schema:
        return schema
    if "anyOf" in schema:
        return {**schema, "anyOf": [_or_null(part) for part in schema["anyOf"]]}
    values = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, **values, "nullable": True}


@singledispatch
def _read(field: Any) -> Schema:
    warn(f"no schema is known for {type(field).__name__} ({field.field_name}): add it to legalcity.api.shapes")
    return {}


@_read.register
def _serializer(field: serializers.Serializer) -> Schema:
    fields = {str(name): each for name, each in field.fields.items() if not each.read_only}
    schema: Schema = {"type": "object", "properties": {name: of_field(each) for name, each in fields.items()}}
    required = [name for name, each in fields.items() if each.required]
    return {**schema, "required": required} if required else schema


@_read.register(serializers.ListSerializer)
@_read.register(serializers.ListField)
def _list(field: Any) -> Schema:
    return {"type": "array", "items": of_field(field.child)}


@_read.register
def _text(field: serializers.CharField) -> Schema:
    schema: Schema = {"type": "string"}
    if not field.allow_null and field.required:
        schema["minLength"] = 1
    limit = field.limit if isinstance(field, TextField) else field.max_length
    if isinstance(limit, int) and limit < SANE_LENGTH:
        schema["maxLength"] = limit
    return schema


@_read.register
def _email(field: EmailField) -> Schema:
    return {"type": "string", "format": "email", "maxLength": field.limit}


@_read.register
def _phone(field: PhoneField) -> Schema:
    return {"type": "string", "pattern": "[0-9].*[0-9].*[0-9]", "maxLength": field.limit}


@_read.register
def _digits(field: DigitsField) -> Schema:
    return {"type": "string", "pattern": rf"^[0-9]{{{field.length}}}$"}


@_read.register
def _decimal(field: DecimalText) -> Schema:
    """A string keeps every digit, so it comes first; a JSON number is taken too."""
    places, digits = field.decimal_places or 0, (field.max_digits or 0) - (field.decimal_places or 0)
    pattern = rf"^[0-9]{{1,{digits}}}(\.[0-9]{{1,{places}}})?$"
    return {
        "anyOf": [
            {"type": "string", "format": "decimal", "pattern": pattern},
            {"type": "number", "minimum": 0, "maximum": 10**digits, "exclusiveMaximum": True},
        ]
    }


@_read.register
def _integer(field: serializers.IntegerField) -> Schema:
    bounds = {"minimum": field.min_value, "maximum": field.max_value}
    return {"type": "integer", **{name: value for name, value in bounds.items() if value is not None}}


@_read.register
def _code(field: CodeField) -> Schema:
    if isinstance(field.among, tuple):
        return {"type": "integer", "enum": list(field.among)}
    return {"type": "integer"}


@_read.register(PageField)
@_read.register(PageSizeField)
def _page(field: Any) -> Schema:
    return {"type": "integer", "minimum": 1}


@_read.register
def _word(field: serializers.ChoiceField) -> Schema:
    return {"type": "string", "enum": list(field.choices)}


@_read.register
def _flag(field: serializers.BooleanField) -> Schema:
    return {"type": "boolean"}


@_read.register
def _day(field: serializers.DateField) -> Schema:
    return {"type": "string", "format": "date"}


@_read.register
def _moment(field: MomentField) -> Schema:
    return {"type": "string", "format": "date-time"}


@_read.register
def _object(field: ObjectField) -> Schema:
    return {"type": "object", "additionalProperties": True}


@_read.register
def _anything(field: serializers.JSONField) -> Schema:
    return {}


@_read.register
def _file(field: serializers.FileField) -> Schema:
    return {"type": "string", "format": "binary"}


def of_examples(values: list[Any]) -> Schema:
    """What all `values` have in common. Anything may be null and may be absent; what is elided may be anything."""
    known = [value for value in values if not _is_elided(value)]
    kinds = {_kind(value) for value in known}
    if len(kinds) != 1:
        return {}
    schema: Schema = {"type": kinds.pop(), "nullable": True}
    if schema["type"] == "object":
        names = dict.fromkeys(name for value in known for name in value)
        schema["properties"] = {name: of_examples([value[name] for value in known if name in value]) for name in names}
    elif schema["type"] == "array":
        schema["items"] = of_examples([item for value in known for item in value])
    elif schema["type"] == "string":
        schema.update(_format(known))
    return schema


def _is_elided(value: Any) -> bool:
    return value in (None, PLACEHOLDER) or (isinstance(value, dict) and list(value) == [PLACEHOLDER])


def _kind(value: Any) -> str:
    kinds = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return kinds[type(value)]


def _format(texts: list[str]) -> Schema:
    return next(({"format": name} for name, form in FORMATS.items() if all(form.fullmatch(text) for text in texts)), {})


def envelope(bodies: list[Any]) -> Schema:
    """A success: `data` and what stands beside it as `bodies` show them. A bare object where they are bare."""
    seen = of_examples(bodies)
    seen.pop("nullable", None)
    if "success" not in seen.get("properties", {}):
        return seen
    told = {"success": {"type": "boolean", "enum": [True]}, "message": {"type": "string"}}
    return {
        "type": "object",
        "properties": {name: told.get(name, part) for name, part in seen["properties"].items()},
        "required": [name for name in ("success", "data", "message") if name in seen["properties"]],
    }
