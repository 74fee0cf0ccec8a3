"""How long an address may hold a worker, how many workers the addresses of one account may hold, and who fetches.

An address is given by outsiders: one that drips, or a hundred of them, must not keep workers from other people's work.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, BinaryIO

from django.db import InterfaceError, OperationalError, transaction

from accounts.models import User
from documents.models import Document
from legalcity.lib.settings.live import live
from legalcity.lib.web.fetching import Fetched, Fetcher, FetchLimits

State = Document.State
TO_FETCH = (State.PENDING, State.FETCHING)
FETCH_SECONDS = 30.0  # of worker's time for one document, all tries together
FETCHES_AT_ONCE = 2  # of one account
QUEUE = "fetching"
MEBIBYTE = 1024 * 1024


class AccountBusy(Exception):
    """The account's addresses hold as many workers as they may. Try again later."""


def document_fetch(fetcher: Fetcher, document: Document, into: BinaryIO) -> Fetched:
    """One try at the address of a document, within the time that the tries before have left.

    What it took is added to `document.fetch_seconds`, which is not saved. Raises FetchRefused or FetchFailed.
    """
    left = FETCH_SECONDS - document.fetch_seconds
    limits = FetchLimits(max_bytes=live.FILE_MEGABYTES * MEBIBYTE, total_seconds=left)
    began = time.monotonic()
    try:
        return fetcher.fetch(document.source_url, into, limits=limits)
    finally:
        document.fetch_seconds += time.monotonic() - began


@contextmanager
def place_for_fetching(document_id: int, moment: datetime) -> Iterator[None]:
    """Inside, the document may be taken by a worker. Raises AccountBusy.

    The account is locked, so that of many workers at once no one too many gets in. A document that is not to be fetched
    (any more) needs no place.
    """
    own = Document.objects.filter(pk=document_id, file=None, waits_for=None)
    owner_id = own.values_list("owner_id", flat=True).first()
    if owner_id is None:
        yield
        return
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).filter(pk=owner_id).first()
        others = Document.objects.filter(state__in=TO_FETCH, waits_for=None, claimed_until__gte=moment)
        if others.filter(owner_id=owner_id).exclude(pk=document_id).count() >= FETCHES_AT_ONCE:
            raise AccountBusy
        yield


def queue_of(name: str, args: Any, _kwargs: Any, _options: Any, **_more: Any) -> dict[str, str] | None:
    """Celery's question where a task goes: what is to be fetched has workers of its own (CELERY_TASK_ROUTES).

    A task that comes back because the database is away must not be lost for the same reason: it goes where it can hold
    up nobody.
    """
    try:
        if name == "documents.tasks.process" and Document.objects.filter(pk=args[0], state__in=TO_FETCH).exists():
            return {"queue": QUEUE}
    except (OperationalError, InterfaceError):
        return {"queue": QUEUE}
    return None
