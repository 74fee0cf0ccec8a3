"""After the database was brought back to an earlier moment: who may start, what is not given twice, whom to tell."""

import io
import json
import sys
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from events.models import Event, Server
from events.servers import is_elsewhere
from invoicing.billing.services.branching import series_branch
from invoicing.billing.services.clients import client_of
from invoicing.billing.services.drafts import NewInvoice, draft_write, series
from invoicing.models import InvoiceType
from legalcity.lib.clock import now
from legalcity.lib.startup import require_services
from operation.recovering import recover
from recoveries.models import Recovery
from tests.factories import Api, case_id

pytestmark = pytest.mark.django_db

needs_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite goes back with its file")


def said(*words: str) -> str:
    """What `manage.py recovered` prints."""
    out = io.StringIO()
    call_command("recovered", *words, stdout=out)
    return out.getvalue()


@pytest.fixture
def gone_back(owner: Api) -> Api:
    """This database has been brought back: the timeline of its server is another one than that of its events."""
    case_id(owner)
    Server.objects.update(timeline=0)
    with connection.cursor() as cursor:
        cursor.execute("RESET legalcity.events_counted_before")
    return owner


@needs_postgresql
def test_nothing_starts_before_it_was_thought_of(gone_back: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "close", lambda: None)  # The test's transaction.
    with pytest.raises(ImproperlyConfigured, match=r"manage\.py recovered"):
        require_services()
    recover()
    assert not is_elsewhere()
    require_services()


@needs_postgresql
def test_ids_and_events_go_on_behind_all_that_was_given(gone_back: Api) -> None:
    before, last = Recovery.objects.latest("pk").pk, Event.objects.latest("pk")
    assert recover(skipped=1000).sequences > 50
    assert case_id(gone_back) >= before + 1000
    after = Event.objects.latest("pk")
    assert (after.xact > last.xact + (1 << 39), after.pk > last.pk + (1 << 39)) == (True, True)


@needs_postgresql
def test_on_a_server_that_wrote_last_nothing_is_changed(owner: Api) -> None:
    case_id(owner)
    counted = list(Server.objects.values())
    assert "nothing to do" in said()
    assert list(Server.objects.values()) == counted


@needs_postgresql
def test_tables_that_are_older_than_the_program_are_brought_up_to_date_first() -> None:
    MigrationRecorder.Migration.objects.filter(app="events", name="0036_timelines").delete()
    with pytest.raises(CommandError, match=r"lacks 1 migrations: run `python manage\.py migrate` first"):
        said()


@pytest.mark.skipif(connection.vendor == "postgresql", reason="of SQLite")
def test_sqlite_has_nothing_of_this() -> None:
    assert not is_elsewhere()
    with pytest.raises(CommandError, match="PostgreSQL"):
        said()


def test_a_series_of_invoices_that_has_begun_is_closed_and_another_one_takes_its_place(owner: Api) -> None:
    first = series(InvoiceType.Series.INVOICE)
    InvoiceType.objects.filter(pk=first.pk).update(last_number=41)
    draft = draft_write(NewInvoice(client=client_of(owner.user), items=[]))
    after = dict(series_branch(moment=now()))[first.prefix]
    successor = series(InvoiceType.Series.INVOICE)
    assert (successor.pk != first.pk, successor.prefix, successor.last_number) == (True, after, 0)
    draft.refresh_from_db()
    assert draft.invoice_type == successor
    InvoiceType.objects.filter(pk=successor.pk).update(last_number=1)
    # The second time the mark of the first one goes.
    last = dict(series_branch(moment=now() + timedelta(days=1)))[after]
    assert (len(last), last.startswith(first.prefix)) == (len(after), True)


def test_a_series_whose_first_numbers_may_be_lost_takes_another_prefix() -> None:
    untouched = series(InvoiceType.Series.CREDIT_NOTE)
    after = dict(series_branch(moment=now()))[untouched.prefix]
    assert series(InvoiceType.Series.CREDIT_NOTE) == untouched
    untouched.refresh_from_db()
    assert (untouched.prefix, after.startswith("AV"), len(after)) == (after, True, 14)


def test_series_whose_long_prefixes_begin_alike_go_on_apart() -> None:
    for code, prefix in ((71, "FACTURES-PARIS"), (72, "FACTURES-LYON"), (73, "FACTURES-NICE")):
        InvoiceType.objects.create(code=code, name=prefix, prefix=prefix, last_number=1)
    assert len({after for _before, after in series_branch(moment=now())}) == 5


def test_the_log_tells_who_wrote_and_what_went_out(owner: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def request(**line: Any) -> dict[str, Any]:
        return {"event": "request", "method": "POST", "route": "api/x", "status": 201, "user_id": owner.user.pk, **line}

    lines = [
        *(json.dumps(line) for line in (
            request(), request(), request(method="GET", status=200), request(status=422), request(user_id=None),
            request(user_id=10**9), {"event": "email_sent", "recovery_id": 7, "message_id": 1},
            {"event": "email_sent", "recovery_id": 3, "message_id": 2}, {"event": "email_sent"}, [1],
        )),
        "Started LegalCity: web.", "",
    ]  # fmt: skip
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(lines)))
    out = io.StringIO()
    call_command("lost_since", stdout=out)
    assert out.getvalue().splitlines() == [
        f"{owner.user.email}: 2 × POST api/x",
        "account 1000000000, which is lost: 1 × POST api/x",
        "email_sent (recovery_id): 3, 7",
    ]
