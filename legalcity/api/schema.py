"""The OpenAPI document, generated from the code.

Routes, access, bodies and query strings come from the views: `serializers` and `queries` name what an action reads.
Titles, texts and examples come from the published reference, from the docstrings where it has none. Every answer
that can happen is declared. A view whose action has a success that was never published names it:
`also_answers = {"create": {202: "Not done yet: ask again at `status_url`."}}`.
"""

import json
import re
from http import HTTPStatus
from itertools import zip_longest
from typing import Any
from urllib.parse import urlsplit

from django.utils import translation
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from rest_framework.permissions import AllowAny

from legalcity.api import errors, published, shapes
from legalcity.api.fields import REQUIRED, label
from legalcity.api.listing import PageField
from legalcity.api.parsing import MALFORMED, PayloadTooLarge
from legalcity.api.published import Answer, Call
from legalcity.api.shapes import Schema

API = "/api"
JSON = "application/json"
ANYTHING = "*/*"
OTHER = "Other"  # The section of calls that no section of the reference fits.
WITH_BODY = ("POST", "PUT", "PATCH")

GUIDE = """
**Access.** `POST /api/auth/login` exchanges an e-mail and an API key for a token; every other call wants it as
`Authorization: Bearer …`. Only the calls about the service itself are open.

**Answers.** A success is `{"success": true, "data": …, "message": "…"}`, a failure
`{"success": false, "message": "…"}`; a 422 adds `errors`, the sentences of each field, nested fields by dotted keys
(`invoices.0.invoice_number`). Every answer says in `X-Request-ID` how we find it in our logs.

**Values.** Money is a string with two decimals (`"1500.00"`), dates are `YYYY-MM-DD`, moments are UTC
(`2025-10-20T10:30:00.000000Z`). Numbers may be sent as strings, booleans as 1 and 0. Fields that a call does not know,
or that clients may not set, are ignored. A field that does not apply beside the others is stored as null.

**Changes.** `PUT` and `PATCH` alike change what is sent and keep the rest.

**Lists.** `page` begins at 1; a page past the end is empty. `filters_applied` tells the filters that took effect.

**Limits.** `X-RateLimit-Limit` and `X-RateLimit-Remaining` tell how many calls are left, a 429 in `Retry-After` when
to come back.

**Language.** Messages are English, or French with `Accept-Language: fr`; keys never change.

**For your tools.** The same reference as an [OpenAPI document](%(host)s/docs/openapi.yaml) and as a
[Postman collection](%(host)s/docs/collection.json).
"""

HEADERS: dict[str, Schema] = {
    "X-RateLimit-Limit": {
        "description": "The calls that the limit of this call allows in its period.",
        "schema": {"type": "integer", "minimum": 1},
    },
    "X-RateLimit-Remaining": {
        "description": "The calls that are left of it.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "X-Request-ID": {
        "description": "The request's name in our logs: the client's own `X-Request-ID`, or one that we made.",
        "schema": {"type": "string"},
    },
    "Retry-After": {
        "description": "Seconds until the limit begins anew.",
        "schema": {"type": "integer", "minimum": 1},
    },
    "WWW-Authenticate": {"description": "The scheme to come back with.", "schema": {"type": "string"}},
}
EVERYWHERE = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-Request-ID")
SOMEWHERE = {401: ("WWW-Authenticate",), 429: ("Retry-After",)}

FAILURE: Schema = {
    "type": "object",
    "description": "What every failure looks like.",
    "properties": {
        "success": {"type": "boolean", "enum": [False]},
        "message": {"type": "string", "description": "A sentence for the person in front of the client."},
        "errors": {
            "type": "object",
            "description": "The sentences of each field, by its dotted key (422).",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
        "reasons": {
            "type": "array",
            "description": "Why a case is not eligible, where that was the question (403).",
            "items": {"type": "string"},
        },
    },
    "required": ["success", "message"],
}
FAILURE_REF = {"$ref": "#/components/schemas/Failure"}

# Failures that many calls share: status → name of the component, what it means, the sentence.
SHARED: dict[int, tuple[str, str, Any]] = {
    400: ("MalformedBody", "The body is not valid JSON.", MALFORMED),
    401: ("Unauthenticated", "No token, or one that opens nothing any more.", errors.UNAUTHENTICATED),
    403: ("Forbidden", "The caller may not do this.", errors.NO_PERMISSION),
    404: ("NotFound", "There is no such thing.", _("Not found")),
    413: ("PayloadTooLarge", "The body is over the limit.", PayloadTooLarge.default_detail),
    415: ("UnsupportedMediaType", "The body is of another media type.", _("Unsupported media type")),
    429: ("TooManyAttempts", "A rate limit is used up.", lazy(lambda: str(errors.TooManyAttempts(60).detail), str)()),
    500: ("ServerError", "We failed; the answer says nothing of how.", errors.SERVER_ERROR),
}


class TokenScheme(OpenApiAuthenticationExtension):
    """The API's one way in. Named by its path, since this layer knows no room."""

    target_class = "accounts.authentication.TokenAuthentication"
    name = "bearerAuth"

    def get_security_definition(self, auto_schema: AutoSchema) -> Schema:
        """An HTTP Bearer scheme."""
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "The `token` of `POST /api/auth/login`.",
        }


class ContractSchema(AutoSchema):
    """Describes one action of a view."""

    def is_excluded(self) -> bool:
        """Only the API is listed; of the answer for unknown addresses only the GET."""
        if self.path == API:
            return self.method != "GET"
        return not self.path.startswith(f"{API}/")

    def get_operation(self, *args: Any, **kwargs: Any) -> Schema | None:
        """The operation, in English whatever the language of the person who asks."""
        with translation.override("en"):
            return super().get_operation(*args, **kwargs)

    @property
    def call(self) -> Call | None:
        """What the reference says of this operation."""
        return published.find(self.method, _route_path(self.path))

    @property
    def action(self) -> str:
        """The name of the view's method."""
        return str(getattr(self.view, "action", None) or self.method.lower())

    def get_operation_id(self) -> str:
        """The fixed words of the path and the action: `recoveries_invoices_create`, `auth_login`."""
        words = [word.replace("-", "_") for word in self.path.removeprefix(API).split("/") if word and "{" not in word]
        return "_".join(words if words[-1:] == [self.action] else [*words, self.action])

    def get_summary(self) -> str:
        """The published title, or the first sentence of the docstring."""
        title = self.call.title if self.call else ""
        return title or str(super().get_description()).partition("\n")[0].rstrip(".")

    def get_description(self) -> str:  # type: ignore[override]
        """The published text, or the docstring; and a sample address where it has a query string."""
        text = (self.call.text if self.call else "") or str(super().get_description())
        if self.call and urlsplit(self.call.sample).query:
            text += f"\n\nSample: `{self.call.sample}`"
        return text

    def get_tags(self) -> list[str]:
        """The section of the reference; for a call that it does not know, the section of its neighbours."""
        if self.call:
            return [self.call.section]
        root = published.shape(self.path).split("/{}")[0]
        neighbour = next((call for call in published.calls() if call.path.startswith(root)), None)
        return [neighbour.section if neighbour else OTHER]

    # --- what is sent ------------------------------------------------------------------------------------------

    def _get_parameters(self) -> list[Schema]:
        return [*self._path_parameters(), *self._query_parameters()]

    def _path_parameters(self) -> list[Schema]:
        shown = published.variables(published.public_path(_route_path(self.path)))
        return [
            self._path_parameter(name, is_id=f"<id:{own}>" in self.path_regex)
            for own, name in zip_longest(published.variables(self.path), shown)
        ]

    def _path_parameter(self, name: str, *, is_id: bool) -> Schema:
        known = self.call.parameter("url", name) if self.call else None
        parameter: Schema = {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "integer", "format": "int64", "minimum": 1} if is_id else {"type": "string"},
        }
        if known and known.text:
            parameter["description"] = known.text
        if known and known.example:
            parameter["example"] = int(known.example) if is_id else known.example
        return parameter

    def _query_parameters(self) -> list[Schema]:
        query = self._reader("queries")
        return [self._query_parameter(str(name), field) for name, field in query.fields.items()] if query else []

    def _query_parameter(self, name: str, field: Any) -> Schema:
        """One value of the query string. Its sample is an extension: a page of the reference would send `example`."""
        known = published.parameter(self.call, "query", name)
        parameter: Schema = {"name": name, "in": "query", "required": field.required, "schema": shapes.of_field(field)}
        if known and known.text:
            parameter["description"] = known.text
        if known and known.example:
            parameter["x-sample"] = known.example
        return parameter

    def _reader(self, kind: str) -> Any:
        """The serializer that `serializers` or `queries` of the view names for this action, or None."""
        reader = getattr(self.view, kind, {}).get(self.action)
        return reader() if reader else None

    @property
    def _body(self) -> Schema | None:
        """The schema of the request's body, or None for a call without one."""
        reader = self._reader("serializers") if self.method in WITH_BODY else None
        if reader is None:
            return None
        schema = self._told(shapes.of_field(reader))
        if self.method != "POST":
            schema["required"] = [name for name in schema.get("required", []) if self._is_always_required(name)]
        return {name: part for name, part in schema.items() if part or name != "required"}

    def _is_always_required(self, name: str) -> bool:
        """An update keeps what is absent, but for what the reference demands even then."""
        known = self.call.parameter("body", name) if self.call else None
        return bool(known and known.required)

    def _told(self, schema: Schema, prefix: str = "") -> Schema:
        """`schema` with the texts of the reference on its properties."""
        for name, part in schema.get("properties", {}).items():
            self._told(part.get("items", part), f"{prefix}{name}.")
            known = published.parameter(self.call, "body", f"{prefix}{name}")
            if known and known.text:
                part["description"] = known.text
        return schema

    def _get_request_body(self, direction: str = "request") -> Schema | None:
        if self._body is None:
            return None
        sample = self.call.body if self.call else None
        content = {media: self._content(media, sample) for media in self.map_parsers()}
        return {"content": content, "required": "required" in self._body}

    def _content(self, media: str, sample: Schema | None) -> Schema:
        body = self._body or {}
        if media != JSON:
            return {"schema": self._component("Form", body)}
        properties = {name: part for name, part in body["properties"].items() if part.get("format") != "binary"}
        schema = self._component("Request", {**body, "properties": properties})
        return {"schema": schema, "example": sample} if sample else {"schema": schema}

    def _component(self, suffix: str, schema: Schema) -> Schema:
        """Register `schema` under the operation's name; returns the reference to it."""
        name = "".join(word.capitalize() for word in self.get_operation_id().split("_")) + suffix
        component = ResolvedComponent(name=name, type=ResolvedComponent.SCHEMA, schema=schema, object=name)
        self.registry.register_on_missing(component)
        return component.ref

    # --- what is answered --------------------------------------------------------------------------------------

    def _get_response_bodies(self, direction: str = "response") -> Schema:
        answers = self._documented()
        successes = [status for status in answers if status < 400]
        if not answers:
            successes = [201 if self.method == "POST" else 200]
        also: dict[int, str] = getattr(self.view, "also_answers", {}).get(self.action, {})
        bodies = {status: self._success(status, answers.get(status, [])) for status in successes}
        for status, text in also.items():
            bodies[status] = {**self._success(status, []), "description": str(text)}
        for status in {status for status in answers if status >= 400} | self._possible_failures():
            bodies[status] = self._failure(status, answers.get(status, []))
        return {str(status): bodies[status] for status in sorted(bodies)}

    def _documented(self) -> dict[int, list[Answer]]:
        grouped: dict[int, list[Answer]] = {}
        for answer in self.call.answers if self.call else ():
            grouped.setdefault(answer.status, []).append(answer)
        return grouped

    def _possible_failures(self) -> set[int]:
        """What can happen beside what was published."""
        statuses = {429, 500}
        if self._body is not None:
            statuses |= {400, 413, 415, 422}
        if self._reader("queries"):
            statuses.add(422)
        if self._needs_token:
            statuses.add(401)
            # Published reads say themselves whether they tell another account's things from missing ones.
            statuses |= {403} if self.method != "GET" or not self._documented() else set()
        if "<id:" in self.path_regex:
            statuses.add(404)
        return statuses

    @property
    def _needs_token(self) -> bool:
        return AllowAny not in self.view.permission_classes

    def _success(self, status: int, answers: list[Answer]) -> Schema:
        described = "; or: ".join(dict.fromkeys(filter(None, (answer.message for answer in answers))))
        response: Schema = {"description": described or HTTPStatus(status).phrase, "headers": _headers(status)}
        if any(isinstance(answer.body, str) for answer in answers):
            return {**response, "content": {ANYTHING: {"schema": {"type": "string", "format": "binary"}}}}
        bodies = [answer.body for answer in answers] or [{"success": True, "data": None, "message": ""}]
        schema = self._component(f"Answer{status}", shapes.envelope(bodies))
        return {**response, "content": {JSON: {"schema": schema, **_examples(answers)}}}

    def _failure(self, status: int, answers: list[Answer]) -> Schema:
        """The documented failures of `status` and the one of our own that it can have besides."""
        own = self._own_failure(status)
        is_general = status in SHARED and own.message == str(_shared_message(status))
        if is_general and all(answer.message == own.message for answer in answers):
            return {"$ref": f"#/components/responses/{SHARED[status][0]}"}
        messages = [answer.message for answer in answers]
        if not answers or (self._adds(status) and own.message not in messages):
            answers = [*answers, own]
        return _failure_response(status, answers)

    def _adds(self, status: int) -> bool:
        """Whether our own failure of `status` can happen beside the documented ones."""
        return (status == 400 and self._body is not None) or (status == 401 and self._needs_token)

    def _own_failure(self, status: int) -> Answer:
        sentences = {
            401: getattr(self.view, "unauthenticated_message", None),
            422: getattr(self.view, "validation_message", errors.VALIDATION_FAILED),
            500: getattr(self.view, "failure_messages", {}).get(self.action),
        }
        message = str(sentences.get(status) or _shared_message(status))
        body: Schema = {"success": False, "message": message}
        if status == 422:
            body["errors"] = self._sample_errors()
        return Answer(status, "", body)

    def _sample_errors(self) -> dict[str, list[str]]:
        required = (self._body or {}).get("required") or list((self._body or {}).get("properties", {}))
        name, sentence = (required[0], REQUIRED) if required else ("page", PageField.default_error_messages["page"])
        return {name: [str(sentence).format(field=label(name))]}


def _route_path(path: str) -> str:
    """`path` as a template; the framework cuts the optional end off the route of unknown addresses."""
    return published.FALLBACK if path == API else path


def _shared_message(status: int) -> str:
    return str(SHARED[status][2]) if status in SHARED else HTTPStatus(status).phrase


def _headers(status: int) -> Schema:
    names = (*EVERYWHERE, *SOMEWHERE.get(status, ()))
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _failure_response(status: int, answers: list[Answer]) -> Schema:
    sentences = dict.fromkeys(answer.message for answer in answers)
    return {
        "description": "; or: ".join(sentences),
        "headers": _headers(status),
        "content": {JSON: {"schema": FAILURE_REF, **_examples(answers)}},
    }


def _examples(answers: list[Answer]) -> Schema:
    """The bodies as named examples, or nothing."""
    examples: Schema = {}
    for number, answer in enumerate(answers, start=1):
        title = answer.label or answer.message or "Example"
        name = re.sub(r"[^a-z0-9]+", "_", title.lower())[:50].strip("_")
        examples[name if name not in examples else f"{name}_{number}"] = {"summary": title, "value": answer.body}
    return {"examples": examples} if examples else {}


def _shared_responses() -> Schema:
    responses = {}
    for status, (name, text, _sentence) in SHARED.items():
        body = {"success": False, "message": _shared_message(status)}
        responses[name] = {**_failure_response(status, [Answer(status, "", body)]), "description": str(text)}
    return responses


def moved(document: Schema, old: str, new: str) -> Schema:
    """A copy of `document` whose addresses at `old` (scheme and host) are at `new`."""
    copy: Schema = json.loads(json.dumps(document, ensure_ascii=False).replace(old, new))
    return copy


def _in_published_order(paths: Schema) -> Schema:
    """The paths under their published names, in the order of the reference; others follow."""
    order = {(call.path, call.method.lower()): number for number, call in enumerate(published.calls())}
    named = {published.public_path(_route_path(path)): methods for path, methods in paths.items()}

    def rank(path: str) -> int:
        return min(order.get((path, method), len(order)) for method in named[path])

    return {
        path: dict(sorted(named[path].items(), key=lambda item: order.get((path, item[0]), len(order))))
        for path in sorted(named, key=rank)
    }


def add_published_reference(result: Schema, generator: Any, request: Any, public: bool) -> Schema:
    """The whole document: paths in their published order, sections, the guide, what all answers share.

    `result` is what drf-spectacular made of the views; its server (settings) is also put into the examples.
    """
    host = result["servers"][0]["url"]
    result["info"]["description"] += "\n" + GUIDE % {"host": host}
    result["paths"] = _in_published_order(result["paths"])
    operations = [operation for methods in result["paths"].values() for operation in methods.values()]
    used = {tag for operation in operations for tag in operation["tags"]}
    sections = published.sections()
    result["tags"] = [
        {"name": name, "description": sections.get(name, "")} for name in [*sections, OTHER] if name in used
    ]
    with translation.override("en"):
        result["components"].update(headers=HEADERS, responses=_shared_responses())
    result["components"]["schemas"]["Failure"] = FAILURE
    return moved(result, published.HOST, host)
