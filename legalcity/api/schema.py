"""One operation of the OpenAPI document, generated from the code of its view.

Routes, access, bodies and query strings come from the views: `serializers` and `queries` name what an action reads.
Titles, texts and examples come from the published reference, from the docstrings where it has none. A view names the
answers of each action, in the words of `legalcity.api.components`:

    answers = {"create": {201: success(DOCUMENT), 202: success(DOCUMENT, text="Not done yet."), 409: REFUSED}}

Failures that any such call can have are added here. An added call may say what its bodies and answers look like with
real values: `bodies = {"create": {…}}`, `samples = {"create": {201: {"success": True, "data": {…}, "message": "…"}}}`;
what a sample lacks is filled in from the schema, so an example always fits it. What a value of an added call means is
its field's `help_text`, in a published call what is true beside the published words. Parts of its address that are no
numbers are `path_parts = {"event_id": EVENT_ID}`.
"""

import re
from dataclasses import replace
from http import HTTPStatus
from itertools import zip_longest
from typing import Any
from urllib.parse import urlsplit

from django.utils import translation
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from rest_framework.permissions import AllowAny

from legalcity.api import errors, idempotency, published, shapes
from legalcity.api.components import JSON, Declared, Schema, error_of
from legalcity.api.examples import completed
from legalcity.api.fields import REQUIRED, label
from legalcity.api.idempotency import REPLAYED, Way
from legalcity.api.listing import PageField
from legalcity.api.openapi import OTHER
from legalcity.api.published import API, Answer, Call
from legalcity.api.responses import KEY_PARAMETER, SHARED, examples_of, failure_response, headers_of, shared_message

WITH_BODY = ("POST", "PUT", "PATCH")


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
        return published.find(self.method, published.route_path(self.path))

    @property
    def action(self) -> str:
        """The name of the view's method."""
        return str(getattr(self.view, "action", None) or self.method.lower())

    def get_operation_id(self) -> str:
        """The fixed words of the path and the action: `recoveries_invoices_create`, `auth_login`."""
        words = [
            re.sub(r"[-.]", "_", word) for word in self.path.removeprefix(API).split("/") if word and "{" not in word
        ]
        return "_".join(words if words[-1:] == [self.action] else [*words, self.action])

    def get_summary(self) -> str:
        """The published title, or the first sentence of the docstring."""
        title = self.call.title if self.call else ""
        return title or str(super().get_description()).partition("\n")[0].partition(". ")[0].rstrip(".")

    def get_description(self) -> str:  # type: ignore[override]
        """The published text, or the docstring; and a sample address where it has a query string."""
        text = (self.call.text if self.call else "") or str(super().get_description())
        if self.call and urlsplit(self.call.sample).query:
            text += f"\n\nSample: `{self.call.sample}`"
        return text

    def get_tags(self) -> list[str]:
        """The section of the reference; for a call that it does not know, the view's own, or that of its neighbours."""
        if self.call:
            return [self.call.section]
        if own := getattr(self.view, "section", ""):
            return [own]
        root = published.shape(self.path).split("/{}")[0]
        neighbour = next((call for call in published.calls() if call.path.startswith(root)), None)
        return [neighbour.section if neighbour else OTHER]

    # --- what is sent ------------------------------------------------------------------------------------------

    def _get_parameters(self) -> list[Schema]:
        keyed = [dict(KEY_PARAMETER)] if self._takes_keys else []
        return [*self._path_parameters(), *self._query_parameters(), *keyed]

    def _path_parameters(self) -> list[Schema]:
        shown = published.variables(published.public_path(published.route_path(self.path)))
        return [
            self._path_part(own) or self._path_parameter(name, is_id=f"<id:{own}>" in self.path_regex)
            for own, name in zip_longest(published.variables(self.path), shown)
        ]

    def _path_part(self, name: str) -> Schema | None:
        """A part of the address that the view describes."""
        schema = getattr(self.view, "path_parts", {}).get(name)
        if schema is None:
            return None
        told = {part: value for part, value in schema.items() if part not in ("examples", "description")}
        text = {"description": schema["description"]} if "description" in schema else {}
        return {"name": name, "in": "path", "required": True, "schema": told, **text, "example": schema["examples"][0]}

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
        own = parameter["schema"].pop("description", "")
        if text := " ".join(filter(None, (known.text if known else "", own))):
            parameter["description"] = text
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
            if text := " ".join(filter(None, (known.text if known else "", part.get("description", "")))):
                part["description"] = text
        return schema

    def _get_request_body(self, direction: str = "request") -> Schema | None:
        if self._body is None:
            return None
        content = {media: self._content(media) for media in self.map_parsers()}
        return {"content": content, "required": "required" in self._body}

    @property
    def _sample_body(self) -> Schema:
        """The published body, the view's own, or one that the schema makes up."""
        known = self.call.body if self.call else getattr(self.view, "bodies", {}).get(self.action)
        return known if known is not None else dict(completed(self._body or {}))

    def _content(self, media: str) -> Schema:
        body = self._body or {}
        if media != JSON:
            return {"schema": self._component("Form", body)}
        properties = {name: part for name, part in body["properties"].items() if part.get("format") != "binary"}
        schema = self._component("Request", {**body, "properties": properties})
        return {"schema": schema, "example": self._sample_body}

    def _component(self, suffix: str, schema: Schema) -> Schema:
        """Register `schema` under the operation's name; returns the reference to it."""
        name = "".join(word.capitalize() for word in self.get_operation_id().split("_")) + suffix
        component = ResolvedComponent(name=name, type=ResolvedComponent.SCHEMA, schema=schema, object=name)
        self.registry.register_on_missing(component)
        return component.ref

    # --- what is answered --------------------------------------------------------------------------------------

    def _get_response_bodies(self, direction: str = "response") -> Schema:
        shown, declared = self._documented(), self._declared()
        statuses = sorted({*declared, *self._possible_failures(), *(status for status in shown if status >= 400)})
        return {
            str(status): self._success(declared[status], status, shown.get(status, []))
            if status < 400
            else self._failure(status, shown.get(status, []), declared.get(status))
            for status in statuses
        }

    def _declared(self) -> dict[int, Declared]:
        """The answers that the view names."""
        answers: dict[int, Declared] = getattr(self.view, "answers", {}).get(self.action, {})
        return answers

    def _documented(self) -> dict[int, list[Answer]]:
        grouped: dict[int, list[Answer]] = {}
        for answer in self.call.answers if self.call else self._sampled():
            grouped.setdefault(answer.status, []).append(answer)
        return grouped

    def _sampled(self) -> list[Answer]:
        """What the view says of the answers of an added call."""
        samples: dict[int, Any] = getattr(self.view, "samples", {}).get(self.action, {})
        return [Answer(status, "", body) for status, body in samples.items()]

    def _possible_failures(self) -> set[int]:
        """What can happen beside what was published and what the view declares."""
        statuses = {429, 500, 503}
        if self._body is not None:
            statuses |= {400, 413, 415, 422}
        if self._reader("queries"):
            statuses.add(422)
        if self._needs_token:
            statuses.add(401)
            # Published reads say themselves whether they tell another account's things from missing ones.
            statuses |= {403} if self.method != "GET" or not (self.call and self.call.answers) else set()
        if "<id:" in self.path_regex:
            statuses.add(404)
        if self._takes_keys:
            statuses |= {400, 409, 422}
        return statuses

    @property
    def _takes_keys(self) -> bool:
        """Whether a repeat is answered as the first time."""
        way = getattr(self.view, "ways", {}).get(self.action, idempotency.USUAL).way
        return self.method == "POST" and self._needs_token and way is not Way.EXEMPT

    @property
    def _needs_token(self) -> bool:
        return AllowAny not in self.view.permission_classes

    def _success(self, declared: Declared, status: int, shown: list[Answer]) -> Schema:
        """An answer that the view declares, with the published examples or one that its schema makes up."""
        messages = dict.fromkeys(filter(None, (answer.message for answer in shown)))
        response: Schema = {
            "description": declared.text or "; or: ".join(messages) or HTTPStatus(status).phrase,
            "headers": headers_of(status, REPLAYED) if self._takes_keys else headers_of(status),
        }
        if JSON not in declared.content:
            return {**response, "content": {media: {"schema": schema} for media, schema in declared.content.items()}}
        schema = declared.content[JSON]
        answers = [replace(answer, body=completed(schema, answer.body)) for answer in shown]
        made_up = completed(schema, {"message": HTTPStatus(status).phrase})
        examples = examples_of(answers or [Answer(status, "", made_up)])
        shared = schema if "$ref" in schema else self._component(f"Answer{status}", schema)
        return {**response, "content": {JSON: {"schema": shared, **examples}}}

    def _failure(self, status: int, answers: list[Answer], declared: Declared | None) -> Schema:
        """The documented failures of `status` and the one of our own that it can have besides."""
        schema = declared.content[JSON] if declared else error_of(status)
        if declared and answers:
            return failure_response(status, answers, schema)
        own, code = self._own_failure(status), getattr(self.view, "refusal_codes", {}).get(status)
        if code is not None:
            answers = [replace(answer, body={**answer.body, "code": code.value}) for answer in answers]
        is_general = status in SHARED and code is None and own.message == str(shared_message(status))
        if is_general and not declared and all(answer.message == own.message for answer in answers):
            return {"$ref": f"#/components/responses/{SHARED[status][0]}"}
        messages = [answer.message for answer in answers]
        if not answers or (self._adds(status) and own.message not in messages):
            answers = [*answers, own]
        return failure_response(status, answers, schema)

    def _adds(self, status: int) -> bool:
        """Whether our own failure of `status` can happen beside the documented ones."""
        return (status == 400 and self._body is not None) or (status == 401 and self._needs_token)

    def _own_failure(self, status: int) -> Answer:
        sentences = {
            401: getattr(self.view, "unauthenticated_message", None),
            422: getattr(self.view, "validation_message", errors.VALIDATION_FAILED),
            500: getattr(self.view, "failure_messages", {}).get(self.action),
        }
        message = str(sentences.get(status) or shared_message(status))
        body: Schema = {"success": False, "message": message}
        if status == 422:
            body["errors"] = self._sample_errors()
        return Answer(status, "", body)

    def _sample_errors(self) -> dict[str, list[str]]:
        required = (self._body or {}).get("required") or list((self._body or {}).get("properties", {}))
        name, sentence = (required[0], REQUIRED) if required else ("page", PageField.default_error_messages["page"])
        return {name: [str(sentence).format(field=label(name))]}
