"""JSON schemas (OpenAPI 3.1) of what serializers read.

A bound that is a system setting is written down as it is unless staff change it, as published words name the size of
pages: the document is the same for everybody, and what holds now is said by the 422.
"""

from functools import singledispatch
from typing import Any

from drf_spectacular.drainage import warn
from rest_framework import serializers

from legalcity.api.components import DAY, Schema, described, fields, list_of, or_null
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
from legalcity.lib.settings.system import CONFIG

SANE_LENGTH = 100_000  # A larger limit only says that some other rule bounds the text.


def of_field(field: Any) -> Schema:
    """What a serializer's field takes: a schema, nullable where the field is, with the field's own `help_text`."""
    schema = _read(field)
    schema = or_null(schema) if field.allow_null else schema
    return described(schema, str(field.help_text)) if field.help_text else schema


@singledispatch
def _read(field: Any) -> Schema:
    warn(f"no schema is known for {type(field).__name__} ({field.field_name}): add it to legalcity.api.shapes")
    return {}


@_read.register
def _serializer(field: serializers.Serializer) -> Schema:
    known = {str(name): each for name, each in field.fields.items() if not each.read_only}
    schema: Schema = {"type": "object", "properties": {name: of_field(each) for name, each in known.items()}}
    required = [name for name, each in known.items() if each.required]
    return {**schema, "required": required} if required else schema


@_read.register(serializers.ListSerializer)
@_read.register(serializers.ListField)
def _list(field: Any) -> Schema:
    return list_of(of_field(field.child), most=getattr(field, "most", None))


@_read.register
def _text(field: serializers.CharField) -> Schema:
    schema: Schema = {"type": "string"}
    if not field.allow_null and field.required:
        schema["minLength"] = 1
    limit = field.limit if isinstance(field, TextField) else field.max_length
    limit = CONFIG[limit][0] if isinstance(limit, str) else limit
    if limit is not None and limit < SANE_LENGTH:
        schema["maxLength"] = limit
    return schema


@_read.register
def _email(field: EmailField) -> Schema:
    return {"type": "string", "format": "email", "maxLength": field.limit}


@_read.register
def _phone(field: PhoneField) -> Schema:
    """Clients write "n/a" too, which is taken: no pattern."""
    return {"type": "string", "maxLength": field.limit}


@_read.register
def _digits(field: DigitsField) -> Schema:
    return {"type": "string", "pattern": rf"^[0-9]{{{field.length}}}$"}


@_read.register
def _decimal(field: DecimalText) -> Schema:
    """A string keeps every digit, so it comes first; a JSON number is taken too."""
    places, digits = field.decimal_places or 0, (field.max_digits or 0) - (field.decimal_places or 0)
    pattern = rf"^[0-9]{{1,{digits}}}(\.[0-9]{{1,{places}}})?$"
    below = {"exclusiveMaximum": 10**digits} if field.most is None else {"maximum": field.most}
    return {
        "anyOf": [
            {"type": "string", "format": "decimal", "pattern": pattern},
            {"type": "number", "minimum": 0, **below, "multipleOf": 10**-places},
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
    bounds = dict(zip(("minimum", "maximum"), field.bounds or (), strict=False))
    return {"type": "integer", **bounds}


@_read.register
def _page(field: PageField) -> Schema:
    return {"type": "integer", "minimum": 1}


@_read.register
def _page_size(field: PageSizeField) -> Schema:
    return {"type": "integer", "minimum": 1, "maximum": CONFIG["MAX_PAGE_SIZE"][0]}


@_read.register
def _word(field: serializers.ChoiceField) -> Schema:
    return {"type": "string", "enum": list(field.choices)}


@_read.register
def _flag(field: serializers.BooleanField) -> Schema:
    return {"type": "boolean"}


@_read.register
def _day(field: serializers.DateField) -> Schema:
    return dict(DAY)


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


def filters_of(query: Any) -> Schema:
    """`filters_applied` of a list: what its query (a class) knows beside the page, null where it does not apply."""
    asked = {str(name): field for name, field in query().fields.items() if name not in ("page", "per_page")}
    return fields({name: _echoed(field, is_filled=name in ("sort_by", "sort_order")) for name, field in asked.items()})


def _echoed(field: Any, *, is_filled: bool) -> Schema:
    """A filter as answers repeat it; the order is always filled in."""
    schema = {name: part for name, part in _read(field).items() if name in ("type", "enum", "format")}
    return schema if is_filled else {**or_null(schema), "examples": [None]}
