"""No transaction that writes lasts long, however much there is to do: the feed ends before the oldest of them.

What counts is processor time, of this process and of its server process: a machine that does much else is slow, and
nothing of ours. That of a transfer is measured by `recoveries/court/tests/test_transfer.py`.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.transaction import Atomic

from accounts.idempotency import keys_purge
from accounts.models import IdempotentRequest, User
from events.forgetting import changes_forget, events_forget
from events.models import Event
from events.notices.reading import events_read
from events.webhooks.delivering import sweep
from events.webhooks.endpoints import endpoint_disable, endpoint_enable
from events.webhooks.fan_out import fan_out
from events.webhooks.models import Attempt, Delivery, Endpoint
from events.webhooks.replaying import deliveries_replay
from events.webhooks.retention import deliveries_forget
from events.webhooks.tests.receivers import endpoint_at, happen
from legalcity.lib.clock import now
from tests.factories import ApiUserFactory

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's writers take turns"),
    pytest.mark.long,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
LONGEST = 5.0  # seconds
MANY = 10_000
ELSEWHERE = "https://93.184.216.34/hook"


def _used() -> float:
    """Seconds of processor time: of this process, and of its server process where that is on this machine."""
    threads = Path(f"/proc/{connection.connection.info.backend_pid}/task").glob("*/schedstat")
    return time.process_time() + sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9


@pytest.fixture
def spent(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """What the longest transaction of each piece of work has used; `piece` says which one runs."""
    longest: dict[str, float] = {}
    enter, leave = Atomic.__enter__, Atomic.__exit__
    began: list[float] = []

    def begin(self: Atomic) -> None:
        if not connection.in_atomic_block:
            connection.ensure_connection()
            began.append(_used())
        enter(self)

    def end(self: Atomic, *error: Any) -> None:
        leave(self, *error)
        if not connection.in_atomic_block and began:
            longest[piece[0]] = max(longest.get(piece[0], 0), _used() - began.pop())

    monkeypatch.setattr(Atomic, "__enter__", begin)
    monkeypatch.setattr(Atomic, "__exit__", end)
    return longest


piece = [""]


@contextmanager
def doing(name: str) -> Iterator[None]:
    piece[0] = name
    yield
    piece[0] = ""


def _account() -> tuple[User, Endpoint]:
    owner: User = ApiUserFactory.create()
    return owner, endpoint_at(owner, ELSEWHERE)


def test_what_is_done_with_very_many_rows_is_done_in_short_transactions(spent: dict[str, float]) -> None:
    owner, endpoint = _account()
    _events(owner, MANY)
    with doing("hand on"):
        assert fan_out() == MANY
    for _number in range(9):
        endpoint_at(owner, ELSEWHERE)
    _events(owner, 500)
    with doing("hand on to ten"):
        assert fan_out() == 500
    with doing("disable"):
        endpoint_disable(endpoint_id=endpoint.pk, reason=Endpoint.Reason.STAFF)
    with doing("sweep"):
        sweep(moment=now())
    with doing("enable with what was missed"):
        endpoint_enable(endpoint_id=endpoint.pk, missed="all")
    Delivery.objects.filter(endpoint=endpoint).update(state="failed", ended_at=now())
    with doing("replay"):
        assert deliveries_replay(endpoint_id=endpoint.pk, state="failed") == MANY
    with doing("read for notices"):
        assert events_read() >= MANY
    Attempt.objects.bulk_create(Attempt(delivery_id=pk, at=now(), ms=1) for pk in _ids(Delivery))
    with doing("forget deliveries"):
        assert deliveries_forget(moment=now() + timedelta(days=40)) >= 2 * MANY
    with doing("forget events"):
        changes_forget(moment=now() + timedelta(days=500))
        assert events_forget(moment=now() + timedelta(days=500)) >= MANY
    _keys(owner)
    with doing("forget keys"):
        assert keys_purge(moment=now() + timedelta(days=40)) == MANY
    assert not Event.objects.filter(owner=owner).exists()
    assert max(spent.values()) < LONGEST, spent


def _events(owner: User, many: int) -> None:
    """As many as nothing tells at once: copies of one."""
    [event] = happen(owner)
    named = [each.column for each in Event._meta.fields if each.column not in ("id", "xact")]
    columns = ", ".join(named)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO events_event (xact, {columns}) SELECT pg_current_xact_id()::text::bigint, {columns} "
            "FROM events_event, generate_series(2, %s) WHERE id = %s",
            [many, event.pk],
        )


def _ids(table: Any) -> Any:
    return table.objects.values_list("pk", flat=True)


def _keys(owner: User) -> None:
    made = {"user": owner, "fingerprint": "0" * 64, "state": "done", "locked_until": now(), "created_at": now()}
    rows = (IdempotentRequest(key=str(number), **made) for number in range(MANY))
    IdempotentRequest.objects.bulk_create(rows, batch_size=1000)
