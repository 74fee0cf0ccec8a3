"""Answers of the calls on events, as the reference shows them."""

from typing import Any

Samples = dict[int, Any]


def _taken(data: Any, message: str) -> dict[str, Any]:
    return {"success": True, "data": data, "message": message}


_DATA = {
    "object": {"type": "recovery", "id": 25, "recovery_reference": "REC-AB12CD", "type_id": 1},
    "previous": {"recovery_last_status": 1, "group": 1, "phase": "amicable"},
    "current": {"recovery_last_status": 4, "group": 4, "phase": "formal"},
}
_EVENT = {
    "id": "evt_mzxw6ytboi2gk3tqmfzgk43fnu",
    "type": "recovery.status_changed",
    "timestamp": "2026-11-28T10:30:00.000000Z",
    "livemode": True,
    "data": _DATA,
}
_TYPE = {
    "type": "recovery.status_changed",
    "description": "A case has another status.",
    "audience": ["client"],
    "schema": {"type": "object"},
    "example": _DATA,
}
EVENTS: Samples = {200: _taken({"items": [_EVENT], "next": "Jm1hY…"}, "Events retrieved successfully")}
EVENT: Samples = {200: _taken(_EVENT, "Event retrieved successfully")}
TYPES: Samples = {200: _taken({"items": [_TYPE]}, "Event types retrieved successfully")}
