"""The reference against what calls really take: a value that its schema lets in is read, any other is refused."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from openapi_schema_validator import OAS31Validator, oas31_format_checker
from rest_framework import serializers

from legalcity.api import fields, shapes
from legalcity.lib.errors import Invalid
from tests.test_reference import DOCUMENT, each_operation

ADDED = {"Webhooks", "Events", "Notifications", "Scenarios"}  # Sections of which the published reference knows nothing.
LENGTHS = (1, 20, 32, 50, 51, 100, 101, 200, 201, 254, 255, 256, 500, 501, 2000, 2001, 5000)
NUMBERS = (-1, 0, 1, 99, 100, 101, 168, 169, 200, 201, 501, 10_000)
COUNTS = (1, 5, 6, 8, 9, 50, 51, 100, 101)
WORDS = ("a@example.com", "recovery.*")


def _views(patterns: list[Any]) -> Iterator[Any]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _views(pattern.url_patterns)
        elif isinstance(pattern, URLPattern) and hasattr(pattern.callback, "actions"):
            yield pattern.callback.cls


def _readers() -> dict[str, Any]:
    """Each serializer of a body or of a query string, by its name."""
    found = {}
    for view in _views(get_resolver().url_patterns):
        for kind in ("serializers", "queries"):
            found |= {
                f"{reader.__module__}.{reader.__qualname__}": reader for reader in getattr(view, kind, {}).values()
            }
    return found


def _fields(reader: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    for name, field in reader.fields.items():
        if not field.read_only:
            yield f"{place}{name}", field
            inner = getattr(field, "child", field)
            if isinstance(inner, serializers.Serializer):
                yield from _fields(inner, f"{place}{name}.")


FIELDS = {
    f"{name.rpartition('.')[2]}.{place}": field
    for name, reader in sorted(_readers().items())
    for place, field in _fields(reader())
}


def _probes(field: Any) -> list[Any]:
    """Values that differ in nothing but their size; none where a rule of a room, or a setting, is the bound."""
    if isinstance(field, serializers.IntegerField) and not callable(getattr(field, "among", None)):
        return list(NUMBERS)
    if type(field) in (fields.TextField, fields.LinesField, fields.ExactTextField) and isinstance(field.limit, int):
        return ["a" * length for length in LENGTHS]
    if isinstance(field, fields.PhoneField):
        return ["n/a", "+33 6 12 34 56 78", *("1" * length for length in LENGTHS)]
    if isinstance(field, serializers.ListField):
        return [[word] * count for word in WORDS if _is_taken(field, [word]) for count in COUNTS]
    return []


def _is_taken(field: Any, value: Any) -> bool:
    try:
        field.run_validation(value)
    except (serializers.ValidationError, Invalid):
        return False
    return True


@pytest.mark.django_db
@pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS)
def test_the_bounds_of_a_value_are_those_by_which_it_is_read(field: Any) -> None:
    schema = shapes.of_field(field)
    for value in _probes(field):
        is_valid = OAS31Validator(schema, format_checker=oas31_format_checker).is_valid(value)
        assert is_valid == _is_taken(field, value), (value, schema)


def test_the_bounds_that_clients_ask_about_are_there() -> None:
    bounds = {
        "RotateSerializer.keep_hours": {"minimum": 0, "maximum": 168},
        "EndpointSerializer.types": {"maxItems": 100},
        "EventsQuery.type": {"maxItems": 100},
        "PreferencesSerializer.groups.recipients": {"maxItems": 5},
        "PauseSerializer.reason": {"maxLength": 255},
        "StartSerializer.code": {"maxLength": 40},
        "RecoveryQuery.per_page": {"minimum": 1, "maximum": 100},
        "EventsQuery.limit": {"minimum": 1, "maximum": 200},
    }
    for name, wanted in bounds.items():
        assert wanted.items() <= shapes.of_field(FIELDS[name]).items(), name
        assert _probes(FIELDS[name])
    assert shapes.of_field(FIELDS["RehearseSerializer.recovery_ids"])["maxItems"] == 1000


@each_operation
def test_values_of_added_calls_say_what_they_are(method: str, path: str, operation: dict[str, Any]) -> None:
    if ADDED.isdisjoint(operation["tags"]):
        return
    for parameter in operation.get("parameters", []):
        assert parameter["description"]
        if parameter["in"] == "path":
            whole = parameter["schema"]
            assert OAS31Validator(whole, format_checker=oas31_format_checker).is_valid(parameter["example"])
            others = ("25", "no such thing")  # A code may be digits; an id is no text.
            assert not all(OAS31Validator(whole, format_checker=oas31_format_checker).is_valid(one) for one in others)
    for content in operation.get("requestBody", {}).get("content", {}).values():
        assert list(_undescribed(DOCUMENT["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]])) == []


def _undescribed(schema: dict[str, Any]) -> Iterator[str]:
    for name, part in schema.get("properties", {}).items():
        if not part.get("description"):
            yield name
        yield from _undescribed(part.get("items", {}))


def test_an_added_call_borrows_no_words_of_another_one() -> None:
    published = {"Invoice description.", "Invoice amount.", "Recovery type (1=amicable, 2=injunction). Default: 1."}
    for place in ("WebhookEndpointsCreate", "WebhookEndpointsTestCreate", "RecoveriesCreditNotesCreate"):
        parts = DOCUMENT["components"]["schemas"][f"{place}Request"]["properties"]
        assert published.isdisjoint(part["description"] for part in parts.values())


def test_what_is_searched_is_said() -> None:
    [search] = [each for each in DOCUMENT["paths"]["/api/recoveries"]["get"]["parameters"] if each["name"] == "search"]
    assert search["description"].startswith("Search across multiple fields including reference, debtor name")
    assert search["description"].endswith("Your `external_id` and the numbers of invoices are searched too.")
