"""What `data` of an event looks like: `{"object": {…}, "previous": {…}, "current": {…}}`, thin and without people.

Ids, references, words of the field, amounts (text with two decimals) and dates; never a name, an address, an e-mail,
the text of a comment. Who wants these asks the API, so that a person's erasure never rewrites what was sent.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from events.types import EventType, Json

MOST_BYTES = 20_000
MOST_IDS = 50  # of one list

ID: Json = {"type": "integer", "minimum": 1}
COUNT: Json = {"type": "integer", "minimum": 0}
IDS: Json = {"type": "array", "items": ID, "maxItems": MOST_IDS}
WORD: Json = {"type": "string", "maxLength": 40}
REFERENCE: Json = {"type": "string", "maxLength": 255}
FLAG: Json = {"type": "boolean"}
AMOUNT: Json = {"type": "string", "pattern": r"^\d+\.\d\d$"}
DAY: Json = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"}


def or_null(schema: Json) -> Json:
    """The same, or nothing."""
    return {"anyOf": [schema, {"type": "null"}]}


def one_of(words: Iterable[str]) -> Json:
    """One of these words."""
    return {"enum": [str(word) for word in words]}


def fields(properties: Json) -> Json:
    """An object with all of these fields and no other."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def some_of(properties: Json) -> Json:
    """An object with any of these fields and no other: those that have changed."""
    return {"type": "object", "properties": properties, "additionalProperties": False}


def thing(kind: str, properties: Json) -> Json:
    """What an event is about: its kind, its id, and what else names it."""
    return fields({"type": {"const": kind}, "id": ID, **properties})


def told(about: Json, *, previous: Json | None = None, current: Json | None = None) -> Json:
    """The whole of `data`."""
    parts = {"object": about, "previous": previous, "current": current}
    return fields({name: schema for name, schema in parts.items() if schema is not None})


def change(about: Json, properties: Json) -> Json:
    """The whole of `data` of a change: both sides of the fields that are told, the names of all that changed.

    A text, or a name, is named and never told.
    """
    names: Json = {"type": "array", "items": WORD}
    schema = told(about, previous=some_of(properties), current=some_of(properties))
    schema["properties"]["changed"] = names  # What was told before there was this has it not.
    return schema


def opened(schema: Any) -> Any:
    """A schema as receivers should hold it against what they get: fields may be added to every object."""
    if isinstance(schema, Mapping):
        return {name: opened(part) for name, part in schema.items() if name != "additionalProperties"}
    return [opened(part) for part in schema] if isinstance(schema, list) else schema


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Field → [before, after] of the fields that differ, as JSON keeps them."""
    return {name: [plain(before[name]), plain(value)] for name, value in after.items() if before[name] != value}


def sides(differing: Mapping[str, Sequence[Any]], told_fields: Iterable[str]) -> Json:
    """`previous` and `current` of what differs, of those fields that are told; `changed` names all that do."""
    names = [name for name in told_fields if name in differing]
    return {
        "previous": {name: differing[name][0] for name in names},
        "current": {name: differing[name][1] for name in names},
        "changed": list(differing),
    }


def plain(value: Any) -> Any:
    """An amount with its two decimals, a day as text; all else as it is."""
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return value.isoformat() if hasattr(value, "isoformat") else value


def require_fitting(declared: EventType, data: Mapping[str, Any]) -> None:
    """Raises ValueError for data that its type does not declare, or that is too long. For tests and development."""
    from jsonschema import ValidationError, validate  # Slow to load, and never asked in production.

    text = json.dumps(data, cls=DjangoJSONEncoder)
    if len(text) > MOST_BYTES:
        raise ValueError(f"{declared.code}: more than {MOST_BYTES} bytes.")
    try:
        validate(json.loads(text), declared.schema)
    except ValidationError as error:
        raise ValueError(f"{declared.code}: {error.message}") from error
