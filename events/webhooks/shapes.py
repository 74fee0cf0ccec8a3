"""Endpoints and deliveries as the API answers them."""

from events.shapes import EVENT_ID
from events.webhooks.models import Delivery, Endpoint
from events.webhooks.serializers import MOST_TYPES
from legalcity.api.components import (
    COUNT,
    FLAG,
    MOMENT,
    TEXT,
    URL,
    Schema,
    component,
    described,
    fields,
    list_of,
    one_of,
    or_null,
)

UUID: Schema = {"type": "string", "format": "uuid", "examples": ["0d2f7c52-9d0a-4a64-8e0e-3b1f5c2f7a10"]}
PATH_PARTS = {
    "endpoint_id": described(UUID, "The `id` of the endpoint."),
    "delivery_id": described(
        {**UUID, "examples": ["5b0f3a9e-6c1d-4f7e-9b55-8f3c0c9d2e41"]}, "The `id` of the delivery."
    ),
}
SECRET_TEXT = described(TEXT, "What signs: `whsec_` and the key in base64.")

_ENDPOINT: Schema = {
    "id": UUID,
    "url": URL,
    "description": or_null(TEXT),
    "types": described(list_of(TEXT, most=MOST_TYPES), "Codes of types and `family.*`; none is everything."),
    "state": one_of(Endpoint.State),
    "sign_with_auth_secret": FLAG,
    "failing_since": described(or_null(MOMENT), "Since when every try has failed."),
    "disabled_at": or_null(MOMENT),
    "disabled_reason": or_null(one_of(Endpoint.Reason)),
    "created_at": MOMENT,
}
ENDPOINT = component("WebhookEndpoint", fields(_ENDPOINT), "An address that is told what happens.")
NEW_ENDPOINT = component(
    "NewWebhookEndpoint", fields({**_ENDPOINT, "secret": SECRET_TEXT}), "An endpoint that was made, with its secret."
)
SECRET = component(
    "WebhookSecret",
    fields({"secret": SECRET_TEXT, "previous": or_null(TEXT), "previous_until": or_null(MOMENT)}),
    "The secret of an endpoint, and the one before while it signs too.",
)
ATTEMPT = component(
    "WebhookAttempt",
    fields(
        {
            "at": MOMENT,
            "status": described(or_null(COUNT), "The status that was answered; null for no answer."),
            "reason": described(or_null(TEXT), "Why there was no answer."),
            "ms": described(COUNT, "How long it took, in milliseconds."),
            "response_head": described(TEXT, "The beginning of the answer."),
        }
    ),
    "A try to send an event.",
)
_DELIVERY: Schema = {
    "id": UUID,
    "event_id": EVENT_ID,
    "type": described(TEXT, "The type of the event."),
    "state": one_of(Delivery.State),
    "attempts": described(COUNT, "How often it was tried."),
    "next_attempt_at": or_null(MOMENT),
    "is_replay": described(FLAG, "Whether it was sent again because somebody asked."),
    "created_at": MOMENT,
}
DELIVERY_ROW = component("WebhookDeliveryRow", fields(_DELIVERY), "An event that is to arrive at an endpoint.")
DELIVERY = component(
    "WebhookDelivery", fields({**_DELIVERY, "tries": list_of(ATTEMPT)}), "The same with each of its tries."
)
