"""Answers of the calls on scenarios, as the reference shows them."""

from typing import Any

Samples = dict[int, Any]


def _taken(data: Any, message: str) -> dict[str, Any]:
    return {"success": True, "data": data, "message": message}


START_BODY = {"code": "standard"}
PAUSE_BODY = {"reason": "The debtor has promised to pay.", "until": "2026-12-01"}
REHEARSE_BODY = {"until": "2026-12-31", "recovery_ids": [25]}
_STEPS = [
    {"step": "relance_1", "channels": ["email", "letter"], "delay": 3, "unit": "business_days"},
    {"step": "appel", "channels": ["task"], "delay": 26, "unit": "business_days"},
]
SCENARIOS: Samples = {
    200: _taken(
        {"items": [{"code": "standard", "name": "Standard", "version": 1, "steps": _STEPS}]},
        "Scenarios retrieved successfully",
    )
}
SCENARIO: Samples = {
    200: _taken(
        {
            "code": "standard",
            "version": 1,
            "state": "running",
            "paused_until": None,
            "reason": None,
            "done": [{"step": "relance_1", "on": "2026-11-04", "result": "sent", "message_id": 12, "reasons": []}],
            "next": [{"step": "relance_2", "on": "2026-11-13", "channel": "letter"}],
        },
        "Scenario retrieved successfully",
    )
}
PENDING: Samples = {
    202: _taken(
        {"id": 4, "state": "waiting", "poll_url": "https://api.example.com/api/rehearsals/4"},
        "Rehearsal accepted and being carried out",
    )
}
_SUMS = {
    "cases": 1,
    "days": [{"on": "2026-11-04", "channel": "email", "count": 1}],
    "results": {"sent": 1, "task": 1},
    "reasons": {"impossible": 1},
    "missing": {"phone": 1},
    "ends": {"done": 1},
}
REHEARSAL: Samples = {
    200: _taken(
        {
            "id": 4,
            "code": "standard",
            "version": 1,
            "until": "2026-12-31",
            "state": "done",
            "created_at": "2026-11-01T09:00:00.000000Z",
            "result": {**_SUMS, "today": {**_SUMS, "cases": 0, "days": [], "results": {}}},
        },
        "Rehearsal retrieved successfully",
    )
}
