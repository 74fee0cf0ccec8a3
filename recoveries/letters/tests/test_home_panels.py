"""What the home page shows of messages that a person has to do something about."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from backoffice.home import Viewer
from legalcity.lib.clock import now
from recoveries.desk.tests.pages import case_of, office_of, person
from recoveries.letters.home_panels import letters_to_approve
from recoveries.letters.scenarios.tests.drawing import EMAIL, drawn, entered
from recoveries.models import Enrolment, InboundMail, Message, Recovery, StepRun
from tests.backoffice import page_of
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


def test_days_are_those_of_paris(owner: Api) -> None:
    """A letter that may leave, and a mail that came, half an hour after midnight there."""
    moment = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    held = message(case_of(owner), "held")
    Message.objects.filter(pk=held.pk).update(due_at=moment, guard={"until": "2027-01-01", "reasons": []})
    with time_machine.travel(moment):
        InboundMail.objects.create(sort="reply", sender="a@example.com")
    panels = {str(panel.title): panel for panel in office_of("manager").get("/admin/").context["panels"]}
    assert [panels[title].rows[0].badge for title in ("Letters held", "Mails of no case")] == ["01/01/2027"] * 2


def test_what_was_done_in_a_scenario_is_told_with_the_day_in_paris(owner: Api) -> None:
    enrolment = entered(case_of(owner).pk, drawn(EMAIL))
    moment = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    step = enrolment.version.steps.get()
    StepRun.objects.create(enrolment=enrolment, step=step, due_at=moment, at=moment, state="skipped")
    page = office_of("manager").get(page_of(Enrolment, "change", enrolment.pk)).content.decode()
    assert f"01/01/2027 · {step.code}" in page


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
