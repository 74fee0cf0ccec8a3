"""What the calls on webhooks answer, as the reference shows it."""

from typing import Any

Sample = dict[int, Any]

_ID = "0d2f7c52-9d0a-4a64-8e0e-3b1f5c2f7a10"
_DELIVERY_ID = "5b0f3a9e-6c1d-4f7e-9b55-8f3c0c9d2e41"
_MOMENT = "2026-11-28T10:30:00.000000Z"
_ENDPOINT: dict[str, Any] = {
    "id": _ID,
    "url": "https://erp.example.com/legalcity",
    "description": "The ERP",
    "types": ["recovery.*", "payment.*"],
    "state": "enabled",
    "sign_with_auth_secret": True,
    "failing_since": None,
    "disabled_at": None,
    "disabled_reason": None,
    "created_at": _MOMENT,
}
_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="  # noqa: S105 - an example
_DELIVERY = {
    "id": _DELIVERY_ID,
    "event_id": "evt_pvtshutxnlb4e2hyygdz3bhzuq",
    "type": "recovery.paid",
    "state": "delivered",
    "attempts": 1,
    "next_attempt_at": None,
    "is_replay": False,
    "created_at": _MOMENT,
}
_ATTEMPT = {"at": _MOMENT, "status": 200, "reason": None, "ms": 12, "response_head": "ok"}


def _told(data: Any, message: str) -> dict[str, Any]:
    return {"success": True, "data": data, "message": message}


ENDPOINT_BODY = {"url": _ENDPOINT["url"], "types": _ENDPOINT["types"], "description": _ENDPOINT["description"]}
CHANGE_BODY = {"types": _ENDPOINT["types"], "state": "enabled", "missed": "all"}
ENDPOINT: Sample = {200: _told(_ENDPOINT, "Webhook endpoint retrieved successfully")}
ENDPOINTS: Sample = {
    200: _told({"items": [_ENDPOINT], "next": None}, "Webhook endpoints retrieved successfully"),
}
CREATED: Sample = {201: _told({**_ENDPOINT, "secret": _SECRET}, "Webhook endpoint created successfully")}
CHANGED: Sample = {200: _told(_ENDPOINT, "Webhook endpoint updated successfully")}
REMOVED: Sample = {200: {"success": True, "message": "Webhook endpoint deleted successfully"}}
SECRET: Sample = {
    200: _told({"secret": _SECRET, "previous": None, "previous_until": None}, "Secret retrieved successfully")
}
ROTATED: Sample = {
    200: _told(
        {"secret": _SECRET, "previous": _SECRET, "previous_until": "2026-11-29T10:30:00.000000Z"},
        "Secret renewed successfully",
    )
}
TRIAL: Sample = {200: _told({"attempt": _ATTEMPT}, "Trial sent")}
DELIVERIES: Sample = {200: _told({"items": [_DELIVERY], "next": None}, "Deliveries retrieved successfully")}
DELIVERY: Sample = {200: _told({**_DELIVERY, "tries": [_ATTEMPT]}, "Delivery retrieved successfully")}
REPLAYED: Sample = {
    202: _told({"count": 1}, "Deliveries will be sent again"),
    409: {"success": False, "message": "The delivery is still waiting: it is tried by itself."},
}
REPLAYED_TOGETHER: Sample = {
    202: _told({"count": 120}, "Deliveries will be sent again"),
    409: {
        "success": False,
        "message": "Deliveries are being sent there again already. Try again when they have ended.",
    },
}
