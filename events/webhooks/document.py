"""The webhooks of the OpenAPI document (3.1): what is sent of each type of event, with its own schema."""

from http import HTTPStatus
from typing import Any

from django.utils import translation

from events.catalogue import catalogue_told
from events.shapes import EVENT_ID
from legalcity.api.components import FLAG, JSON, MOMENT, PLACE, TEXT, Schema, described

EXAMPLE_ID, EXAMPLE_MOMENT = EVENT_ID["examples"][0], MOMENT["examples"][0]
HEADERS = {
    "webhook-id": "The id of the event: the same on every try and when it is sent again.",
    "webhook-timestamp": "When this try was made, in seconds since 1970.",
    "webhook-signature": "`v1,` and the base64 of an HMAC-SHA256 over `id.timestamp.body`, one for each secret.",
}
ANSWERS: Schema = {
    "2XX": {"description": "Taken. Whatever the body says is not read."},
    str(HTTPStatus.GONE.value): {"description": "Nothing is to be sent there any more: the endpoint is disabled."},
    "default": {"description": "Not taken: it is tried again, ten times over three days."},
}


def add_webhooks(result: Schema, generator: Any, request: Any, public: bool) -> Schema:
    """The document with a webhook for each type that clients may hear of, and a component for what is sent of it."""
    result["webhooks"] = {}
    schemas = result["components"]["schemas"]
    with translation.override("en"):
        for told in catalogue_told():
            name = component_name(told["type"])
            schemas[name] = _body(told)
            result["webhooks"][told["type"]] = {"post": _operation(told, name)}
    result["components"]["schemas"] = dict(sorted(schemas.items()))
    return result


def component_name(code: str) -> str:
    """`RecoveryStatusChangedEvent` of `recovery.status_changed`."""
    return "".join(word.capitalize() for word in code.replace(".", "_").split("_")) + "Event"


def _operation(told: dict[str, Any], name: str) -> Schema:
    example = {
        "id": EXAMPLE_ID,
        "type": told["type"],
        "timestamp": EXAMPLE_MOMENT,
        "livemode": True,
        "data": told["example"],
    }
    content = {"schema": {"$ref": f"{PLACE}{name}"}, "example": example}
    return {
        "operationId": f"on{name.removesuffix('Event')}",
        "summary": str(told["description"]),
        "security": [],
        "parameters": [
            {"name": header, "in": "header", "required": True, "description": text, "schema": TEXT}
            for header, text in HEADERS.items()
        ],
        "requestBody": {"required": True, "content": {JSON: content}},
        "responses": ANSWERS,
    }


def _body(told: dict[str, Any]) -> Schema:
    """What is sent: fields may be added to it, as to everything that is told."""
    properties = {
        "id": EVENT_ID,
        "type": {"type": "string", "const": told["type"]},
        "timestamp": described(MOMENT, "When it became true."),
        "livemode": described(FLAG, "False of trials, which stand in no feed."),
        "data": told["schema"],
    }
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "description": str(told["description"]),
    }
