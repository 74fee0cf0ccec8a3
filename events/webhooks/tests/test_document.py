"""The webhooks of the OpenAPI document, held against the catalogue and against what is sent."""

import json
from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator

from events.bodies import body_of
from events.catalogue import catalogue_told
from events.webhooks.tests.receivers import PAID, happen
from legalcity.api.reference_pages import document_at
from tests.factories import ApiUserFactory

DOCUMENT = document_at("https://api.example.fr")


def schema_of(operation: dict[str, Any]) -> dict[str, Any]:
    """What is sent, by its name among the components."""
    named: str = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    schema: dict[str, Any] = DOCUMENT["components"]["schemas"][named.rpartition("/")[2]]
    return schema


def test_each_type_that_clients_may_hear_of_has_its_webhook_and_schema() -> None:
    told = {each["type"]: each for each in catalogue_told()}
    assert list(DOCUMENT["webhooks"]) == list(told)
    for code, methods in DOCUMENT["webhooks"].items():
        schema, sample = schema_of(methods["post"]), methods["post"]["requestBody"]["content"]["application/json"]
        assert schema["properties"]["data"] == told[code]["schema"]
        validator = OAS31Validator(schema)
        validator.validate(sample["example"])
        validator.validate({**sample["example"], "more": 1})
        assert not validator.is_valid({**sample["example"], "type": "another.fact"})


@pytest.mark.django_db
def test_what_is_sent_fits() -> None:
    [event] = happen(ApiUserFactory())
    OAS31Validator(schema_of(DOCUMENT["webhooks"][PAID]["post"])).validate(json.loads(body_of(event)))
