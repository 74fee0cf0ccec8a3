"""The way that led to a thing's page: from which list, with which filters, at which place. Acts keep it."""

from urllib.parse import urlencode

from django.http import HttpRequest

LIST = "_changelist_filters"  # Django's own name for the filters of the list that a page was opened from
QUEUE, PLACE = "queue", "place"
NAMES = (LIST, QUEUE, PLACE)


def way_kept(request: HttpRequest, **instead: str) -> str:
    """The query, with its `?`, by which the next page knows the way; empty where there is none."""
    way = {name: request.GET[name] for name in NAMES if request.GET.get(name)} | instead
    return f"?{urlencode(way)}" if way else ""


def list_left(request: HttpRequest, address: str) -> str:
    """The list at `address` as it was left: with its filters, at its page."""
    asked = request.GET.get(LIST)
    return f"{address}?{asked}" if asked else address
