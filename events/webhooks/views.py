"""The calls on webhooks: endpoints, their secrets, trials, deliveries, sending again."""

from contextlib import suppress
from datetime import datetime
from typing import Any, ClassVar

from django.http import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import caller
from events.webhooks import samples
from events.webhooks.answers import (
    attempt_told,
    delivery_told,
    delivery_with_tries_told,
    endpoint_told,
    secret_told,
)
from events.webhooks.endpoints import NONE, endpoint_change, endpoint_create, endpoint_remove, secret_rotate
from events.webhooks.models import Endpoint
from events.webhooks.replaying import deliveries_replay, delivery_replay
from events.webhooks.selectors import deliveries_after, delivery_of, endpoint_of, endpoints_of
from events.webhooks.sending import require_url
from events.webhooks.serializers import (
    DeliveriesQuery,
    EndpointChangeSerializer,
    EndpointSerializer,
    NoQuery,
    ReplaySerializer,
    RotateSerializer,
    TrialSerializer,
)
from events.webhooks.shapes import ATTEMPT, DELIVERY, DELIVERY_ROW, ENDPOINT, NEW_ENDPOINT, PATH_PARTS, SECRET
from events.webhooks.subscriptions import PING
from events.webhooks.trying import trial_send
from legalcity.api.components import COUNT, REFUSED, TEXT, Declared, Schema, fields, list_of, or_null, success
from legalcity.api.cursor import CursorQuery, page_told, place_of, query_read, sealed_cursor
from legalcity.api.envelope import reply
from legalcity.api.errors import TooManyAttempts
from legalcity.api.idempotency import Keyed, Way
from legalcity.api.limits import WEBHOOK_TESTS
from legalcity.api.validation import parse, parse_change
from legalcity.api.views import ContractView
from legalcity.lib.clock import now
from legalcity.lib.errors import Invalid
from legalcity.lib.places import place

KEEP_HOURS = 24
SOON = 5  # seconds after which a trial may find a place
REPLAYED = {202: success(fields({"count": COUNT})), 404: REFUSED, 409: REFUSED}


def _page_of(row: Schema) -> Declared:
    return success(fields({"items": list_of(row), "next": or_null(TEXT)}))


class WebhookView(ContractView):
    """What all calls on webhooks share: a query string is known to the last word."""

    section = "Webhooks"
    path_parts = PATH_PARTS
    queries: ClassVar[dict[str, Any]] = {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """After who asks, how often: what the query string says."""
        super().initial(request, *args, **kwargs)
        if request.method != "POST":
            self._ask(request)

    def _keyed(self, post: Any, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """A key comes before what the query string says: a repeat is told that it is another request."""

        def asked(*args: Any, **kwargs: Any) -> HttpResponseBase:
            self._ask(request)
            answer: HttpResponseBase = post(*args, **kwargs)
            return answer

        return super()._keyed(asked, request, *args, **kwargs)

    def _ask(self, request: Request) -> None:
        self.asked = query_read(self.queries.get(self.action or "", NoQuery), request.query_params)

    def endpoint(self, request: Request, endpoint_id: str) -> Endpoint:
        """The endpoint, in the caller's scope. Raises NotFound."""
        return endpoint_of(caller(request), endpoint_id)


class EndpointView(WebhookView):
    """The addresses that are told what happens."""

    is_looked_up = False
    refused: Invalid | None = None
    queries = {"list": CursorQuery, "retrieve": NoQuery, "destroy": NoQuery}
    answers = {
        "list": {200: _page_of(ENDPOINT)},
        "create": {201: success(NEW_ENDPOINT)},
        "retrieve": {200: success(ENDPOINT), 404: REFUSED},
        "partial_update": {200: success(ENDPOINT), 404: REFUSED, 409: REFUSED},
        "destroy": {200: success(), 404: REFUSED},
    }
    ways = {"create": Keyed(shows_secret=True, ahead="look_up")}
    serializers = {"create": EndpointSerializer, "partial_update": EndpointChangeSerializer}
    bodies = {"create": samples.ENDPOINT_BODY, "partial_update": samples.CHANGE_BODY}
    samples = {
        "list": samples.ENDPOINTS,
        "create": samples.CREATED,
        "retrieve": samples.ENDPOINT,
        "partial_update": samples.CHANGED,
        "destroy": samples.REMOVED,
    }

    def list(self, request: Request) -> Response:
        """Your endpoints, in the order in which they were made: ten at most."""
        of = f"webhook endpoints of {caller(request).pk}"
        place = place_of(self.asked, of=of)
        rows = [row for row in endpoints_of(caller(request)) if _number(row.created_at) > place.after]
        shown = rows[: place.limit]
        following = sealed_cursor(_number(shown[-1].created_at), of) if len(rows) > place.limit else None
        told = {"items": [endpoint_told(row) for row in shown], "next": following}
        return reply(told, _("Webhook endpoints retrieved successfully"))

    def create(self, request: Request) -> Response:
        """A new endpoint, which is told what happens from now on.

        `types`: codes of event types, or `family.*`; none is everything. The answer has the `secret` that signs; it is
        shown here and at `/secret`. What is sent is signed with the account's `auth_secret` too, unless
        `sign_with_auth_secret` is false.
        """
        values = parse(EndpointSerializer, request)
        if not self.is_looked_up:
            self.look_up(request)
        if self.refused is not None:
            raise self.refused
        endpoint = endpoint_create(owner=caller(request), values=values)
        told = {**endpoint_told(endpoint), "secret": endpoint.secret}
        return reply(told, _("Webhook endpoint created successfully"), status=status.HTTP_201_CREATED)

    def look_up(self, request: Request) -> None:
        """Look the host of a new endpoint up, which may take seconds, while no transaction is open."""
        with suppress(Invalid):  # `create` reads it again, and says what is wrong.
            values = parse(EndpointSerializer, request)
            self.is_looked_up = True
            try:
                require_url(values["url"])
            except Invalid as refused:
                self.refused = refused

    def retrieve(self, request: Request, endpoint_id: str) -> Response:
        """One endpoint."""
        told = endpoint_told(self.endpoint(request, endpoint_id))
        return reply(told, _("Webhook endpoint retrieved successfully"))

    def partial_update(self, request: Request, endpoint_id: str) -> Response:
        """Change an endpoint, disable it or enable it again.

        What is not sent, or null, stays, but for `description`, which null empties; `"types": []` is every type.
        Disabling cancels what waits. With `"state": "enabled"` say in `missed` whether what
        was not delivered meanwhile is sent (`all`, the oldest 10,000) or not (`none`, unless you say so).
        """
        endpoint = self.endpoint(request, endpoint_id)
        values = parse_change(EndpointChangeSerializer, request)
        missed = values.pop("missed", NONE)
        if "url" in values:
            require_url(values["url"])
        changed = endpoint_change(endpoint_id=endpoint.pk, by=caller(request), values=values, missed=missed)
        return reply(endpoint_told(changed), _("Webhook endpoint updated successfully"))

    def destroy(self, request: Request, endpoint_id: str) -> Response:
        """Remove an endpoint. What waits there is not sent."""
        endpoint_remove(endpoint_id=self.endpoint(request, endpoint_id).pk)
        return reply(message=_("Webhook endpoint deleted successfully"))


class SecretView(WebhookView):
    """The secret of an endpoint."""

    queries = {"retrieve": NoQuery}
    shows_secrets = True
    ways = {"rotate": Keyed(shows_secret=True)}
    serializers = {"rotate": RotateSerializer}
    answers = {action: {200: success(SECRET), 404: REFUSED} for action in ("retrieve", "rotate")}
    samples = {"retrieve": samples.SECRET, "rotate": samples.ROTATED}

    def retrieve(self, request: Request, endpoint_id: str) -> Response:
        """The secret that signs, and the one before while it signs too."""
        told = secret_told(self.endpoint(request, endpoint_id), now())
        return reply(told, _("Secret retrieved successfully"))

    def rotate(self, request: Request, endpoint_id: str) -> Response:
        """A new secret. The one before signs too for `keep_hours`, 24 unless you say so, 168 at most."""
        endpoint = self.endpoint(request, endpoint_id)
        hours = parse(RotateSerializer, request).get("keep_hours", KEEP_HOURS)
        rotated = secret_rotate(endpoint_id=endpoint.pk, keep_hours=hours)
        return reply(secret_told(rotated, now()), _("Secret renewed successfully"))


class TrialView(WebhookView):
    """Trials."""

    ways = {"create": Keyed(Way.OUTSIDE)}
    serializers = {"create": TrialSerializer}
    answers = {"create": {200: success(fields({"attempt": ATTEMPT})), 404: REFUSED}}
    samples = {"create": samples.TRIAL}
    limits = {"create": WEBHOOK_TESTS}

    def create(self, request: Request, endpoint_id: str) -> Response:
        """Send the example of a type at once, `test.ping` unless you say so, and see what came of it.

        `livemode` is false, the id is in no list. Tried once. Disabled endpoints may be tried too.
        """
        endpoint = self.endpoint(request, endpoint_id)
        code = parse(TrialSerializer, request).get("type", PING)
        with place() as is_free:
            if not is_free:  # A receiver that never answers holds a thread: some are left for everybody else.
                raise TooManyAttempts(SOON)
            attempt = trial_send(endpoint=endpoint, code=code)
        return reply({"attempt": attempt_told(attempt)}, _("Trial sent"))


class DeliveriesView(WebhookView):
    """What was sent to an endpoint, and what is to be."""

    queries = {"list": DeliveriesQuery, "retrieve": NoQuery}
    answers = {
        "list": {200: _page_of(DELIVERY_ROW), 404: REFUSED},
        "retrieve": {200: success(DELIVERY), 404: REFUSED},
    }
    samples = {"list": samples.DELIVERIES, "retrieve": samples.DELIVERY}

    def list(self, request: Request, endpoint_id: str) -> Response:
        """Deliveries to an endpoint, the newest first. They are kept for thirty days."""
        endpoint = self.endpoint(request, endpoint_id)
        of = f"deliveries to {endpoint.pk}"
        place = place_of(self.asked, of=of)
        rows = deliveries_after(endpoint, state=self.asked.get("state"), after=place.after, limit=place.limit + 1)
        return reply(page_told(rows, place, delivery_told, of=of), _("Deliveries retrieved successfully"))

    def retrieve(self, request: Request, endpoint_id: str, delivery_id: str) -> Response:
        """One delivery with its tries: when, what was answered, or why there was no answer."""
        delivery = delivery_of(self.endpoint(request, endpoint_id), delivery_id)
        return reply(delivery_with_tries_told(delivery), _("Delivery retrieved successfully"))


class ReplayView(WebhookView):
    """Sending again."""

    serializers = {"many": ReplaySerializer}
    answers = {"one": REPLAYED, "many": REPLAYED}
    samples = {"one": samples.REPLAYED, "many": samples.REPLAYED_TOGETHER}

    def one(self, request: Request, endpoint_id: str, delivery_id: str) -> Response:
        """Send one delivery again: tried once, under the same `webhook-id`, signed with the secrets of now."""
        delivery = delivery_of(self.endpoint(request, endpoint_id), delivery_id)
        return _replayed(delivery_replay(delivery=delivery))

    def many(self, request: Request, endpoint_id: str) -> Response:
        """Send deliveries again: those that failed, or in another `state`, of a time.

        `cancelled` is what was given up when the endpoint was disabled, `all` whatever has ended, delivered or not.
        `since` and `until` bound the making of the deliveries, `until` itself left out. The oldest 10,000 at most, each
        event once, without those that have arrived since by being sent again. One such batch at a time.
        """
        endpoint = self.endpoint(request, endpoint_id)
        asked = {"state": "failed", **parse(ReplaySerializer, request)}
        return _replayed(deliveries_replay(endpoint_id=endpoint.pk, **asked))


def _replayed(count: int) -> Response:
    return reply({"count": count}, _("Deliveries will be sent again"), status=status.HTTP_202_ACCEPTED)


def _number(moment: datetime) -> int:
    """The place of a moment in a list: microseconds since 1970."""
    return int(moment.timestamp() * 1_000_000)
