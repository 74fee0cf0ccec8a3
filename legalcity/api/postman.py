"""The Postman collection (format 2.1), made from the OpenAPI document."""

import json
import uuid
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

Json = dict[str, Any]

FORMAT = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
JSON = "application/json"
KEEP_TOKEN = [
    "const answer = pm.response.json();",
    "if (answer.data && answer.data.token) {",
    '    pm.collectionVariables.set("token", answer.data.token);',
    "}",
]


def collection(document: Json) -> Json:
    """The collection of an OpenAPI document: a folder for each tag, a request for each operation.

    `base_url` is the document's server. Calls that give a token put it into `token`, which all others send.
    """
    server = document["servers"][0]["url"]
    return {
        "info": {
            "_postman_id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{server}/docs/collection.json")),
            "name": document["info"]["title"],
            "description": document["info"]["description"],
            "version": document["info"]["version"],
            "schema": FORMAT,
        },
        "item": [_folder(document, tag) for tag in document["tags"]],
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{token}}", "type": "string"}]},
        "variable": [
            {"key": "base_url", "value": server, "type": "string"},
            {"key": "token", "value": "", "type": "string"},
        ],
    }


def _folder(document: Json, tag: Json) -> Json:
    items = [
        _item(document, method.upper(), path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if tag["name"] in operation["tags"]
    ]
    return {"name": tag["name"], "description": tag["description"], "item": items}


def _item(document: Json, method: str, path: str, operation: Json) -> Json:
    request = _request(method, path, operation)
    item: Json = {
        "name": operation["summary"],
        "request": request,
        "response": list(_responses(document, request, operation)),
    }
    if _gives_token(operation):
        item["event"] = [{"listen": "test", "script": {"type": "text/javascript", "exec": KEEP_TOKEN}}]
    return item


def _request(method: str, path: str, operation: Json) -> Json:
    request: Json = {
        "method": method,
        "header": [{"key": "Accept", "value": JSON}],
        "url": _url(path, operation.get("parameters", [])),
        "description": operation.get("description", ""),
    }
    if {} in operation.get("security", []):
        request["auth"] = {"type": "noauth"}
    body = operation.get("requestBody", {}).get("content", {})
    if JSON in body:
        request["header"].append({"key": "Content-Type", "value": JSON})
        request["body"] = _json_body(body[JSON].get("example", {}))
    return request


def _json_body(sample: Any) -> Json:
    return {"mode": "raw", "raw": _text(sample), "options": {"raw": {"language": "json"}}}


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _url(path: str, parameters: list[Json]) -> Json:
    """Postman's form of an address: `:id` in the path; samples of the query string, each switched off."""
    words = [f":{word[1:-1]}" if word.startswith("{") else word for word in path.strip("/").split("/")]
    url: Json = {"raw": "/".join(["{{base_url}}", *words]), "host": ["{{base_url}}"], "path": words}
    variables = [_value(each, "example") for each in parameters if each["in"] == "path"]
    query = [{**_value(each, "x-sample"), "disabled": True} for each in parameters if each["in"] == "query"]
    return url | ({"variable": variables} if variables else {}) | ({"query": query} if query else {})


def _value(parameter: Json, sample: str) -> Json:
    return {
        "key": parameter["name"],
        "value": str(parameter.get(sample, "")),
        "description": parameter.get("description", ""),
    }


def _responses(document: Json, request: Json, operation: Json) -> Iterator[Json]:
    """The documented answers, one for each example."""
    for status, response in operation["responses"].items():
        whole = _followed(document, response)
        examples = whole.get("content", {}).get(JSON, {}).get("examples", {})
        for example in examples.values():
            yield {
                "name": f"{status} {example['summary']}",
                "originalRequest": request,
                "status": HTTPStatus(int(status)).phrase,
                "code": int(status),
                "_postman_previewlanguage": "json",
                "header": [{"key": "Content-Type", "value": JSON}],
                "cookie": [],
                "body": _text(example["value"]),
            }


def _followed(document: Json, part: Json) -> Json:
    """`part`, or what it refers to."""
    found: Any = part
    if "$ref" in part:
        found = document
        for word in urlsplit(part["$ref"]).fragment.strip("/").split("/"):
            found = found[word]
    return dict(found)


def _gives_token(operation: Json) -> bool:
    """Whether a success of the operation has a token in its data, as login and refresh have."""
    examples = operation["responses"].get("200", {}).get("content", {}).get(JSON, {}).get("examples", {})
    bodies = [example["value"].get("data") for example in examples.values()]
    return any(isinstance(data, dict) and "token" in data for data in bodies)
