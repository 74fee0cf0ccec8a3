"""The ceiling of the feed: the same security work, one prepared statement, JSON by PostgreSQL; no framework."""

import uuid
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl

from ceiling import LIMIT, caller, query, remaining

# As the product reads it: in the order of commits, before the oldest transaction that still runs.
FEED = """
SELECT json_build_object('success', true, 'data', json_build_object(
    'items', coalesce(json_agg(json_build_object('id', 'evt_' || lpad(id::text, 26, '0'), 'type', type,
        'timestamp', to_char(effective_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'livemode', true,
        'data', data)), '[]'),
    'next', repeat('n', 120)), 'message', 'Events retrieved successfully')::text
FROM (
    SELECT id, type, effective_at, data FROM events_event
    WHERE owner_id = %s AND (audience & 1) = 1 AND (xact, id) > (0, 0)
    AND xact < pg_snapshot_xmin(pg_current_snapshot())::text::bigint ORDER BY xact, id LIMIT %s
) AS page
"""


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The WSGI application."""
    user_id = caller(environ)
    left = remaining(user_id)
    asked = dict(parse_qsl(environ["QUERY_STRING"]))
    body = query(FEED, [user_id, int(asked["limit"])]).fetchone()[0].encode()
    start_response(
        "200 OK",
        [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
            ("Access-Control-Allow-Origin", "*"),
            ("X-RateLimit-Limit", str(LIMIT)),
            ("X-RateLimit-Remaining", str(left)),
            ("X-Request-ID", uuid.uuid4().hex),
        ],
    )
    return [body]
