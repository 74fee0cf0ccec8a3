"""Every answer that tests see is held against the reference: its status, its form, and nothing additional in it."""

import json
import re
from functools import cache
from typing import Any

from django.http import HttpResponse
from django.urls import Resolver404
from jsonschema_rs import Draft202012Validator
from rest_framework.test import APIClient

from legalcity.api import published
from legalcity.api.components import JSON, PLACE
from legalcity.api.reference_pages import document_at

HOST = "http://testserver"
VARIABLE = re.compile("<[^>]+>")
REFERENCE = re.compile(f'"{PLACE}(\\w+)"')


class AnswerDiffers(AssertionError):
    """An answer that the reference does not declare."""


@cache
def _document() -> dict[str, Any]:
    return document_at(HOST)


@cache
def operations() -> dict[tuple[str, str], dict[str, Any]]:
    """(method, path without names) → the operation of the reference."""
    paths = _document()["paths"]
    return {
        (method.upper(), published.shape(path)): operation
        for path, methods in paths.items()
        for method, operation in methods.items()
    }


@cache
def _content(method: str, route: str, status: int) -> dict[str, Any] | None:
    """What the reference declares of an answer: a schema for each media type. None: no such call is declared."""
    operation = operations().get((method, route))
    if operation is None:
        return None
    declared = operation["responses"].get(str(status))
    if declared is None:
        raise AnswerDiffers(f"{operation['operationId']}: {status} is not declared (`answers` of its view)")
    components = _document()["components"]
    if "$ref" in declared:
        declared = components["responses"][declared["$ref"].rpartition("/")[2]]
    return dict(declared["content"])


@cache
def _validator(name: str) -> Any:
    """The compiled form of a component, with those alone that it refers to: the rest would be compiled with it."""
    schemas = _document()["components"]["schemas"]
    waiting, used = [name], {}
    while waiting:
        found = waiting.pop()
        if found not in used:
            used[found] = schemas[found]
            waiting += REFERENCE.findall(json.dumps(schemas[found]))
    schema = {"$ref": f"{PLACE}{name}", "components": {"schemas": used}}
    return Draft202012Validator(schema, validate_formats=True)


def require_declared(method: str, answer: HttpResponse) -> None:
    """Raises AnswerDiffers unless the reference declares this answer of a call of the API."""
    try:
        route = answer.resolver_match.route
    except Resolver404:
        return
    if not route.startswith("api/"):
        return
    route = VARIABLE.sub("{}", f"/{route}")
    content = _content(method, route, answer.status_code)
    if content is None:
        return
    media_type = answer.headers.get("Content-Type", "").partition(";")[0]
    if media_type not in content:
        raise AnswerDiffers(f"{method} {route} {answer.status_code}: {media_type} is not declared")
    if media_type != JSON:
        return
    body = json.loads(answer.content)
    validator = _validator(content[JSON]["schema"]["$ref"].removeprefix(PLACE))
    if not validator.is_valid(body):
        faults = [
            f"{'.'.join(map(str, fault.instance_path))}: {fault.message[:300]}" for fault in validator.iter_errors(body)
        ]
        raise AnswerDiffers(
            f"{method} {route} {answer.status_code} differs from its declaration (`answers` of its view):\n"
            + "\n".join(faults[:10])
        )
    if "code" in body and answer.status_code != 422:  # The sentence of those is the same whatever breaks a rule.
        code = _codes_shown(method, route, answer.status_code).get(body["message"], body["code"])
        if code != body["code"]:
            raise AnswerDiffers(
                f"{method} {route} {answer.status_code}: the reference shows {code}, not {body['code']}"
            )


@cache
def _codes_shown(method: str, route: str, status: int) -> dict[str, str]:
    """The sentences that the reference shows of a refusal, each with its code."""
    declared = operations()[method, route]["responses"][str(status)]
    if "$ref" in declared:
        declared = _document()["components"]["responses"][declared["$ref"].rpartition("/")[2]]
    shown = [example["value"] for example in declared["content"][JSON].get("examples", {}).values()]
    return {body["message"]: body["code"] for body in shown if "code" in body}


class CheckedClient(APIClient):
    """The client of the framework; what it answers is what the reference declares."""

    def request(self, **kwargs: Any) -> Any:
        """Send, and hold the answer against the reference."""
        answer = super().request(**kwargs)
        require_declared(kwargs.get("REQUEST_METHOD", "GET"), answer)
        return answer
