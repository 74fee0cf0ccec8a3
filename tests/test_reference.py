"""The reference: true to the code, complete beside what was published, and readable under the site's policy."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, path, resolve
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from openapi_schema_validator import OAS31Validator, oas31_format_checker
from openapi_spec_validator import validate
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from legalcity.api import fields, published, shapes
from legalcity.api.components import success
from legalcity.api.parsing import ContractParser
from legalcity.api.postman import collection
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
    whole = {**schema, "components": DOCUMENT["components"]}
    OAS31Validator(whole, format_checker=oas31_format_checker).validate(value)


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
    assert sections == [*published_ones, "Events", "Notifications", "Scenarios", "Webhooks"]


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
            told = listed[place, parameter["name"]].get("description", "")
            assert told.startswith(text.strip().removeprefix("enum optional "))  # What was added stands behind.


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
        assert any(_keeps(example, whole) for example in _examples(operation, status)), whole


def _keeps(example: Any, shown: Any) -> bool:
    """Whether an example says all that was published: filled in where that elides, and where the form is another."""
    if isinstance(shown, dict) and isinstance(example, dict):
        return all(name == "..." or (name in example and _keeps(example[name], part)) for name, part in shown.items())
    if isinstance(shown, list) and isinstance(example, list):
        return all(_keeps(*pair) for pair in zip(example, shown, strict=True))
    return shown == example or shown == "..." or type(shown) is not type(example)


def test_reference_says_what_the_code_takes() -> None:
    """Every documented field of a body is one that the code reads."""
    for entry, call in PUBLISHED:
        body = entry["sample_request"].get("body") or {}
        known = _operation(call).get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        assert set(body) <= set(_inlined(known).get("properties", {})), call


# --- what can happen ---------------------------------------------------------------------------------------------


@each_operation
def test_every_call_declares_its_successes(method: str, path: str, operation: dict[str, Any]) -> None:
    """Without one: name them in `answers` of the view."""
    if path != published.FALLBACK:
        assert any(status < "400" for status in operation["responses"]), operation["operationId"]


def _open_places(schema: Any, place: str) -> Iterator[str]:
    """Where a schema lets anything pass."""
    if isinstance(schema, list):
        for part in schema:
            yield from _open_places(part, place)
    elif isinstance(schema, dict):
        if not {"$ref", "anyOf", "type"} & set(schema):
            yield place
        if "object" in str(schema.get("type")) and schema.get("additionalProperties") in (None, True, {}):
            yield place
        for name, part in schema.get("properties", {}).items():
            yield from _open_places(part, f"{place}.{name}")
        yield from _open_places([schema[word] for word in ("items",) if word in schema], f"{place}[]")
        yield from _open_places(schema.get("anyOf", []), place)


def test_answers_leave_nothing_open() -> None:
    """Each place of an answer has its type, and objects have no further keys; what is sent by webhook may get more."""
    schemas = DOCUMENT["components"]["schemas"]
    sent = set(re.findall(r"#/components/schemas/(\w+)", json.dumps(DOCUMENT["webhooks"])))
    answers = {name: each for name, each in schemas.items() if not name.endswith(("Request", "Form"))}
    answers = {name: each for name, each in answers.items() if name not in sent}
    assert [place for name, each in answers.items() for place in _open_places(each, name)] == []
    assert not re.search(r'"\.\.\."', json.dumps(DOCUMENT))


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
            assert {"success", "message"} <= set(
                _inlined(response["content"]["application/json"]["schema"])["required"]
            )
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
    bounded_by_a_setting = fields.TextField(limit="COMMENT_LENGTH")
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
    assert parts["bounded_by_a_setting"] == {"type": "string", "minLength": 1, "maxLength": 2000}
    assert parts["code"] == {"type": ["integer", "null"], "enum": [1, 2, None]}
    assert parts["word"] == {"type": ["string", "null"], "enum": ["a", "b", None]}
    assert parts["file"] == {"type": "string", "format": "binary"}
    assert schema["required"] == [name for name in parts if name not in ("anything", "many", "file")]


@pytest.mark.parametrize("amount", ["0", "1500.00", "999999999999.99", 12, 12.5])
def test_money_may_be_a_string_or_a_number(amount: Any) -> None:
    _check(amount, shapes.of_field(fields.MoneyField()))


@pytest.mark.parametrize("amount", ["", "-1", "1.005", "1e3", "NaN", "1000000000000", -1, 10**12, None, True])
def test_money_is_nothing_else(amount: Any) -> None:
    assert not OAS31Validator(shapes.of_field(fields.MoneyField())).is_valid(amount)


def test_unknown_kind_of_field_is_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    assert shapes.of_field(serializers.DurationField()) == {}
    assert "DurationField" in capsys.readouterr().err


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
    answers = {"create": {201: success(), 202: success(text="Not done yet.")}}

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
    assert set(operation["responses"]) == {
        "201",
        "202",
        "400",
        "401",
        "403",
        "404",
        "409",
        "413",
        "415",
        "422",
        "429",
        "500",
        "503",
    }
    assert [tag["name"] for tag in unpublished["tags"]] == operation["tags"]
    folders = collection(unpublished, receiver="https://ours.example")["item"]
    assert [item["name"] for folder in folders for item in folder["item"]] == ["Keep a file"]


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
