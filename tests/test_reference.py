"""The reference: true to the code, complete beside what was published, and readable under the site's policy."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, path, resolve
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft7Validator
from openapi_schema_validator import OAS30Validator, oas30_format_checker
from openapi_spec_validator import validate
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from legalcity.api import fields, published, shapes
from legalcity.api.parsing import ContractParser
from legalcity.api.postman import KEEP_TOKEN, collection
from legalcity.api.reference_pages import document_at
from legalcity.api.views import ContractView

HOST = "https://api.example.fr"
DOCUMENT = document_at(HOST)
OPERATIONS = [
    (method, path, operation) for path, methods in DOCUMENT["paths"].items() for method, operation in methods.items()
]
NAMES = [f"{method.upper()} {path}" for method, path, _operation in OPERATIONS]
each_operation = pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=NAMES)

ROUTE_VARIABLE = re.compile(r"<(?:\w+:)?(\w+)>")
REFERENCE = json.loads(Path(settings.BASE_DIR, "legalcity/api/contract/legalcity.json").read_text())


def _is_implemented(entry: dict[str, Any], call: dict[str, str]) -> bool:
    """Whether a route of the code, other than the one for unknown addresses, takes a published call."""
    try:
        match = resolve(entry["sample_request"]["url"].partition("?")[0])
    except Resolver404:
        return False
    is_fallback = match.url_name == "fallback"
    return is_fallback == ("fallback" in call["path"]) and call["method"].lower() in match.func.actions


PUBLISHED = [
    (entry, call) for entry in REFERENCE["operations"] for call in entry["calls"] if _is_implemented(entry, call)
]
each_published_call = pytest.mark.parametrize(
    ("entry", "call"), PUBLISHED, ids=[f"{call['method']} {call['path']}" for _entry, call in PUBLISHED]
)


def _routes(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, route)
        else:
            yield route, pattern


def _followed(part: dict[str, Any]) -> dict[str, Any]:
    return DOCUMENT["components"][part["$ref"].split("/")[2]][part["$ref"].split("/")[3]] if "$ref" in part else part


def _inlined(part: Any) -> Any:
    """A schema without references."""
    if isinstance(part, dict):
        return _inlined(_followed(part)) if "$ref" in part else {name: _inlined(each) for name, each in part.items()}
    return [_inlined(each) for each in part] if isinstance(part, list) else part


def _check(value: Any, schema: Any) -> None:
    OAS30Validator(_inlined(schema), format_checker=oas30_format_checker).validate(value)


def _examples(operation: dict[str, Any], status: int) -> list[Any]:
    content = _followed(operation["responses"][str(status)])["content"]["application/json"]
    return [example["value"] for example in content["examples"].values()]


# --- the document ----------------------------------------------------------------------------------------------


def test_document_is_valid() -> None:
    validate(DOCUMENT)


def test_command_makes_it_without_a_warning(tmp_path: Path) -> None:
    file = tmp_path / "openapi.yaml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(file))
    assert yaml.safe_load(file.read_text())["paths"] == document_at(settings.PUBLIC_BASE_URL)["paths"]


def test_every_route_of_the_api_is_listed() -> None:
    listed = {(method, published.shape(path)) for method, path, _operation in OPERATIONS}
    routes = {
        (method, ROUTE_VARIABLE.sub("{}", f"/{route}"))
        for route, pattern in _routes(get_resolver().url_patterns)
        if route.startswith("api/")
        for method in getattr(pattern.callback, "actions", {})
        if method != "head"  # Comes with the first request for a GET.
    }
    assert len(routes) > 20
    assert routes <= listed
    assert listed - routes == {("get", "/api/{}")}


def test_only_the_api_is_listed() -> None:
    assert all(path.startswith("/api/") for path in DOCUMENT["paths"])


def test_names_of_operations_are_unique() -> None:
    names = [operation["operationId"] for _method, _path, operation in OPERATIONS]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for name in names)


def test_calls_stand_in_the_order_of_the_reference() -> None:
    order = [(call["method"].lower(), call["path"]) for _entry, call in PUBLISHED]
    listed = [(method, path) for method, path, _operation in OPERATIONS]
    assert [each for each in listed if each in order] == [
        each for path in DOCUMENT["paths"] for each in order if each[1] == path
    ]
    sections = [tag["name"] for tag in DOCUMENT["tags"]]
    published_ones = [name for name in REFERENCE["sections"] if name in sections]
    assert sections == [*published_ones, "Events", "Webhooks"]


# --- beside what was published -----------------------------------------------------------------------------------


def _operation(call: dict[str, str]) -> dict[str, Any]:
    return dict(DOCUMENT["paths"][call["path"]][call["method"].lower()])


def _promised(entry: dict[str, Any]) -> list[tuple[int, Any]]:
    """The published answers: without the one that a call is not there yet, addresses moved to the host."""
    whole = json.loads(json.dumps(entry["responses"]).replace(published.HOST, HOST))
    return [(each["status"], each["body"]) for each in whole if "not yet implemented" not in str(each["body"])]


@each_published_call
def test_published_call_is_listed_with_its_words(entry: dict[str, Any], call: dict[str, str]) -> None:
    operation = _operation(call)
    assert operation["tags"] == [entry["section"]]
    assert operation["summary"] == entry["title"] or entry["title"] == "POST api/recoveries"
    assert operation["summary"]
    assert operation["description"].startswith(entry["description"].partition("\n")[0])
    assert operation["description"]
    listed = {(each["in"], each["name"]): each for each in operation.get("parameters", [])}
    for parameter in entry["parameters"]:
        if parameter["in"] != "body":
            place = {"url": "path"}.get(parameter["in"], parameter["in"])
            text = parameter["description"].partition("Example: ")[0].removeprefix("date optional ")
            assert text.strip().removeprefix("enum optional ") == listed[place, parameter["name"]].get(
                "description", ""
            )


@each_published_call
def test_published_call_is_listed_with_its_sample(entry: dict[str, Any], call: dict[str, str]) -> None:
    body = entry["sample_request"].get("body")
    if body is None:
        return
    content = _operation(call)["requestBody"]["content"]["application/json"]
    for name, value in body.items():
        if value != ["architecto"]:  # A filler, which no client could send.
            assert content["example"][name] == (value.strip('"') if isinstance(value, str) else value)
    assert set(content["example"]) == set(body)
    _check(content["example"], content["schema"])


@each_published_call
def test_published_call_is_listed_with_its_answers(entry: dict[str, Any], call: dict[str, str]) -> None:
    operation = _operation(call)
    assert {str(status) for status, _body in _promised(entry)} <= set(operation["responses"])
    for status, body in _promised(entry):
        if isinstance(body, str) and "{" not in body:
            assert "application/json" not in operation["responses"][str(status)]["content"]
            continue
        whole = json.loads(body[body.index("{") :]) if isinstance(body, str) else body
        assert whole in _examples(operation, status)


def test_reference_says_what_the_code_takes() -> None:
    """Every documented field of a body is one that the code reads."""
    for entry, call in PUBLISHED:
        body = entry["sample_request"].get("body") or {}
        known = _operation(call).get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        assert set(body) <= set(_inlined(known).get("properties", {})), call


# --- what can happen ---------------------------------------------------------------------------------------------


@each_operation
def test_examples_fit_their_schemas(method: str, path: str, operation: dict[str, Any]) -> None:
    for status, response in operation["responses"].items():
        content = _followed(response).get("content", {}).get("application/json", {})
        for value in _examples(operation, int(status)) if content.get("examples") else []:
            _check(value, content["schema"])


@each_operation
def test_every_failure_is_declared(method: str, path: str, operation: dict[str, Any]) -> None:
    statuses = set(operation["responses"])
    assert {"429", "500"} <= statuses
    if "requestBody" in operation:
        assert {"400", "413", "415", "422"} <= statuses
    if {} not in operation["security"]:
        assert operation["security"] == [{"bearerAuth": []}]
        assert "401" in statuses
    if any(each["in"] == "query" for each in operation.get("parameters", [])):
        assert "422" in statuses
    for status in statuses:
        response = _followed(operation["responses"][status])
        assert {"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-Request-ID"} <= set(response["headers"])
        assert response["description"]
        if status >= "400":
            assert response["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Failure"}
            assert all(example["success"] is False for example in _examples(operation, int(status)))


def test_open_calls_are_those_of_the_reference() -> None:
    """One call was published without its texts, and so without the word that it wants a token."""
    for entry, call in PUBLISHED:
        is_open = {} in _operation(call)["security"]
        assert is_open == (not entry["auth"] and entry["title"] != "POST api/recoveries")


def test_waiting_and_challenge_have_their_headers() -> None:
    responses = DOCUMENT["components"]["responses"]
    assert "Retry-After" in responses["TooManyAttempts"]["headers"]
    assert "WWW-Authenticate" in responses["Unauthenticated"]["headers"]
    scheme = DOCUMENT["components"]["securitySchemes"]["bearerAuth"]
    assert (scheme["type"], scheme["scheme"], scheme["bearerFormat"]) == ("http", "bearer", "JWT")


# --- what is sent ------------------------------------------------------------------------------------------------


def _parameters(method: str, path: str) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in DOCUMENT["paths"][path][method]["parameters"]}


def test_ids_of_paths_are_integers() -> None:
    listed = _parameters("get", "/api/recoveries/{recoveryId}/invoices/{invoiceId}")
    assert [each["schema"]["type"] for each in listed.values()] == ["integer", "integer"]
    assert _parameters("get", "/api/companies/type/{type}")["type"]["schema"]["type"] == "string"


def test_query_strings_are_described() -> None:
    listed = _parameters("get", "/api/recoveries/{recoveryId}/invoices")
    assert not any(each["required"] for name, each in listed.items() if name != "recoveryId")
    assert listed["sort_order"]["schema"]["enum"] == ["asc", "desc"]
    assert "invoice_amount" in listed["sort_by"]["schema"]["enum"]
    assert listed["page"]["schema"]["minimum"] == 1
    assert listed["date_from"]["schema"]["format"] == "date"
    assert listed["is_part_paid"]["schema"]["type"] == "boolean"


def test_updates_keep_what_is_absent() -> None:
    for name in ("RecoveriesUpdate", "RecoveriesPartialUpdate", "RecoveriesInvoicesUpdate"):
        assert "required" not in DOCUMENT["components"]["schemas"][f"{name}Request"]
    assert DOCUMENT["components"]["schemas"]["RecoveriesInvoicesCreateRequest"]["required"] == [
        "invoice_number",
        "invoice_date",
        "invoice_amount",
    ]


class _Everything(serializers.Serializer):
    """One field of each kind."""

    money = fields.MoneyField()
    text = fields.TextField(limit=40)
    bounded_by_a_setting = fields.TextField(limit=lambda: 40)
    digits = fields.DigitsField(length=9)
    email = fields.EmailField()
    day = fields.DayField()
    flag = fields.FlagField()
    code = fields.CodeField(among=(1, 2), allow_null=True)
    word = fields.WordField(["a", "b"], allow_null=True)
    anything = fields.ObjectField(required=False)
    many = serializers.ListField(child=fields.MoneyField(allow_null=True), required=False)
    file = serializers.FileField(required=False)


def test_fields_are_described() -> None:
    schema = shapes.of_field(_Everything())
    parts = schema["properties"]
    assert parts["text"] == {"type": "string", "minLength": 1, "maxLength": 40}
    assert parts["bounded_by_a_setting"] == {"type": "string", "minLength": 1}
    assert parts["code"] == {"type": "integer", "enum": [1, 2, None], "nullable": True}
    assert parts["word"] == {"type": "string", "enum": ["a", "b", None], "nullable": True}
    assert parts["file"] == {"type": "string", "format": "binary"}
    assert schema["required"] == [name for name in parts if name not in ("anything", "many", "file")]


@pytest.mark.parametrize("amount", ["0", "1500.00", "999999999999.99", 12, 12.5])
def test_money_may_be_a_string_or_a_number(amount: Any) -> None:
    _check(amount, shapes.of_field(fields.MoneyField()))


@pytest.mark.parametrize("amount", ["", "-1", "1.005", "1e3", "NaN", "1000000000000", -1, 10**12, None, True])
def test_money_is_nothing_else(amount: Any) -> None:
    assert not OAS30Validator(shapes.of_field(fields.MoneyField())).is_valid(amount)


def test_unknown_kind_of_field_is_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    assert shapes.of_field(serializers.DurationField()) == {}
    assert "DurationField" in capsys.readouterr().err


def test_examples_give_a_schema() -> None:
    schema = shapes.of_examples([{"id": 1, "at": "2025-10-20", "user": {"...": "..."}, "all": ["..."]}, {"id": None}])
    assert schema["properties"] == {
        "id": {"type": "integer", "nullable": True},
        "at": {"type": "string", "nullable": True, "format": "date"},
        "user": {},
        "all": {"type": "array", "nullable": True, "items": {}},
    }


# --- a call that was never published -----------------------------------------------------------------------------


class _UploadSerializer(serializers.Serializer):
    """A name, and a file or an address."""

    name = fields.TextField(limit=40)
    address = fields.TextField(required=False)
    file = serializers.FileField(required=False)


class _UploadView(ContractView):
    """Things that are sent."""

    parser_classes = [ContractParser, MultiPartParser]
    serializers = {"create": _UploadSerializer}
    also_answers = {"create": {202: "Not done yet."}}

    def create(self, request: Request, thing_id: int) -> Response:
        """Keep a file.

        It is looked at later.
        """
        return Response({})


@pytest.fixture
def unpublished() -> dict[str, Any]:
    routes = [path("api/things/<id:thing_id>/files", _UploadView.as_view({"post": "create"}))]
    document = SchemaGenerator(patterns=routes).get_schema(request=None, public=True)
    validate(document)
    return dict(document)


def test_unpublished_call_speaks_by_its_docstring(unpublished: dict[str, Any]) -> None:
    operation = unpublished["paths"]["/api/things/{thing_id}/files"]["post"]
    assert operation["summary"] == "Keep a file"
    assert operation["description"].endswith("It is looked at later.")
    assert operation["responses"]["202"]["description"] == "Not done yet."
    assert set(operation["responses"]) == {"201", "202", "400", "401", "403", "404", "413", "415", "422", "429", "500"}
    assert [tag["name"] for tag in unpublished["tags"]] == operation["tags"]
    assert [item["name"] for folder in collection(unpublished)["item"] for item in folder["item"]] == ["Keep a file"]


def test_file_is_sent_in_a_form_only(unpublished: dict[str, Any]) -> None:
    content = unpublished["paths"]["/api/things/{thing_id}/files"]["post"]["requestBody"]["content"]
    schemas = unpublished["components"]["schemas"]
    assert set(content) == {"application/json", "multipart/form-data"}
    assert set(schemas["ThingsFilesCreateRequest"]["properties"]) == {"name", "address"}
    assert schemas["ThingsFilesCreateForm"]["properties"]["file"] == {"type": "string", "format": "binary"}


# --- who serves it -----------------------------------------------------------------------------------------------


def test_addresses_are_those_of_the_host(client: Client) -> None:
    answer = client.get("/docs/openapi.yaml", headers={"host": "legal.example"})
    document = yaml.safe_load(answer.content)
    assert answer["Content-Type"].startswith("application/yaml")
    assert document["servers"] == [{"url": "http://legal.example"}]
    assert published.HOST not in answer.content.decode()
    assert _examples(document["paths"]["/api/info"]["get"], 200)[0]["documentation"] == "http://legal.example/docs"


def test_document_is_in_one_language() -> None:
    with translation.override("fr"):
        french = SchemaGenerator().get_schema(request=None, public=True)
    assert french == document_at(settings.PUBLIC_BASE_URL)


# --- the collection ------------------------------------------------------------------------------------------------

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
            "required": ["mode", "raw"],
            "properties": {"mode": {"const": "raw"}, "raw": {"type": "string"}},
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


def test_collection_has_the_form_of_postman(postman: dict[str, Any]) -> None:
    Draft7Validator(COLLECTION_SHAPE).validate(postman)
    assert [folder["name"] for folder in postman["item"]] == [tag["name"] for tag in DOCUMENT["tags"]]


def test_collection_has_every_call_and_every_example(postman: dict[str, Any]) -> None:
    sent = {
        (item["request"]["method"].lower(), re.sub(r":(\w+)", r"{\1}", "/" + "/".join(item["request"]["url"]["path"])))
        for item in _items(postman)
    }
    assert sent == {(method, path) for method, path, _operation in OPERATIONS}
    shown = sum(len(item["response"]) for item in _items(postman))
    assert shown == sum(
        len(_followed(response).get("content", {}).get("application/json", {}).get("examples", {}))
        for _method, _path, operation in OPERATIONS
        for response in operation["responses"].values()
    )


def test_collection_keeps_the_token_of_a_login(postman: dict[str, Any]) -> None:
    assert postman["auth"]["bearer"][0]["value"] == "{{token}}"
    assert {each["key"]: each["value"] for each in postman["variable"]} == {
        "base_url": "http://legal.example",
        "token": "",
    }
    keeping = {item["name"] for item in _items(postman) if "event" in item}
    login = next(item for item in _items(postman) if item["name"] == "Login")
    assert keeping == {"Login", "Refresh Token"}
    assert login["event"][0]["script"]["exec"] == KEEP_TOKEN
    assert login["request"]["auth"] == {"type": "noauth"}
    assert json.loads(login["request"]["body"]["raw"])["email"] == "john@example.com"


def test_collection_has_the_samples_of_query_strings(postman: dict[str, Any]) -> None:
    listing = next(item for item in _items(postman) if item["name"] == "List Recovery Cases")
    query = {each["key"]: each for each in listing["request"]["url"]["query"]}
    assert query["sort_by"]["value"] == "recovery_reference"
    assert all(each["disabled"] for each in query.values())


def test_collection_needs_no_token_for_open_calls() -> None:
    folders = collection(DOCUMENT)["item"]
    system = next(folder for folder in folders if folder["name"] == "API System & Health")
    assert all(item["request"]["auth"] == {"type": "noauth"} for item in system["item"])


# --- the page ------------------------------------------------------------------------------------------------------


def _policy(answer: Any) -> dict[str, str]:
    directives = (part.strip().partition(" ") for part in answer["Content-Security-Policy"].split(";"))
    return {name: sources for name, _space, sources in directives}


def test_page_keeps_to_the_policy(client: Client) -> None:
    answer = client.get("/docs")
    page, policy = answer.content.decode(), _policy(answer)
    assert answer.status_code == 200
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert policy["default-src"] == "'self'"
    assert "script-src" not in policy
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=", page)
    for style in re.findall(r"<style>(.*?)</style>", page, re.DOTALL):
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy["style-src"]


def test_page_asks_no_other_host(client: Client) -> None:
    page = client.get("/docs").content.decode()
    script = client.get(re.findall(r'src="(/docs[^"]*)"', page)[0])
    assert script["Content-Type"].startswith("application/javascript")
    assert not re.search(r"(https?:)?//[\w.-]+\.\w+", page)
    assert "://" not in script.content.decode()
    assert "/docs/openapi.yaml" in script.content.decode()
    for file in re.findall(r'(?:src|href)="/static/([^"]+)"', page):
        assert finders.find(file), file


def test_pages_are_open_to_everybody(client: Client) -> None:
    for address in ("/docs", "/docs/openapi.yaml", "/docs/collection.json"):
        assert client.get(address, headers={"authorization": "Bearer nonsense"}).status_code == 200
