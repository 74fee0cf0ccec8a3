"""Letters by post of which two say something at the same moment: people, and workers (PostgreSQL)."""

from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

import pytest
import time_machine
from django.db import connection, connections

from legalcity.lib.claims import take
from legalcity.lib.clock import now, today
from legalcity.lib.errors import DomainError
from recoveries.letters.channels.left_after_all import given_up_in, item_left
from recoveries.letters.channels.posting import batch_confirm, batch_print, item_take_out
from recoveries.letters.followers import followers_free
from recoveries.letters.holding import message_cancel
from recoveries.letters.jobs import JOB
from recoveries.letters.scenarios.tests.test_grouping import (  # noqa: F401 - two are fixtures
    LETTER,
    clock,
    firm,
    of,
    planned,
)
from recoveries.letters.services import message_send
from recoveries.models import Message, PostItem
from tests.backoffice import chief
from tests.factories import Api, case_id
from tests.letters import FREE
from tests.races import at_once

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="races need PostgreSQL"),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.usefixtures("in_process"),
]
POST = {"company_address": "3 rue Haute", "company_postal": "69001", "company_city": "Lyon"}
ROUNDS = 5


def test_a_letter_is_posted_or_taken_out_and_never_both(owner: Api, system_setting: Any) -> None:
    system_setting(**FREE)
    by = chief()
    for _round in range(ROUNDS):
        case = case_id(owner, debtor=POST)
        letter = message_send(case_id=case, kind="relance_1", channel="letter", to="", by=None)
        batch = batch_print(message_ids=[letter.pk], posting_day=today(), by=by)
        item = PostItem.objects.get(message=letter)

        def acted(number: int, batch_id: int = batch.pk, item_id: int = item.pk) -> None:
            try:
                if number:
                    item_take_out(batch_id=batch_id, item_id=item_id, by=by)
                else:
                    batch_confirm(batch_id=batch_id, numbers={}, by=by)
            except DomainError:
                pass  # The other one was first.

        at_once(2, acted)
        state = Message.objects.get(pk=letter.pk).state
        is_out = PostItem.objects.exclude(taken_out_at=None).filter(pk=item.pk).exists()
        assert (state, is_out) in {("sent", False), ("to_post", True)}


def test_no_worker_begins_to_send_what_is_told_to_have_left(owner: Api, clock: time_machine.Traveller) -> None:  # noqa: F811
    by, (first, second) = chief(), planned(owner, clock, **LETTER)
    batch = batch_print(message_ids=[of(first).pk], posting_day=today(), by=by)
    message_cancel(message_id=of(first).pk, by=by)
    followers_free(moment=now())
    Message.objects.filter(pk=(follower := of(second)).pk).update(state="queued", channel="email")
    item, takes = given_up_in(batch, by).get(), list[Future[Any]]()

    def worker() -> Any:
        try:
            return take(JOB, follower.pk, moment=now())
        finally:
            connections.close_all()

    def meanwhile(execute: Any, sql: str, values: Any, many: bool, context: Any) -> Any:
        """A worker comes between what is read of the message and what is written to it."""
        if not takes and sql.startswith('UPDATE "recoveries_message"') and '"goes_with_id" =' in sql:
            takes.append(pool.submit(worker))
            wait(takes, timeout=1)
        return execute(sql, values, many, context)

    with ThreadPoolExecutor(1) as pool, connection.execute_wrapper(meanwhile):
        item_left(batch_id=batch.pk, item_id=item.pk, number="", by=by)
        assert [each.result() for each in takes] == [None]
    assert [of(case).state for case in (first, second)] == ["sent", "sent"]
