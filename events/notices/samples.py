"""Answers of the calls on preferences, as the reference shows them."""

from typing import Any

_GROUPS = [
    {
        "group": "money_received",
        "mode": "instant",
        "modes": ["instant"],
        "recipients": ["compta@example.com"],
        "language": "fr",
        "pending": [],
        "held": [],
    },
    {
        "group": "status_and_court",
        "mode": "daily",
        "modes": ["off", "instant", "daily", "weekly"],
        "recipients": ["compta@example.com", "direction@example.com"],
        "language": "fr",
        "pending": ["direction@example.com"],
        "held": [],
    },
]
_OFF = {"groups.0.mode": ["This group is not told in this mode."]}


def _taken(message: str) -> dict[str, Any]:
    return {"success": True, "data": {"groups": _GROUPS}, "message": message}


PREFERENCES_BODY = {
    "groups": [
        {"group": "status_and_court", "mode": "daily", "recipients": _GROUPS[1]["recipients"]},
        {"group": "scoring", "mode": "off"},
    ]
}
PREFERENCES = {200: _taken("Notification preferences retrieved successfully")}
PREFERENCES_SET = {
    200: _taken("Notification preferences saved successfully"),
    422: {"success": False, "message": "Validation failed", "errors": _OFF},
}
