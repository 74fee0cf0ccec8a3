"""The calls on events: the feed, one event, the catalogue."""

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import caller
from events import samples
from events.bodies import event_told, events_told
from events.catalogue import catalogue_told
from events.feed import BEGINNING, FeedPlace, Wanted, event_for, feed_page
from events.public_ids import event_id_of
from events.serializers import EventsQuery
from events.shapes import EVENT, EVENT_ID, EVENT_TYPE
from legalcity.api.components import REFUSED, TEXT, described, fields, list_of, success
from legalcity.api.cursor import USUAL, cursor_opened, query_asked, query_read, sealed_cursor
from legalcity.api.envelope import reply
from legalcity.api.validation import ContractSerializer
from legalcity.api.views import ContractView
from legalcity.lib.errors import NotFound

NOT_FOUND = _("Event not found")
PLACE = 16  # bytes


class NoQuery(ContractSerializer):
    """A query string with nothing in it."""


class EventsView(ContractView):
    """What happened in an account."""

    section = "Events"
    path_parts = {"event_id": described(EVENT_ID, "The `id` of the event, as webhooks name it in `webhook-id`.")}
    queries = {"list": EventsQuery, "retrieve": NoQuery, "types": NoQuery}
    answers = {
        "list": {200: success(fields({"items": list_of(EVENT), "next": TEXT}))},
        "retrieve": {200: success(EVENT), 404: REFUSED},
        "types": {200: success(fields({"items": list_of(EVENT_TYPE)}))},
    }
    samples = {"list": samples.EVENTS, "retrieve": samples.EVENT, "types": samples.TYPES}

    def list(self, request: Request) -> Response:
        """What happened in your account, in the order in which it was committed: each event once, none left out.

        `next` is the cursor for `after` and never null: keep it, and come back with it. It stays the same while there
        is nothing new. With `type` (`recovery.paid`, `recovery.*`, repeated) a page may have fewer events than there
        are, even none: go on until `next` stays the same. `since` and `until` bound the time of recording, `until`
        itself left out; `timestamp` is when it became true and may be older.
        """
        asked = query_asked(EventsQuery, request)
        user = caller(request)
        of = f"events of {user.pk}"
        after = FeedPlace.of(cursor_opened(asked["after"], of, size=PLACE)) if asked.get("after") else BEGINNING
        wanted = Wanted(
            owner_id=user.pk,
            types=asked.get("type", ()),
            recovery_id=asked.get("recovery_id"),
            since=asked.get("since"),
            until=asked.get("until"),
        )
        page = feed_page(wanted, after=after, limit=asked.get("limit", USUAL))
        following = asked.get("after")
        if page.place is not None or not following:
            following = sealed_cursor((page.place or BEGINNING).number, of, size=PLACE)
        told = {"items": events_told(page.rows), "next": following}
        return reply(told, _("Events retrieved successfully"))

    def retrieve(self, request: Request, event_id: str) -> Response:
        """One event."""
        query_read(NoQuery, request.query_params)
        pk = event_id_of(event_id)
        event = None if pk is None else event_for(caller(request).pk, pk)
        if event is None:
            raise NotFound(NOT_FOUND)
        return reply(event_told(event), _("Event retrieved successfully"))

    def types(self, request: Request) -> Response:
        """All types of events: when they come, who else hears of them, and what their `data` holds."""
        query_read(NoQuery, request.query_params)
        return reply({"items": catalogue_told()}, _("Event types retrieved successfully"))
