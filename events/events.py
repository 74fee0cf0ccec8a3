"""What is told of webhooks themselves."""

from django.utils.translation import gettext_lazy as _

from events.schemas import fields, one_of, or_null, told
from events.types import Json, event_type
from events.webhooks.models import Endpoint

_ENDPOINT = fields({"type": {"const": "webhook_endpoint"}, "id": {"type": "string", "format": "uuid"}})
_MOMENT: Json = {"type": "string", "format": "date-time"}
_EXAMPLE_ID = "6f9d7c0e-5a55-4c5e-9b0e-1f2f6e0c7a11"

WEBHOOK_ENDPOINT_DISABLED = event_type(
    "webhook_endpoint.disabled",
    _("An endpoint for webhooks was disabled: nothing is sent there any more."),
    told(_ENDPOINT, current=fields({"reason": one_of(Endpoint.Reason), "failing_since": or_null(_MOMENT)})),
    {
        "object": {"type": "webhook_endpoint", "id": _EXAMPLE_ID},
        "current": {"reason": "failing", "failing_since": "2026-01-12T08:00:00.000000Z"},
    },
)
TEST_PING = event_type(
    "test.ping",
    _("A trial that you asked for. It happens to nothing, and is in no list of events."),
    told(fields({"type": {"const": "test"}})),
    {"object": {"type": "test"}},
)
