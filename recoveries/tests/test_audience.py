"""Who sees which comments and documents of a case."""

import pytest

from documents.models import Document
from legalcity.lib.audience import Audience
from recoveries.desk.tests.pages import ready_document
from recoveries.models import Comment, Recovery
from tests.factories import Api, case_id

MARKED = {
    Audience.CLIENT: "visible_to_user",
    Audience.DEBTOR: "visible_to_debtor",
    Audience.BAILIFF: "visible_to_bailiff",
    Audience.COURT: "visible_to_oip",
}
EVERYTHING = {*MARKED, "nobody"}


@pytest.fixture
def case(owner: Api) -> Recovery:
    """A case with one comment and one document for each audience alone, named after it, and one for nobody."""
    found = Recovery.objects.get(pk=case_id(owner))
    for name in EVERYTHING:
        flags = {column: audience == name for audience, column in MARKED.items()}
        ready_document(found, name=name, **flags)
        flags.pop("visible_to_oip")
        Comment.objects.create(recovery=found, html=name, text=name, **flags)
    return found


@pytest.mark.parametrize(
    ("audience", "comments", "documents"),
    [
        (Audience.CLIENT, {"client"}, {"client"}),
        (Audience.DEBTOR, {"debtor"}, {"debtor"}),
        (Audience.BAILIFF, {"bailiff"}, {"bailiff"}),
        # What was written for the bailiff is not for the judge: the court sees what is marked for its procedure.
        (Audience.COURT, set(), {"court"}),
        (Audience.STAFF, EVERYTHING, EVERYTHING),
    ],
)
def test_each_audience_sees_what_is_marked_for_it_and_staff_see_all(
    case: Recovery, audience: Audience, comments: set[str], documents: set[str]
) -> None:
    assert set(Comment.objects.seen_by(audience).values_list("text", flat=True)) == comments
    assert set(Document.objects.seen_by(audience).values_list("name", flat=True)) == documents
    assert {row.text for row in Comment.objects.all() if row.visibility.shows(row, audience)} == comments
    assert {row.name for row in Document.objects.all() if row.visibility.shows(row, audience)} == documents


def test_the_client_sees_the_same_in_the_case_and_in_its_lists(owner: Api, case: Recovery) -> None:
    shown = owner.data("GET", f"/api/recoveries/{case.pk}")
    assert [one["comment"] for one in shown["comments"]] == ["client"]
    assert [one["visibleToUser"] for one in shown["all_docs"]] == [True]
    listed = owner.data("GET", f"/api/recoveries/{case.pk}/comments")
    assert [one["comment"] for one in listed["comments"]] == ["client"]
    assert len(owner.data("GET", f"/api/recoveries/{case.pk}/docs")["documents"]) == 1
