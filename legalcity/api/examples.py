"""Examples of answers: the published ones, with what they lack or elide filled in, so that each fits its schema."""

from typing import Any

from legalcity.api.components import COMPONENTS, JSON_VALUE, PLACE, Schema

MISSING: Any = object()
BY_FORMAT = {
    "date": "2026-01-31",
    "date-time": "2026-03-02T10:30:00.000000Z",
    "uri": "https://example.fr/",
    "email": "john@example.com",
    "binary": "",
}
BY_PATTERN = {"^[0-9]{9}$": "123456789", "^[0-9]{14}$": "12345678901234", "^[0-9a-f]{64}$": "9f2c" + "0" * 60}
KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}


def completed(schema: Schema, sample: Any = MISSING, name: str = "") -> Any:
    """`sample` as far as it fits `schema`, the rest made up. `name` is the key that it stands under."""
    schema = _followed(schema)
    if "anyOf" in schema:
        return _either(schema["anyOf"], sample, name)
    if schema == JSON_VALUE:
        return sample
    kinds = schema.get("type", "object")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if sample is None and "null" in kinds:
        return None
    if kinds[0] == "object":
        return _object(schema, sample if isinstance(sample, dict) else {})
    if kinds[0] == "array":
        return _array(schema, sample)
    return sample if _fits(sample, schema, kinds[0]) else _made_up(schema, kinds[0], name)


def _followed(schema: Schema) -> Schema:
    reference = schema.get("$ref", "")
    return COMPONENTS[reference.removeprefix(PLACE)] if reference else schema


def _either(choices: list[Schema], sample: Any, name: str) -> Any:
    """By the first of the choices that takes the sample as it is, else by the first."""
    if sample is None and {"type": "null"} in choices:
        return None
    fitting = (choice for choice in choices if sample is not MISSING and completed(choice, sample, name) == sample)
    return completed(next(fitting, choices[0]), sample, name)


def _object(schema: Schema, sample: dict[str, Any]) -> dict[str, Any]:
    known, required = schema.get("properties", {}), schema.get("required", [])
    shown = [name for name in known if name in sample or name in required]
    order = [*(name for name in sample if name in shown), *(name for name in shown if name not in sample)]
    told = {name: completed(known[name], sample.get(name, MISSING), name) for name in order}
    others = schema.get("additionalProperties")
    if isinstance(others, dict):
        told |= {name: completed(others, value) for name, value in sample.items() if name not in known}
    elif others is not False:
        told |= {name: value for name, value in sample.items() if name not in known}
    return _in_envelope(told)


def _in_envelope(told: dict[str, Any]) -> dict[str, Any]:
    """The message of an answer comes last, but for what is wrong with each field."""
    if "success" not in told:
        return told
    first = {name: value for name, value in told.items() if name in ("success", "data")}
    return {**first, **told}


def _array(schema: Schema, sample: Any) -> list[Any]:
    if not isinstance(sample, list):
        sample = [MISSING] * schema.get("minItems", 1)
    return [completed(schema["items"], item) for item in sample]


def _fits(sample: Any, schema: Schema, kind: str) -> bool:
    if not isinstance(sample, KINDS[kind]) or (isinstance(sample, bool) and kind != "boolean"):
        return False
    if sample == "..." or ("enum" in schema and sample not in schema["enum"]):
        return False
    return "minimum" not in schema or sample >= schema["minimum"]


def _made_up(schema: Schema, kind: str, name: str) -> Any:
    known = schema.get("examples") or schema.get("enum")
    if known:
        return known[0]
    if kind != "string":
        return {"boolean": True, "array": []}.get(kind, schema.get("minimum", 1))
    usual = BY_FORMAT.get(schema.get("format", "")) or BY_PATTERN.get(schema.get("pattern", ""))
    return usual or name.replace("_", " ").capitalize() or "Text"
