"""Notes that stand at the top of their case."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from law.vocabulary import Step
from legalcity.lib.errors import Conflict, NotFound
from recoveries.court.tests.transfers import transferable, transferred
from recoveries.desk.tests.pages import assert_refused, case_of, followed, office_of, opened, person, words
from recoveries.models import Comment, NotePin, Recovery
from recoveries.services.comments import comment_create
from recoveries.services.pins import MOST, note_pin, note_unpin, pins_of
from tests.backoffice import act, browser_of, chief
from tests.factories import Api, ApiUserFactory, detail
from tests.in_bulk import CASES_IN_BULK

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]
INTERNAL = dict.fromkeys(Comment.visibility.columns.values(), False)


@pytest.fixture
def office(db: None) -> Client:
    """The browser of a member of staff who may do everything."""
    return browser_of(chief(language="en"))


def note_on(case: Recovery, text: str = "Speak to his wife only.", **seen: bool) -> Comment:
    return comment_create(recovery=case, values={"comment": f"<p>{text}</p>", **INTERNAL, **seen}, by=None)


def test_a_note_stands_first_until_it_is_taken_down(owner: Api) -> None:
    case, ann = case_of(owner), person("handler", first_name="Ann", last_name="Roux")
    note = note_on(case)
    case.refresh_from_db()
    before = case.updated_at
    window = browser_of(ann)
    page = followed(window, case, "pin-note", note=note.pk)
    assert page.index("Speak to his wife only.") < page.index(f"<h1>{case.recovery_reference}")
    assert "pinned by Ann Roux on" in words(page)
    assert words(opened(window, case, "?kind=pin")).count("Note pinned") == 1
    page = followed(window, case, "unpin-note", note=note.pk)
    assert page.index("Speak to his wife only.") > page.index(f"<h1>{case.recovery_reference}")
    history = words(opened(window, case, "?kind=pin"))
    assert "Note pinned" in history
    assert "Note taken down" in history
    assert list(NotePin.objects.values_list("is_pinned", "user")) == [(True, ann.pk), (False, ann.pk)]
    case.refresh_from_db()
    assert case.updated_at == before  # Clients who follow changes see nothing of it.
    assert "pin" not in str(detail(owner, case.pk)["comments"])


def test_a_note_is_pinned_as_it_is_written(office: Client, owner: Api) -> None:
    case = case_of(owner)
    page = followed(office, case, "comment", text="Calls only before ten.", is_pinned="on")
    assert page.index("Calls only before ten.") < page.index(f"<h1>{case.recovery_reference}")
    shown = {"text": "Hello", "is_pinned": "on", "visible_to_user": "on"}
    assert_refused(act(office, case, "comment", **shown), "Only notes that stay in the house are pinned.")
    assert Comment.objects.count() == 1


def test_what_is_not_pinned(office: Client, owner: Api) -> None:
    case, other = case_of(owner), case_of(owner)
    shown, note, foreign = note_on(case, visible_to_user=True), note_on(case), note_on(other)
    for refused in (shown, foreign):
        assert_refused(act(office, case, "pin-note", note=refused.pk), "Select a valid choice.")
    with pytest.raises(Conflict, match="stay in the house"):
        note_pin(recovery_id=case.pk, comment_id=shown.pk, by=None)
    with pytest.raises(NotFound):
        note_pin(recovery_id=case.pk, comment_id=foreign.pk, by=None)
    note_pin(recovery_id=case.pk, comment_id=note.pk, by=None)
    with pytest.raises(Conflict, match="already"):
        note_pin(recovery_id=case.pk, comment_id=note.pk, by=None)
    for number in range(MOST - 1):
        note_pin(recovery_id=case.pk, comment_id=note_on(case, f"Note {number}").pk, by=None)
    with pytest.raises(Conflict, match="at most"):
        note_pin(recovery_id=case.pk, comment_id=note_on(case, "One more").pk, by=None)
    note_unpin(recovery_id=case.pk, comment_id=note.pk, by=None)
    with pytest.raises(Conflict, match="any more"):
        note_unpin(recovery_id=case.pk, comment_id=note.pk, by=None)


def test_a_transferred_case_brings_its_notes_along(office: Client, owner: Api) -> None:
    case = Recovery.objects.get(pk=transferable(owner))
    note = note_on(case)
    note_pin(recovery_id=case.pk, comment_id=note.pk, by=None)
    injunction = Recovery.objects.get(pk=transferred(owner, case.pk))
    assert Recovery.objects.get(pk=case.pk).status_id == Step.TRANSFERRED
    [pin] = pins_of(injunction.pk)
    assert pin.comment_id == note.pk
    followed(office, injunction, "unpin-note", note=note.pk)
    assert pins_of(injunction.pk) == []


NOTES_IN_BULK = """
    INSERT INTO recoveries_comment (recovery_id, owner_id, html, text, visible_to_user, visible_to_debtor,
        visible_to_bailiff, is_read, created_at, updated_at)
    SELECT id, owner_id, '<p>Note</p>', 'Note', false, false, false, true, created_at, created_at
    FROM recoveries_recovery
"""
PINS_IN_BULK = """
    INSERT INTO recoveries_notepin (comment_id, is_pinned, created_at)
    SELECT id, true, created_at FROM recoveries_comment
"""


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="plans are those of PostgreSQL")
def test_pins_are_found_by_the_indexes_of_their_cases() -> None:
    """However many notes there are of other cases."""
    with CaptureQueriesContext(connection) as asked, connection.cursor() as cursor:
        cursor.execute(CASES_IN_BULK, [[ApiUserFactory().pk for _owner in range(10)]])
        cursor.execute(NOTES_IN_BULK)
        cursor.execute(PINS_IN_BULK)
        for model in (Recovery, Comment, NotePin):
            cursor.execute(f"ANALYZE {model._meta.db_table}")
        assert pins_of(Recovery.objects.order_by("pk")[17].pk)
        cursor.execute(f"EXPLAIN {asked[-1]['sql']}")
        plan = "\n".join(line for [line] in cursor.fetchall())
    assert "BitmapOr" in plan, plan
    assert "Seq Scan" not in plan, plan


def test_who_may_not_write_notes_pins_none(owner: Api) -> None:
    case = case_of(owner)
    note, auditor = note_on(case), office_of("auditor")
    assert act(auditor, case, "pin-note", note=note.pk).status_code == 403
    note_pin(recovery_id=case.pk, comment_id=note.pk, by=None)
    assert act(auditor, case, "unpin-note", note=note.pk).status_code == 403
    assert "Take down" not in opened(auditor, case)
    assert "Speak to his wife only." in opened(auditor, case)
