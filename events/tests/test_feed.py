"""The feed: what a client reads of its account, from where it has stopped."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import jsonschema
import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from events import feed, forgetting
from events.bodies import event_told
from events.feed import BEGINNING, FeedPlace, Wanted, feed_page
from events.models import Change, Event, Server
from events.public_ids import public_id
from events.schemas import require_fitting
from events.servers import is_elsewhere
from events.tests.feeds import committed
from events.types import Seen, event_types
from legalcity.lib.append_only import door
from legalcity.lib.clock import now
from legalcity.lib.dates import moment_text
from tests.factories import Api, ApiUserFactory, bare_case_id

pytestmark = pytest.mark.django_db

EVENTS = "/api/events"


def _nothing_told(api: Api) -> Api:
    """That its key was issued is an event, too."""
    with door(Change, Event, reason="A test begins with nothing."):
        Event.objects.all().delete()
    return api


@pytest.fixture
def owner() -> Api:
    return _nothing_told(Api.of(ApiUserFactory()))


@pytest.fixture
def stranger() -> Api:
    return _nothing_told(Api.of(ApiUserFactory()))


@pytest.fixture
def staff() -> Api:
    return _nothing_told(Api.of(ApiUserFactory(is_staff=True)))


def ask(api: Api, **asked: Any) -> dict[str, Any]:
    """A page of the feed."""
    answer: dict[str, Any] = api.data("GET", f"{EVENTS}?{urlencode(asked, doseq=True)}")
    return answer


def ids(page: dict[str, Any]) -> list[str]:
    return [item["id"] for item in page["items"]]


def of(*events: Any) -> list[str]:
    return [public_id(event.pk) for event in events]


# --- the order and the place -----------------------------------------------------------------------------------------
def test_events_come_in_the_order_of_their_commits_and_each_once(owner: Api) -> None:
    slow, quick, last = (committed(owner.user.pk, xact=xact) for xact in (9, 7, 9))
    first = ask(owner, limit=2)
    assert ids(first) == of(quick, slow)
    second = ask(owner, limit=2, after=first["next"])
    assert ids(second) == of(last)
    assert second["items"][0] == event_told(last)


def test_the_place_is_never_null_and_stays_where_nothing_is_new(owner: Api) -> None:
    empty = ask(owner)
    assert empty["items"] == []
    event = committed(owner.user.pk)
    page = ask(owner, after=empty["next"])
    assert ids(page) == of(event)
    assert ask(owner, after=page["next"]) == {"items": [], "next": page["next"]}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's writers take turns")
def test_what_is_not_committed_yet_is_not_read(owner: Api) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        own = cursor.fetchone()[0]
    committed(owner.user.pk, xact=own)
    assert ask(owner)["items"] == []


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite counts no transactions")
def test_a_server_that_a_dump_is_restored_into_goes_on_behind_what_clients_have_read(owner: Api) -> None:
    old = committed(owner.user.pk, xact=1 << 36)  # of another server, which had counted further
    Server.objects.all().delete()
    with connection.cursor() as cursor:  # Sessions of the other server are none of this one.
        cursor.execute("RESET legalcity.events_counted_before")
    page = ask(owner)
    assert ids(page) == of(old)
    bare_case_id(owner)
    new = Event.objects.order_by("-id")[0]
    assert new.xact > old.xact + (1 << 39)
    assert new.id > old.id + (1 << 39)
    assert [row.counted_before >= old.xact + (1 << 40) for row in Server.objects.all()] == [True]
    bare_case_id(owner)
    assert set(Event.objects.exclude(pk=old.pk).values_list("xact", flat=True)) == {new.xact}
    assert ask(owner, after=page["next"])["items"] == []  # It has not been committed yet.


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite counts no transactions")
def test_a_dump_without_events_was_taken_before_those_that_clients_have_read(owner: Api) -> None:
    bare_case_id(owner)
    read = Event.objects.latest("pk")
    with door(Change, Event, reason="Not in the dump."):
        Event.objects.all().delete()
    Server.objects.update(server="of the dump")
    with connection.cursor() as cursor:
        cursor.execute("RESET legalcity.events_counted_before")
    assert is_elsewhere()
    bare_case_id(owner)
    first = Event.objects.earliest("pk")
    assert (first.xact > read.xact + (1 << 40), first.pk > read.pk + (1 << 40)) == (True, True)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite counts no transactions")
def test_who_goes_back_twice_to_the_same_moment_goes_on_behind_what_was_read_after_the_first_time(owner: Api) -> None:
    committed(owner.user.pk, xact=9)

    def gone_back() -> tuple[int, int]:
        """Where the first event stands that is written after the moment at which there was that one alone."""
        with transaction.atomic(), connection.cursor() as cursor:
            Server.objects.update(timeline=0)  # of before
            cursor.execute("RESET legalcity.events_counted_before")
            bare_case_id(owner)
            first = Event.objects.order_by("-id")[0]
            transaction.set_rollback(True)
        return first.xact, first.pk

    one = gone_back()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(1)")
    assert all(later > earlier + (1 << 29) for earlier, later in zip(one, gone_back(), strict=True))


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite counts no transactions")
def test_the_version_before_counts_on_from_the_last_timeline(owner: Api) -> None:
    (here,) = Server.objects.values("server", "relation")
    Server.objects.create(**here, timeline=2, counted_before=1 << 50)
    with connection.cursor() as cursor:
        cursor.execute("RESET legalcity.events_counted_before")
        call_command("migrate", "events", "0035", verbosity=0)
        cursor.execute("SELECT events_counted_before()")
        assert cursor.fetchall() == [(1 << 50,)]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite counts no transactions")
def test_what_an_undone_transaction_has_found_of_its_server_is_forgotten(owner: Api) -> None:
    with transaction.atomic():
        committed(owner.user.pk, xact=1 << 36)
        Server.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute("RESET legalcity.events_counted_before")
        bare_case_id(owner)
        assert Event.objects.order_by("-id")[0].xact > 1 << 40
        transaction.set_rollback(True)
    bare_case_id(owner)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        assert [Event.objects.order_by("-id")[0].xact] == list(cursor.fetchone())


def test_a_cursor_tells_nothing_and_belongs_to_its_account(owner: Api, stranger: Api) -> None:
    committed(owner.user.pk)
    first, again = ask(owner)["next"], ask(owner)["next"]
    assert first != again
    altered = first[:-1] + ("A" if first[-1] != "A" else "B")
    for api, cursor in ((stranger, first), (owner, altered), (owner, first + "!"), (owner, "abc"), (owner, "é\0")):
        assert api.errors("GET", f"{EVENTS}?{urlencode({'after': cursor})}").keys() == {"after"}


# --- what is asked for -----------------------------------------------------------------------------------------------
def test_events_are_asked_for_by_type_family_case_and_time(owner: Api) -> None:
    pk, moment = owner.user.pk, now()
    old = committed(pk, "recovery.paid", xact=1, recorded_at=moment - timedelta(days=3))
    paid = committed(pk, "recovery.paid", xact=2, recovery_id=26, recorded_at=moment - timedelta(days=2))
    comment = committed(pk, "comment.created", xact=3, recorded_at=moment - timedelta(days=1))
    new = committed(pk, "invoice.created", xact=4)
    since = {"since": moment_text(moment - timedelta(days=2))}
    until = {"until": moment_text(moment - timedelta(days=1))}
    for asked, wanted in (
        ({"type": "recovery.*"}, [old, paid]),
        ({"type": ["recovery.paid", "comment.*"]}, [old, paid, comment]),
        ({"type": ""}, [old, paid, comment, new]),
        ({"recovery_id": 26}, [paid]),
        (since, [paid, comment, new]),
        (until, [old, paid]),
        (since | until, [paid]),
        (since | until | {"type": "comment.*"}, []),
    ):
        assert ids(ask(owner, **asked)) == of(*wanted), asked


def test_a_rare_type_is_read_in_pages_that_cost_the_same(owner: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "LOOKED_THROUGH", 3)
    rare = [committed(owner.user.pk, "recovery.paid" if n == 7 else "comment.created", xact=n) for n in range(1, 9)][6]
    seen, after, pages = [], "", 0
    while True:
        page = ask(owner, type="recovery.paid", limit=1, **({"after": after} if after else {}))
        seen += ids(page)
        if page["next"] == after:
            break
        after, pages = page["next"], pages + 1
    assert (seen, pages) == (of(rare), 4)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("type=recovery.stolen", "type"),
        ("type=recovery.*&type=*", "type"),
        ("type=recovery", "type"),
        ("type=.*", "type"),
        ("type=" + "x" * 5000, "type"),
        ("&".join(["type=recovery.*"] * 101), "type"),
        ("recovery_id=abc", "recovery_id"),
        ("recovery_id=" + "9" * 30, "recovery_id"),
        ("since=yesterday", "since"),
        ("since=2026-11-28", "since"),
        ("since=2026-11-28T10:30:00", "since"),
        ("since=2026-02-30T10:30:00Z", "since"),
        ("until=0001-01-01T00:00:00%2B14:00", "until"),
        ("since=2026-11-28T10:30:00Z&until=2026-11-27T10:30:00Z", "since"),
        ("limit=201", "limit"),
        ("limit=0", "limit"),
        ("limit=\0", "limit"),
        ("page=2", "page"),
    ],
)
def test_what_cannot_be_asked_is_refused(owner: Api, query: str, field: str) -> None:
    assert owner.errors("GET", f"{EVENTS}?{query}").keys() == {field}


@pytest.mark.parametrize(
    ("query", "code"), [("limit=201", "range"), ("page=2", "unknown"), ("limit=1&limit=2", "duplicate")]
)
def test_programs_are_told_what_is_wrong_with_a_query(owner: Api, query: str, code: str) -> None:
    assert owner.get(f"{EVENTS}?{query}").json()["codes"] == {query.partition("=")[0]: [code]}


def test_a_moment_may_have_any_zone(owner: Api) -> None:
    event = committed(owner.user.pk, recorded_at="2026-11-28T10:30:00Z")
    for since in ("2026-11-28T11:30:00+01:00", "2026-11-28T11:30:00 01:00", "2026-11-28t10:29:59.5z"):
        assert ids(ask(owner, since=since)) == of(event), since


# --- who hears -------------------------------------------------------------------------------------------------------
def test_a_client_reads_its_own_events_and_none_that_are_for_others(owner: Api, stranger: Api, staff: Api) -> None:
    mine = committed(owner.user.pk)
    hidden = [committed(owner.user.pk, audience=seen) for seen in (Seen.STAFF, Seen.DEBTOR, Seen.BAILIFF | Seen.STAFF)]
    of_the_firm = committed(None)
    assert ids(ask(owner)) == of(mine)
    for event in (*hidden, of_the_firm):
        assert owner.get(f"{EVENTS}/{public_id(event.pk)}").status_code == 404
    for other in (stranger, staff):
        assert ask(other)["items"] == []
        assert other.get(f"{EVENTS}/{public_id(mine.pk)}").status_code == 404


def test_one_event_is_what_the_feed_says(owner: Api) -> None:
    event = committed(owner.user.pk)
    assert owner.data("GET", f"{EVENTS}/{public_id(event.pk)}") == ask(owner)["items"][0]
    for wrong in ("evt_x", "1", public_id(2**62), "%00", "types%00"):
        assert owner.get(f"{EVENTS}/{wrong}").status_code == 404, wrong
    assert owner.errors("GET", f"{EVENTS}/{public_id(event.pk)}?x=1").keys() == {"x"}


def test_the_catalogue_is_that_of_the_code(owner: Api) -> None:
    items = owner.data("GET", f"{EVENTS}/types")["items"]
    declared = {code: each for code, each in event_types().items() if each.audience & Seen.CLIENT}
    assert [item["type"] for item in items] == sorted(declared)
    for item in items:
        assert item.keys() == {"type", "description", "audience", "schema", "example"}
        assert (item["schema"]["required"], item["audience"][0]) == (
            declared[item["type"]].schema["required"],
            "client",
        )


def test_receivers_are_told_of_fields_that_may_be_added(owner: Api) -> None:
    for item in owner.data("GET", f"{EVENTS}/types")["items"]:
        assert "additionalProperties" not in json.dumps(item["schema"])
        added = {**item["example"], "added": 1, "object": {**item["example"]["object"], "added": 1}}
        jsonschema.validate(added, item["schema"])
        with pytest.raises(ValueError):
            require_fitting(event_types()[item["type"]], added)  # What we write ourselves is held to the letter.


# --- what it costs ---------------------------------------------------------------------------------------------------
def test_a_page_is_one_statement(owner: Api) -> None:
    for n in range(60):
        committed(owner.user.pk, xact=n + 1)
    with CaptureQueriesContext(connection) as captured:
        page = feed_page(Wanted(owner_id=owner.user.pk, types={"recovery.deleted"}), after=BEGINNING, limit=50)
    assert (len(captured), len(page.rows), page.place) == (1, 50, FeedPlace(50, page.rows[-1].id))


MANY = """
    INSERT INTO events_event (xact, owner_id, type, object_type, object_id, recovery_id, audience, data, door,
        request_id, idempotency_key, effective_at, recorded_at)
    SELECT n, %(owner)s + n %% 20, 'comment.created', 'comment', n::text, n %% 5000, 3, '{}', 'api', '', '',
        now() - (60000 - n) * interval '1 minute', now() - (60000 - n) * interval '1 minute'
    FROM generate_series(1, 60000) n
"""


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="plans are those of PostgreSQL")
@pytest.mark.parametrize("asked", ["", "types", "since", "until", "case"])
def test_the_feed_is_read_from_its_index(owner: Api, asked: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(MANY, {"owner": owner.user.pk})
        cursor.execute("ANALYZE events_event")
    wanted = {
        "": {},
        "types": {"types": {"comment.created"}},
        "since": {"since": now() - timedelta(days=2)},
        "until": {"until": now() - timedelta(days=2)},
        "case": {"recovery_id": 17},
    }[asked]
    seen: list[tuple[str, Any]] = []
    with connection.execute_wrapper(lambda go, sql, *rest: (seen.append((sql, rest[0])), go(sql, *rest))[1]):
        feed_page(Wanted(owner_id=owner.user.pk, **wanted), after=FeedPlace(100, 0), limit=50)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT TEXT) {seen[0][0]}", seen[0][1])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Seq Scan on events_event" not in plan
    assert ("event_of_case" if asked == "case" else "event_feed") in plan, plan


# --- what is forgotten -----------------------------------------------------------------------------------------------
def test_events_past_their_time_are_forgotten_in_batches(owner: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "BATCH", 2)
    for _time in range(3):
        committed(owner.user.pk, recorded_at=now() - timedelta(days=400))
    kept = committed(owner.user.pk, recorded_at=now() - timedelta(days=390))
    assert forgetting.events_forget(moment=now()) == 3
    assert ids(ask(owner)) == of(kept)


def test_what_events_changed_has_a_time_of_its_own(owner: Api, system_setting: Any) -> None:
    system_setting(CHANGE_MONTHS=2)
    old = committed(owner.user.pk, recorded_at=now() - timedelta(days=70))
    new = committed(owner.user.pk, recorded_at=now() - timedelta(days=50))
    for event in (old, new):
        Change.objects.create(event=event, changes={"stones": {}})
    assert forgetting.changes_forget(moment=now()) == 1
    assert [change.event_id for change in Change.objects.all()] == [new.pk]
    assert ids(ask(owner)) == of(old, new)
