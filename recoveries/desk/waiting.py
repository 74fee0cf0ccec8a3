"""What takes a worker seconds, and a page may not wait for: it is there already, or the page says that it is coming."""

from collections.abc import Callable
from typing import TypeVar

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError as NoBroker

T = TypeVar("T")

WANTED = 60  # seconds in which nobody asks a worker for the same once more


def there_or_awaited(
    request: HttpRequest,
    name: str,
    *,
    at_once: Callable[[], T | None],
    queued: Callable[[], object],
    reckoned: Callable[[], T],
) -> T | None:
    """What `at_once` finds; else None, `queued` having told a worker to reckon it, which the page says.

    `name` tells what it is from all else. Where no worker can be told, or what one reckons is kept nowhere, it is
    `reckoned` here.
    """
    found = at_once()
    wanted = f"wanted:{name}"
    if found is None and cache.get(wanted) is None:
        cache.set(wanted, 1, WANTED)
        if cache.get(wanted) is None or not _is_told(queued):
            return reckoned()
        found = at_once()  # It is there where no worker is beside.
    if found is None:
        told = _("There are many cases: the figures of this day are being added up. Ask again in half a minute.")
        messages.info(request, told)
    return found


def _is_told(queued: Callable[[], object]) -> bool:
    try:
        queued()
    except NoBroker:
        return False
    return True
