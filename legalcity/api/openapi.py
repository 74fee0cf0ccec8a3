"""The OpenAPI document as a whole: its guide, its order, what all answers share."""

import json
from typing import Any

from django.utils import translation

from legalcity.api import published
from legalcity.api.components import Schema, components_of
from legalcity.api.responses import HEADERS, shared_responses

OTHER = "Other"  # The section of calls that no section of the reference fits.

GUIDE = """
**Access.** `POST /api/auth/login` exchanges an e-mail and an API key for a token; every other call wants it as
`Authorization: Bearer …`. Only the calls about the service itself are open.

**Answers.** A success is `{"success": true, "data": …, "message": "…"}`, a failure
`{"success": false, "message": "…"}`; a 422 adds `errors`, the sentences of each field, nested fields by dotted keys
(`invoices.0.invoice_number`). Every answer says in `X-Request-ID` how we find it in our logs.

**Values.** Money is a string with two decimals (`"1500.00"`), dates are `YYYY-MM-DD`, moments are UTC
(`2025-10-20T10:30:00.000000Z`). Numbers may be sent as strings, booleans as 1 and 0. Fields that a call does not know,
or that clients may not set, are ignored. A field that does not apply beside the others is stored as null.

**Changes.** `PUT` and `PATCH` alike change what is sent and keep the rest.

**Sending again.** A POST may carry an `Idempotency-Key`: sent again with its key it answers as the first time, marked
`Idempotent-Replayed: true`, and does nothing a second time. A key that was used for another request is a 422, one whose
request is being carried out a 409.

**Lists.** `page` begins at 1; a page past the end is empty. `filters_applied` tells the filters that took effect.

**Limits.** `X-RateLimit-Limit` and `X-RateLimit-Remaining` tell how many calls are left, a 429 in `Retry-After` when
to come back.

**Language.** Messages are English, or French with `Accept-Language: fr`; keys never change.

**For your tools.** The same reference as an [OpenAPI document](%(host)s/docs/openapi.yaml) and as a
[Postman collection](%(host)s/docs/collection.json).
"""


def moved(document: Schema, old: str, new: str) -> Schema:
    """A copy of `document` whose addresses at `old` (scheme and host) are at `new`."""
    copy: Schema = json.loads(json.dumps(document, ensure_ascii=False).replace(old, new))
    return copy


def _in_published_order(paths: Schema) -> Schema:
    """The paths under their published names, in the order of the reference; others follow."""
    order = {(call.path, call.method.lower()): number for number, call in enumerate(published.calls())}
    named = {published.public_path(published.route_path(path)): methods for path, methods in paths.items()}

    def rank(path: str) -> int:
        return min(order.get((path, method), len(order)) for method in named[path])

    return {
        path: dict(sorted(named[path].items(), key=lambda item: order.get((path, item[0]), len(order))))
        for path in sorted(named, key=rank)
    }


def add_published_reference(result: Schema, generator: Any, request: Any, public: bool) -> Schema:
    """The whole document: paths in their published order, sections, the guide, what all answers share.

    `result` is what drf-spectacular made of the views; its server (settings) is also put into the examples.
    """
    host = result["servers"][0]["url"]
    result["info"]["description"] += "\n" + GUIDE % {"host": host}
    result["paths"] = _in_published_order(result["paths"])
    operations = [operation for methods in result["paths"].values() for operation in methods.values()]
    used = list(dict.fromkeys(tag for operation in operations for tag in operation["tags"]))
    sections = published.sections()
    added = [name for name in used if name not in sections]
    result["tags"] = [
        {"name": name, "description": sections.get(name, "")} for name in [*sections, *added] if name in used
    ]
    with translation.override("en"):
        result["components"].update(headers=HEADERS, responses=shared_responses())
    schemas = result["components"]["schemas"]
    schemas.update(components_of([result["paths"], result["components"]]))
    result["components"]["schemas"] = dict(sorted(schemas.items()))
    return moved(result, published.HOST, host)
