"""Reads of endpoints and of what was sent there, in the scope of an account."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from events.webhooks.endpoints import MISSING
from events.webhooks.models import Attempt, Delivery, Endpoint
from legalcity.lib.errors import NotFound

NO_DELIVERY = _("Delivery not found")


def endpoint_of(user: User, told: str) -> Endpoint:
    """The endpoint of an account that has this id. Raises NotFound, also for what is no id."""
    known = _uuid(told)
    endpoint = Endpoint.objects.owned_by(user).filter(pk=known).first() if known else None
    if endpoint is None:
        raise NotFound(MISSING)
    return endpoint


def endpoints_of(user: User) -> list[Endpoint]:
    """The endpoints of an account, in the order in which they were made: ten at most."""
    return list(Endpoint.objects.owned_by(user).order_by("created_at", "pk"))


def deliveries_after(endpoint: Endpoint, *, state: str | None, after: int, limit: int) -> Sequence[Delivery]:
    """Deliveries to an endpoint, the newest first; `after` is the id of the last one that was read, 0 for none."""
    rows: QuerySet[Delivery] = _with_tries(endpoint).order_by("-id")
    if state:
        rows = rows.filter(state=state)
    if after:
        rows = rows.filter(pk__lt=after)
    return list(rows[:limit])


def delivery_of(endpoint: Endpoint, told: str) -> Delivery:
    """The delivery to an endpoint that has this id. Raises NotFound, also for what is no id."""
    known = _uuid(told)
    delivery = _with_tries(endpoint).filter(public_id=known).first() if known else None
    if delivery is None:
        raise NotFound(NO_DELIVERY)
    return delivery


def _with_tries(endpoint: Endpoint) -> QuerySet[Delivery]:
    """Deliveries with their events, and how often each was `tried`."""
    of_it = Attempt.objects.filter(delivery=OuterRef("pk")).order_by().values("delivery").annotate(many=Count("pk"))
    tried = Coalesce(Subquery(of_it.values("many"), output_field=IntegerField()), 0)
    return endpoint.deliveries.select_related("event").annotate(tried=tried)


def _uuid(told: str) -> UUID | None:
    """The id, in the one spelling in which it was given."""
    try:
        known = UUID(told)
    except ValueError:
        return None
    return known if str(known) == told else None
