"""The Postman collection: in Postman's form, complete, and able to run from its beginning to its end."""

import json
import re
from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft7Validator

from legalcity.api.postman import AFTER_LISTS, ENDINGS, KEPT, LAST, NEEDED, SENT, collection
from legalcity.api.published import FALLBACK
from legalcity.api.reference_pages import document_at

DOCUMENT = document_at("https://api.example.fr")
CALLS = {
    (method, path): operation
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
    if path != FALLBACK
}
RECEIVER = "https://erp.example.com/legalcity"
MADE_UP = {"$guid"}  # by Postman itself

REQUEST_SHAPE = {
    "type": "object",
    "required": ["method", "header", "url"],
    "properties": {
        "method": {"enum": ["GET", "POST", "PUT", "PATCH", "DELETE"]},
        "header": {"type": "array", "items": {"required": ["key", "value"]}},
        "url": {
            "type": "object",
            "required": ["raw", "host", "path"],
            "properties": {
                "raw": {"type": "string", "pattern": r"^\{\{base_url\}\}/api/"},
                "host": {"const": ["{{base_url}}"]},
                "path": {"type": "array", "items": {"type": "string", "pattern": r"^[^{}/]+$"}},
                "variable": {"type": "array", "items": {"required": ["key", "value"]}},
                "query": {"type": "array", "items": {"required": ["key", "value", "disabled"]}},
            },
        },
        "body": {
            "type": "object",
            "required": ["mode"],
            "properties": {
                "mode": {"enum": ["raw", "formdata"]},
                "raw": {"type": "string"},
                "formdata": {"type": "array", "items": {"required": ["key", "type"]}},
            },
        },
        "auth": {"type": "object", "required": ["type"]},
        "description": {"type": "string"},
    },
    "additionalProperties": False,
}
COLLECTION_SHAPE = {
    "type": "object",
    "required": ["info", "item", "variable", "auth"],
    "properties": {
        "info": {
            "type": "object",
            "required": ["name", "schema"],
            "properties": {"schema": {"pattern": r"^https://schema\.getpostman\.com/json/collection/v2\.1\.0/"}},
        },
        "variable": {"type": "array", "items": {"required": ["key", "value"]}},
        "item": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "item"],
                "properties": {
                    "item": {
                        "type": "array",
                        "minItems": 1,
                        "items": {
                            "type": "object",
                            "required": ["name", "request", "response"],
                            "properties": {
                                "name": {"type": "string", "minLength": 1},
                                "request": REQUEST_SHAPE,
                                "response": {
                                    "type": "array",
                                    "items": {
                                        "required": ["name", "originalRequest", "code", "status", "header", "body"],
                                        "properties": {
                                            "originalRequest": REQUEST_SHAPE,
                                            "code": {"type": "integer"},
                                            "body": {"type": "string"},
                                        },
                                    },
                                },
                            },
                        },
                    }
                },
            },
        },
    },
}


@pytest.fixture
def postman(client: Client) -> dict[str, Any]:
    answer = client.get("/docs/collection.json", headers={"host": "legal.example"})
    assert answer["Content-Type"] == "application/json"
    return dict(answer.json())


def _items(postman: dict[str, Any]) -> list[dict[str, Any]]:
    return [item for folder in postman["item"] for item in folder["item"]]


def _call(item: dict[str, Any]) -> tuple[str, str]:
    words = "/".join(item["request"]["url"]["path"])
    return item["request"]["method"].lower(), re.sub(r":(\w+)", r"{\1}", f"/{words}")


def test_collection_has_the_form_of_postman(postman: dict[str, Any]) -> None:
    Draft7Validator(COLLECTION_SHAPE).validate(postman)
    assert [folder["name"] for folder in postman["item"]] == [*(tag["name"] for tag in DOCUMENT["tags"]), ENDINGS]
    assert json.loads(json.dumps(collection(DOCUMENT, receiver=RECEIVER)))["item"]


def test_collection_has_every_call_and_every_example(postman: dict[str, Any]) -> None:
    sent = [_call(item) for item in _items(postman)]
    assert sorted(sent) == sorted(CALLS)
    shown = [response["name"] for item in _items(postman) for response in item["response"]]
    assert len(shown) > 3 * len(sent)


def test_everything_that_is_sent_was_filled_in_before(postman: dict[str, Any]) -> None:
    """By whoever runs it (`email`, `key`), or by the script of a call that made it."""
    known = {"base_url", "email", "key", "webhook_url"}
    for item in _items(postman):
        used = set(re.findall(r"{{([$\w]+)}}", json.dumps(item["request"]))) - MADE_UP
        assert used <= known, item["name"]
        script = " ".join(line for event in item.get("event", []) for line in event["script"]["exec"])
        known |= set(re.findall(r'Variables.set\("(\w+)"', script))
    assert known == {each["key"] for each in postman["variable"]}
    assert {each["key"]: each["value"] for each in postman["variable"] if each["value"]} == {
        "base_url": "http://legal.example",
        "webhook_url": RECEIVER,
    }
    assert postman["auth"]["bearer"][0]["value"] == "{{token}}"


def test_what_is_said_of_calls_is_said_of_calls_that_there_are() -> None:
    there_are = {operation["operationId"] for operation in CALLS.values()}
    assert {*KEPT, *SENT, *NEEDED, *AFTER_LISTS, *LAST} <= there_are


def test_what_ends_things_comes_last(postman: dict[str, Any]) -> None:
    order = [_call(item) for item in _items(postman)]
    assert order[-1] == ("post", "/api/auth/logout")
    first = min(place for place, (method, _path) in enumerate(order) if method == "delete")
    assert all(method != "delete" for method, _path in order[:first])
    assert not [path for method, path in order[first:] if method in ("put", "patch")]


def test_credentials_are_asked_for(postman: dict[str, Any]) -> None:
    login = next(item for item in _items(postman) if item["name"] == "Login")
    assert json.loads(login["request"]["body"]["raw"]) == {"email": "{{email}}", "key": "{{key}}"}
    assert login["request"]["auth"] == {"type": "noauth"}


def test_files_are_sent_as_forms(postman: dict[str, Any]) -> None:
    upload = next(item for item in _items(postman) if item["request"].get("body", {}).get("mode") == "formdata")
    parts = {part["key"]: part["type"] for part in upload["request"]["body"]["formdata"]}
    assert parts == {"name": "text", "file": "file"}


def test_collection_has_the_samples_of_query_strings(postman: dict[str, Any]) -> None:
    listing = next(item for item in _items(postman) if item["name"] == "List Recovery Cases")
    query = {each["key"]: each for each in listing["request"]["url"]["query"]}
    assert query["sort_by"]["value"] == "recovery_reference"
    assert all(each["disabled"] for each in query.values())


def test_collection_needs_no_token_for_open_calls(postman: dict[str, Any]) -> None:
    for item in _items(postman):
        is_open = {} in CALLS[_call(item)]["security"]
        assert is_open == (item["request"].get("auth") == {"type": "noauth"})
