"""What the home page shows of messages that a person has to do something about."""

import pytest
from django.test import Client
from django.urls import reverse

from backoffice.home import Viewer
from legalcity.lib.clock import now
from recoveries.desk.tests.pages import case_of, office_of, person
from recoveries.letters.home_panels import letters_to_approve
from recoveries.letters.scenarios.tests.drawing import EMAIL, drawn, entered
from recoveries.models import Message, Recovery, StepRun
from tests.factories import Api

pytestmark = pytest.mark.django_db


def message(case: Recovery, state: str) -> Message:
    return Message.objects.create(recovery=case, kind="relance_1", recipient="debtor@example.com", state=state)


def counts(browser: Client) -> dict[str, int]:
    return {str(panel.title): panel.count for panel in browser.get("/admin/").context["panels"]}


def test_what_came_back_is_shown_until_something_has_reached_the_debtor(owner: Api) -> None:
    first, second = case_of(owner), case_of(owner)
    for state in ("bounced", "sent", "to_post"):
        message(first, state)
    message(second, "returned")
    browser = office_of("handler")
    shown = counts(browser)
    assert (shown["Messages that came back"], shown["Letters to post"]) == (1, 1)
    panels = {str(panel.title): panel for panel in browser.get("/admin/").context["panels"]}
    assert panels["Messages that came back"].rows[0].note == "debtor@example.com"
    for title in ("Messages that came back", "Letters to post"):
        assert browser.get(panels[title].url).status_code == 200


def test_letters_to_post_lead_to_where_they_are_printed_and_confirmed(owner: Api) -> None:
    message(case_of(owner), "to_post")
    for role in ("handler", "manager"):
        [panel] = [one for one in office_of(role).get("/admin/").context["panels"] if one.title == "Letters to post"]
        assert panel.url == reverse("letters-to-post")


def test_the_messages_of_another_handler_are_not_shown(owner: Api) -> None:
    theirs, nobodys = case_of(owner), case_of(owner)
    Recovery.objects.filter(pk=theirs.pk).update(user=person("handler"))
    Recovery.objects.filter(pk=nobodys.pk).update(user=owner.user)  # filed by the client, handled by nobody
    for case in (theirs, nobodys):
        message(case, "to_post")
    assert counts(office_of("handler"))["Letters to post"] == 1
    assert counts(office_of("manager"))["Letters to post"] == 2


def test_managers_see_what_is_to_be_approved(owner: Api) -> None:
    """Of two letters that are held one is of a step that wants it; it is gone once somebody has lifted the hold."""
    case = case_of(owner)
    enrolment = entered(case.pk, drawn({**EMAIL, "needs_approval": True}))
    asked, _other = message(case, "held"), message(case, "held")
    step = enrolment.version.steps.get()
    StepRun.objects.create(enrolment=enrolment, step=step, due_at=now(), at=now(), state="held", message=asked)
    manager, title = office_of("manager"), "Letters to approve"
    assert counts(manager)[title] == 1
    assert title not in counts(office_of("handler"))
    [panel] = [one for one in manager.get("/admin/").context["panels"] if str(one.title) == title]
    assert panel.rows[0].note == asked.recipient
    listed = manager.get(panel.url)
    assert listed.status_code == 200
    assert list(listed.context["cl"].queryset) == [asked]
    Message.objects.filter(pk=asked.pk).update(lifted=[{"code": "approval"}])
    assert letters_to_approve(Viewer(person("manager"), mine=False)).count == 0  # the page keeps figures for a minute
