"""An event as outsiders get it: in the feed and by webhook alike."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from django.core.serializers.json import DjangoJSONEncoder

from events.feed import FeedRow, PageRow
from events.models import Event
from events.public_ids import public_id, public_ids
from legalcity.lib.dates import moment_text


def event_told(event: Event | FeedRow) -> dict[str, Any]:
    """An event as the feed has it. `timestamp` says when it became true in the world."""
    return _told(public_id(event.id), event.type, event.effective_at, event.data, is_live=True)


def events_told(rows: Sequence[PageRow]) -> list[dict[str, Any]]:
    """A page of them, for orjson: their `data` is handed on as it is written."""
    return [
        {"id": told_id, "type": row.type, "timestamp": row.told_at, "livemode": True, "data": orjson.Fragment(row.data)}
        for told_id, row in zip(public_ids([row.id for row in rows]), rows, strict=True)
    ]


def body_of(event: Event | FeedRow) -> bytes:
    """The body of a webhook, as it is signed and sent: the same bytes for one event whenever they are made.

    UTF-8 without spaces between its tokens. The keys of `data` stand in their alphabet: the database keeps no order.
    """
    return _bytes(event_told(event))


def trial_body_of(event_id: str, code: str, moment: datetime, data: Mapping[str, Any]) -> bytes:
    """The body of a trial (`livemode` is false), under an id of its own that is in no feed."""
    return _bytes(_told(event_id, code, moment, data, is_live=False))


def _told(event_id: str, code: str, moment: datetime, data: Any, *, is_live: bool) -> dict[str, Any]:
    return {"id": event_id, "type": code, "timestamp": moment_text(moment), "livemode": is_live, "data": data}


def _bytes(body: dict[str, Any]) -> bytes:
    data = json.loads(json.dumps(body["data"], cls=DjangoJSONEncoder, sort_keys=True))
    return json.dumps({**body, "data": data}, ensure_ascii=False, separators=(",", ":")).encode()
