"""An event is there exactly when its change was committed, and a story writes all that it tells at once."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.models import User
from events import types
from events.models import Change, Event
from events.schemas import WORD, fields, told
from events.services import Ref, Told, event_record, events_record, story
from events.types import EventType, Seen, event_type
from legalcity.lib.append_only import door
from legalcity.lib.clock import now
from tests.factories import ApiUserFactory

pytestmark = pytest.mark.django_db

EXAMPLE = {"object": {"word": "pebble"}}


@pytest.fixture(autouse=True)
def declared(monkeypatch: pytest.MonkeyPatch) -> Iterator[EventType]:
    """A type of these tests alone."""
    monkeypatch.setattr(types, "_types", dict(types._types))
    return event_type("stone.found", "A stone was found.", told(fields({"word": WORD})), EXAMPLE)


def tell(declared: EventType, word: str = "pebble", **more: Any) -> None:
    event_record(type=declared, owner_id=None, obj=Ref("stone", 1), data={"object": {"word": word}}, **more)


def words() -> list[str]:
    return [event.data["object"]["word"] for event in Event.objects.order_by("id")]


def writes(captured: CaptureQueriesContext) -> int:
    return sum("INSERT INTO" in query["sql"] and "events_event" in query["sql"] for query in captured)


# --- one statement ---------------------------------------------------------------------------------------------------
def test_a_story_writes_all_its_events_with_one_statement(declared: EventType) -> None:
    @story()
    def inner(word: str) -> None:
        tell(declared, word)

    with CaptureQueriesContext(connection) as captured, story():
        tell(declared, "first")
        inner("second")
        with story():
            inner("third")
        tell(declared, "fourth")
    assert writes(captured) == 1
    assert words() == ["first", "second", "third", "fourth"]


def test_a_story_without_events_writes_nothing() -> None:
    with CaptureQueriesContext(connection) as captured, story():
        events_record([])
    assert writes(captured) == 0


# --- rolled back -----------------------------------------------------------------------------------------------------
def test_who_fails_after_telling_has_told_nothing(declared: EventType) -> None:
    @story()
    def broken() -> None:
        tell(declared)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()
    assert words() == []


def test_of_a_story_the_part_that_was_undone_is_not_told(declared: EventType) -> None:
    @story()
    def broken() -> None:
        tell(declared, "undone")
        raise ZeroDivisionError

    with story():
        tell(declared, "first")
        with pytest.raises(ZeroDivisionError):
            broken()
        tell(declared, "second")
    assert words() == ["first", "second"]


@pytest.mark.parametrize("is_inner", [True, False])
def test_a_story_that_is_to_be_rolled_back_tells_nothing(declared: EventType, is_inner: bool) -> None:
    with story():
        if is_inner:
            with story():
                tell(declared, "undone")
                transaction.set_rollback(True)
            tell(declared, "kept")
        else:
            tell(declared, "undone")
            transaction.set_rollback(True)
    assert words() == (["kept"] if is_inner else [])


def _undone_block(declared: EventType, inside: Any) -> None:
    """An atomic block of somebody else, between two stories, that is rolled back."""
    with story():
        tell(declared, "first")
        with transaction.atomic():
            inside()
            transaction.set_rollback(True)


def test_what_is_told_within_an_atomic_block_goes_with_it(declared: EventType) -> None:
    _undone_block(declared, lambda: tell(declared, "undone"))
    assert words() == ["first"]


def test_a_story_within_an_atomic_block_goes_with_it(declared: EventType) -> None:
    @story()
    def inner() -> None:
        tell(declared, "undone")

    _undone_block(declared, inner)
    assert words() == ["first"]


def test_a_statement_that_failed_and_was_caught_leaves_the_story_whole(declared: EventType) -> None:
    with story():
        tell(declared, "first")
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.create(email=ApiUserFactory(email="twice@example.com").email)
        tell(declared, "second")
    assert words() == ["first", "second"]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_nothing_is_told_outside_a_transaction(declared: EventType) -> None:
    with pytest.raises(TransactionManagementError):
        tell(declared)
    with story():
        tell(declared, "real")
    assert words() == ["real"]


# --- what stands in the row ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("changes", [None, {"stones": {"7": {"word": ["été \\ ' %s", None]}}}])
def test_an_event_keeps_who_when_and_what(declared: EventType, changes: Any) -> None:
    user, before = ApiUserFactory(), now()
    with story():
        event_record(
            type=declared,
            owner_id=user.pk,
            obj=Ref("stone", "été \\ ' %s"),
            recovery_id=25,
            data={"object": {"word": "pebble"}},
            changes=changes,
            effective_at=before,
            audience=Seen.CLIENT | Seen.DEBTOR,
            by=user,
        )
    event = Event.objects.get()
    about = (event.type, event.object_type, event.object_id, event.recovery_id)
    assert about == ("stone.found", "stone", "été \\ ' %s", 25)
    assert (event.owner_id, event.actor_id, event.door, event.audience) == (user.pk, user.pk, "command", Seen.CLIENT)
    assert (event.effective_at, event.fanned_out_at, event.data) == (before, None, EXAMPLE)
    assert before <= event.recorded_at <= now()
    assert list(Change.objects.values_list("event_id", "changes")) == ([(event.pk, changes)] if changes else [])


def test_the_transaction_of_an_event_is_that_of_the_database(declared: EventType) -> None:
    with story():
        tell(declared)
        tell(declared)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_current_xact_id()::text::bigint" if connection.vendor == "postgresql" else "SELECT 0"
            )
            current = cursor.fetchone()[0]
    assert set(Event.objects.values_list("xact", flat=True)) == {current}
    assert not Change.objects.exists()


# --- what is refused -------------------------------------------------------------------------------------------------
def test_a_type_that_nobody_has_declared_is_refused(declared: EventType) -> None:
    unknown = EventType("stone.lost", declared.audience, declared.schema, "Lost.", EXAMPLE)
    copied = EventType("stone.found", declared.audience, declared.schema, "Found.", EXAMPLE)
    for wrong in (unknown, copied):
        with pytest.raises(ValueError, match="There is no event type"), story():
            tell(wrong)
    with pytest.raises(ValueError, match="twice"):
        event_type("stone.found", "Again.", {}, {})


@pytest.mark.parametrize("data", [{}, {"object": {"word": 1}}, {"object": {"word": "x", "name": "Jane"}}])
def test_data_that_the_type_does_not_declare_is_refused(declared: EventType, data: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"stone\.found"), story():
        events_record([Told(type=declared, owner_id=None, obj=Ref("stone", 1), data=data)])


def test_data_is_not_compared_in_production(declared: EventType, settings: Settings) -> None:
    settings.CHECK_EVENTS = False
    with story():
        events_record([Told(type=declared, owner_id=None, obj=Ref("stone", 1), data={"odd": True})])
    assert Event.objects.get().data == {"odd": True}


def test_data_may_not_be_long(monkeypatch: pytest.MonkeyPatch) -> None:
    long = event_type("stone.heavy", "Heavy.", {"type": "object"}, {})
    with pytest.raises(ValueError, match="20000 bytes"), story():
        events_record([Told(type=long, owner_id=None, obj=Ref("stone", 1), data={"word": "x" * 20_000})])


# --- written once ----------------------------------------------------------------------------------------------------
@pytest.fixture
def event(declared: EventType) -> Event:
    with story():
        tell(declared, changes={"stones": {"1": {"word": ["a", "b"]}}})
    return Event.objects.get()


@pytest.mark.parametrize("field", ["type", "xact", "owner_id", "data", "audience", "effective_at", "object_id"])
def test_no_column_of_an_event_changes(event: Event, field: str) -> None:
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(**{field: {"effective_at": now(), "data": {}}.get(field, 9)})


def test_events_and_changes_are_neither_changed_nor_deleted(event: Event) -> None:
    for attempt in (Event.objects.all()._raw_delete, Change.objects.all()._raw_delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt("default")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Change.objects.update(changes={})


def test_an_event_is_marked_as_handed_on(event: Event) -> None:
    assert Event.objects.filter(fanned_out_at=None).update(fanned_out_at=now()) == 1


def test_what_is_past_its_time_goes_through_the_door(event: Event) -> None:
    with door(Change, Event, reason="Past its time"):
        event.delete()
    assert not Event.objects.exists()
    assert not Change.objects.exists()


def test_an_account_that_goes_leaves_its_events(declared: EventType) -> None:
    user = ApiUserFactory()
    pk = user.pk
    with story():
        event_record(type=declared, owner_id=pk, obj=Ref("stone", 1), data=EXAMPLE)
    user.delete()
    assert Event.objects.get().owner_id == pk
